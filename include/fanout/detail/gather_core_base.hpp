//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_CORE_BASE_HPP
#define FANOUT_DETAIL_GATHER_CORE_BASE_HPP

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/task_info.hpp>
#include <fanout/detail/child_names.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/gather_fsm.hpp>
#include <fanout/detail/initiations.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/optional_mutex.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/race_score.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/run_service.hpp>
#include <fanout/detail/start_condition.hpp>
#include <fanout/detail/work_poster.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// What a machine consists of, and what can be asked of it. What it does is in `machine`.
template <class Executor, class Allocator>
class gather_core_base : public roster::entry {
public:
  using executor_type = Executor;
  using child_ref = typename live_children<Executor, Allocator>::child_ref;

  Executor const& get_executor() const noexcept { return executor_; }
  bool is_on_serial_executor() const noexcept { return serial_; }
  bool cancellable() const noexcept { return cancellable_; }

  live_children<Executor, Allocator>& reachable() noexcept { return live_; }

  /// The deadline of the operation has passed: what runs is being cancelled, and nothing starts any
  /// more. With the lock held.
  void expire() noexcept { fsm_.expire(); }

  /// Whether the children have been asked to end. With the lock held.
  bool asks_children() const noexcept { return fsm_.cancelling() || leftover_; }

  /// Whether a child that has not begun shall not.
  bool cancelling() {
    std::lock_guard const lock(mutex_);
    return asks_children();
  }

  /// Whether somebody may ask for a list of what runs.
  bool is_listed() const noexcept { return roster_ != nullptr; }

  /// The coroutine that awaits the child, for that list.
  void runs_in(live_child& record, coroutine_id coroutine) {
    std::lock_guard const lock(mutex_);
    record.coroutine = coroutine;
  }

  /// A child was destroyed along with its context. Gives what it has ended with.
  std::exception_ptr drop(live_child& record) {
    record.signal.slot().clear(); // without the lock: it may be of the user's
    std::lock_guard const lock(mutex_);
    live_.make_unreachable(record);
    if (record.failure) return record.failure;
    return ran_out_of_time(record) ? expired_error() : aborted_error();
  }

  /// The first step of a child has thrown: its frame is destroyed, which reports that. What has
  /// thrown may have left something behind that listens to requests.
  void fails_in_first_step(live_child& record, std::exception_ptr const& error) {
    record.signal.slot().clear();
    std::lock_guard const lock(mutex_);
    record.failure = error;
  }

  /// A child has been bound to another context.
  void runs_elsewhere() {
    std::lock_guard const lock(mutex_);
    outside_run_.begin();
  }

  std::unique_lock<optional_mutex> lock() { return std::unique_lock(mutex_); }

  // ---- with the lock held

  std::size_t running() const noexcept { return fsm_.running(); }
  bool is_closed() const noexcept { return fsm_.closed(); }

protected:
  // `alone`: the children and the completion handler are on this executor too. `listens`: some
  // policy wants to hear of ends. `of_handler`: the context of a handler with its own executor.
  gather_core_base(Executor executor, Allocator const& allocator, all_rules const& r,
                   std::optional<std::size_t> total, bool alone, bool listens,
                   std::unique_ptr<start_condition> shared_limit, std::unique_ptr<race_score> score,
                   asio::execution_context* of_handler)
      : executor_(std::move(executor)), serial_(is_serial(executor_)), listens_(listens),
        open_(r.open), roster_(roster_of(context_of(executor_))),
        mutex_(!serial_ || !alone || (roster_ && is_run_by_many_threads(context_of(executor_)))),
        allocator_(allocator), fsm_(r, total), start_condition_(std::move(shared_limit)),
        race_score_(std::move(score)), live_(executor_, mutex_, allocator, total),
        initiations_(allocator), context_use_(std::in_place, executor_, r.open) {
    if (!roster_) {
      outside_run_.begin();
      if (of_handler) roster_ = roster_of(*of_handler);
    }
    cancellable_ = r.cancel_on_error || r.cancels_children || r.winners != 0 || roster_;
    if (listens_ && mutex_.locks()) context_use_->hooks = never_blocking(made_serial(executor_));
    reserve::fill();
  }

  ~gather_core_base() = default;

  // ---- what depends on the types of policies and handler

  virtual void clocks_started(live_child& record) = 0; // with the lock held, like the next three
  virtual void clocks_due(std::vector<child_ref>& due) = 0; // some time has come: whom to cancel
  virtual void clocks_stop() = 0;                           // no child runs any more
  virtual void release_context() = 0;                       // nor is anything left to do
  virtual void close_source() = 0;                          // with the lock held: no child is taken
  virtual std::string title() const = 0;                    // of the operation, as "a gather"
  virtual bool is_task() const = 0;                         // its one child is known by that title
  virtual bool has_tasks() const = 0;                       // its children are known as tasks
  virtual coroutine_id awaited_in() const = 0;

  // ---- children, with the lock held

  void begin(live_child& record, std::size_t index) {
    if (roster_) record.since = std::chrono::steady_clock::now();
    live_.begin(record, index);
    clocks_started(record);
  }

  void unlist(live_child& record, std::exception_ptr& error) {
    if (ran_out_of_time(record) && is_cancelled(error)) error = expired_error();
    live_.end(record);
  }

  // A limit explains an end only if nothing but this operation has asked for it.
  bool ran_out_of_time(live_child const& record) const noexcept {
    return record.timed_out && !record.asked_outside && !asked_outside_;
  }

  /// Whether the end of a child is more than a count.
  bool tells_ends() const noexcept { return listens_ || start_condition_ || race_score_ || names_; }

  /// What counts of the end of a child. Its error may be taken away, unless it is told on.
  void note(actions const& o, std::size_t index, std::string const& name,
            std::exception_ptr& error) noexcept {
    if (o.wins) race_score_->won(index);
    if (o.loses) race_score_->lost({index, name, error});
    if (!o.keep_error) return;
    if (fsm_.tells_index())
      error_ = with_label(index, name, error);
    else if (listens_)
      error_ = error;
    else
      error_ = std::move(error);
  }

  // ---- completion

  // No further child will start: nothing waits for its turn any more. With the lock held.
  void close() {
    if (start_condition_) start_condition_->give_up();
    if (open_) close_source();
  }

  bool is_time_to_finish() {
    if (fsm_.closed()) close();
    return fsm_.review().finish;
  }

  ending how_it_ended() const noexcept {
    return {fsm_.expired() ? expired_error : aborted_error,
            race_score_ ? race_score_->winners() : std::span<std::size_t const>()};
  }

  /// Where no child is left, the operation keeps no context busy any more.
  void release_context_if_over() {
    // The end of a runner may still be on its way out on another thread, and its context is then
    // the user's to destroy.
    std::lock_guard const lock(mutex_);
    if (!fsm_.over()) return;
    context_use_.reset();
    release_context();
  }

  /// What the operation completes with, if with an error, and what no longer keeps a context busy.
  std::exception_ptr conclude() {
    release_context_if_over();
    if (race_score_)
      if (auto error = race_score_->incomplete()) return error;
    switch (fsm_.completes_with()) {
    case completion_kind::error: return std::move(error_);
    case completion_kind::aborted: return aborted_error();
    case completion_kind::expired: return expired_error();
    case completion_kind::lost: return race_score_->failed();
    case completion_kind::empty:
      return error_from([this] { return too_few_children(fsm_.started(), fsm_.winners()); });
    case completion_kind::values: break;
    }
    return nullptr;
  }

  std::size_t started() const noexcept { return fsm_.started(); }

  // ---- names

  std::string name_of(std::size_t index, std::string const& given) const {
    if (is_task()) return title();
    if (has_tasks()) return task_title(given);
    return "child " + child_label(index, given) + " of " + title();
  }

  /// Empty for a child without a name. With the lock held, like the next one.
  std::string given_name(std::size_t index) const {
    return names_ ? names_->given(index) : std::string();
  }

  /// The same at the end of the child.
  std::string take_name(std::size_t index) { return names_ ? names_->taken(index) : std::string(); }

  // The thread that completes the operation may still use the executor of the handler when this
  // has been called on another one: `run` waits for that too.
  class completing_thread final : public roster::entry {
  public:
    explicit completing_thread(gather_core_base const& operation) {
      if (!operation.roster_) return;
      counted_.begin();
      operation.roster_->add(*this);
    }

  private:
    void cancel_leftovers() override {}
    void list_in(listing&) override {}

    outside_run counted_;
  };

  // What needs the execution context to be there.
  struct context_use {
    context_use(Executor const& e, bool open) : poster(e, !open) {}

    work_poster<Executor> poster; // busy unless nothing may be going on
    asio::any_io_executor hooks;  // where ends are judged one at a time, if policies hear of them
  };

  outside_run outside_run_;    // the first, to end behind all that uses a context
  Executor executor_;          // of children that have none of their own
  bool serial_;                // handlers on it run one at a time
  bool listens_;               // some policy wants to hear of ends
  bool open_;                  // children come while the operation runs
  bool cancellable_ = false;   // somebody may cancel children: they need signals
  bool leftover_ = false;      // `run` is cleaning up
  bool asked_outside_ = false; // the children, to end, by something else than this operation
  std::shared_ptr<roster> roster_;
  optional_mutex mutex_; // protects what follows, where several threads come by
  Allocator allocator_;
  gather_fsm fsm_;
  std::unique_ptr<start_condition> start_condition_; // of a limit that is shared with others
  std::exception_ptr error_;                         // the one to complete with
  std::unique_ptr<race_score> race_score_;           // of a contest
  std::unique_ptr<child_names> names_;               // if children have names
  live_children<Executor, Allocator> live_;
  initiations<Allocator> initiations_;
  std::optional<context_use> context_use_; // until the last child has ended

private:
  void list_in(listing& l) override {
    std::lock_guard const lock(mutex_);
    for (live_child const* r = live_.first(); r; r = r->next) {
      bool const asked = r->asked || asks_children();
      l.add(name_of(r->index, given_name(r->index)),
            asked ? task_state::cancelling : task_state::running, r->since, r->coroutine);
    }
    if (fsm_.finished()) return;
    if (is_task() && fsm_.started() == 0)
      l.add(title(), task_state::pending, this->since(), nullptr);
    l.add_wait(awaited_in(), title());
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_CORE_BASE_HPP
