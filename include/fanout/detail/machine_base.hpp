//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_MACHINE_BASE_HPP
#define FANOUT_DETAIL_MACHINE_BASE_HPP

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/task_info.hpp>
#include <fanout/detail/decision.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/optional_mutex.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/roster.hpp>

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace fanout::detail {

/// What a machine consists of, and what can be asked of it. What it does is in `machine`.
template <class Executor, class Allocator>
class machine_base : public roster::entry {
public:
  using executor_type = Executor;

  Executor const& get_executor() const noexcept { return executor_; }
  bool is_on_serial_executor() const noexcept { return serial_; }
  bool cancellable() const noexcept { return cancellable_; }

  live_children<Executor, Allocator>& reachable() noexcept { return live_; }

  bool cancelling() {
    std::lock_guard const lock(mutex_);
    return decide_.cancelling();
  }

  /// Whether somebody may ask for a list of what runs.
  bool is_listed() const noexcept { return roster_ != nullptr; }

  /// The coroutine that awaits the child, for that list.
  void runs_in(live_child& record, coroutine_id coroutine) {
    std::lock_guard const lock(mutex_);
    record.coroutine = coroutine;
  }

  std::unique_lock<optional_mutex> lock() { return std::unique_lock(mutex_); }

protected:
  // `alone`: the children and the completion handler are on this executor too. `listens`: some
  // policy wants to hear of ends.
  machine_base(Executor const& executor, Allocator const& allocator, rules const& r,
               std::optional<std::size_t> total, bool alone, bool listens)
      : executor_(executor), serial_(is_serial(executor)), listens_(listens),
        roster_(roster::find(context_of(executor_))),
        mutex_(!serial_ || !alone || (roster_ && is_run_by_many_threads(context_of(executor_)))),
        allocator_(allocator), decide_(r, total), live_(executor_, mutex_, allocator),
        ties_(std::in_place, executor_) {
    cancellable_ = r.cancel_on_error || r.cancels_children || roster_;
    if (listens_ && mutex_.locks()) ties_->hook_strand.emplace(executor_);
  }

  ~machine_base() = default;

  // ---- what depends on the types of policies and handler

  virtual void clock_started(live_child& record) = 0; // with the lock held, like the next two
  virtual void clock_stop() = 0;                      // no child runs any more
  virtual void untie() = 0;                           // nor is anything left to do
  virtual std::string title() const = 0;              // of the operation, as "a gather"
  virtual bool is_task() const = 0;                   // its one child is known by that title
  virtual coroutine_id awaited_in() const = 0;

  // ---- children, with the lock held

  void begin(live_child& record, std::size_t index) {
    if (roster_) record.since = std::chrono::steady_clock::now();
    live_.begin(record, index);
    clock_started(record);
  }

  void unlist(live_child& record, std::exception_ptr& error) {
    if (record.timed_out && is_cancelled(error))
      error = std::make_exception_ptr(deadline_exceeded());
    live_.end(record);
  }

  // ---- completion

  /// What the operation completes with, if with an error, and what no longer keeps a context busy.
  std::exception_ptr conclude() {
    {
      // The end of a runner may still be on its way out on another thread, and its context is then
      // the user's to destroy.
      std::lock_guard const lock(mutex_);
      if (decide_.over()) {
        ties_.reset();
        untie();
      }
    }
    switch (decide_.outcome()) {
    case verdict::error: return std::move(error_);
    case verdict::aborted: return aborted_error();
    case verdict::values: break;
    }
    return nullptr;
  }

  std::size_t started() const noexcept { return decide_.started(); }

  // ---- names

  std::string name_of(std::size_t index) const {
    return is_task() ? title() : "child " + std::to_string(index) + " of " + title();
  }

  // What needs the execution context to be there.
  struct ties {
    explicit ties(Executor const& e)
        : work(asio::prefer(e, asio::execution::outstanding_work.tracked)) {}

    tracked<Executor> work;
    std::optional<asio::strand<Executor>> hook_strand; // where ends are judged, one at a time
  };

  Executor executor_;        // of children that have none of their own
  bool serial_;              // handlers on it run one at a time
  bool listens_;             // some policy wants to hear of ends
  bool cancellable_ = false; // somebody may cancel children: they need signals
  bool leftover_ = false;    // `run` is cleaning up
  std::shared_ptr<roster> roster_;
  optional_mutex mutex_; // protects what follows, where several threads come by
  Allocator allocator_;
  decision decide_;
  std::exception_ptr error_; // the one to complete with
  live_children<Executor, Allocator> live_;
  std::optional<ties> ties_; // until the last child has ended

private:
  void tell(listing& l) override {
    auto const now = std::chrono::steady_clock::now();
    std::lock_guard const lock(mutex_);
    bool const asked = decide_.asks_children() || leftover_;
    auto const state = asked ? task_state::cancelling : task_state::running;
    for (live_child const* r = live_.first(); r; r = r->next)
      l.add({name_of(r->index), state, now - r->since, {}}, r->coroutine);
    if (decide_.finished()) return;
    if (is_task() && decide_.started() == 0)
      l.add({title(), task_state::pending, now - this->since(), {}}, nullptr);
    l.add_wait(awaited_in(), title());
  }
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_MACHINE_BASE_HPP
