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
#include <fanout/detail/core_parts.hpp>
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

/// Data members and locked queries of the core. Its actions are in `gather_core`.
template <class Executor, class Allocator, core_parts Parts>
class gather_core_base : public roster::entry {
public:
  using executor_type = Executor;
  using child_ref = typename live_children<Executor, Allocator>::child_ref;

  Executor const& get_executor() const noexcept { return executor_; }
  bool is_on_serial_executor() const noexcept { return serial_; }
  bool cancellable() const noexcept { return cancellable_; }

  /// Whether the children start in the eager loop of the calling thread.
  bool is_eager() const noexcept { return eager_; }

  live_children<Executor, Allocator>& records() noexcept { return records_; }

  /// The deadline of the operation has passed: running children are being cancelled, and no more
  /// start. Called with the lock held.
  void expire() noexcept { fsm_.expire(); }

  /// Whether the children have been asked to end, or are about to be. Called with the lock held.
  bool children_asked() const noexcept { return fsm_.cancelling() || leftover_; }

  /// Whether a child that has not started must not start.
  bool forbids_start() {
    std::lock_guard const lock(mutex_);
    return children_asked();
  }

  /// Whether the operation is on a roster, so that `all_tasks` may list its children.
  bool is_listed() const noexcept { return roster_ != nullptr; }

  /// Sets the coroutine that awaits the child, for `all_tasks`.
  void set_coroutine(live_child& record, coroutine_id coroutine) {
    std::lock_guard const lock(mutex_);
    record.coroutine = coroutine;
  }

  /// A child was destroyed along with its context. Returns the error that it ends with.
  std::exception_ptr drop(live_child& record) {
    record.signal.slot().clear(); // without the lock: the function in the slot may be the user's
    std::lock_guard const lock(mutex_);
    records_.make_unreachable(record);
    if (record.failure) return record.failure;
    return ran_out_of_time(record) ? expired_error() : aborted_error();
  }

  /// The first step of a child has thrown. Returns whether the child ends with that, when its frame
  /// is destroyed: not if its end was reported before, and the report has thrown. What has thrown
  /// may have left a function in the slot.
  bool fails_in_first_step(live_child& record, std::exception_ptr const& error) {
    record.signal.slot().clear();
    std::lock_guard const lock(mutex_);
    if (record.index == live_child::none) return false;
    record.failure = error;
    return true;
  }

  /// A child runs on another context.
  void runs_elsewhere() {
    std::lock_guard const lock(mutex_);
    outside_run_.begin();
  }

  /// The coroutine that awaits the operation; null if there is none.
  virtual coroutine_id awaited_in() const = 0;

  std::unique_lock<optional_mutex> lock() { return std::unique_lock(mutex_); }

  // ---- with the lock held

  std::size_t running() const noexcept { return fsm_.running(); }
  bool is_closed() const noexcept { return fsm_.closed(); }
  bool is_idle() const noexcept { return fsm_.is_idle(); }
  bool is_at_rest() const noexcept { return fsm_.is_at_rest(); }

protected:
  using start_condition_pointer = part_pointer<Parts.policies, start_condition>;
  using race_score_pointer = part_pointer<Parts.race, race_score>;

  // `alone`: the children and the completion handler run on this executor too. `has_hooks`: some
  // policy has a hook. `of_handler`: the context of a handler that has its own executor.
  gather_core_base(Executor const& executor, Allocator const& allocator, all_rules const& r,
                   std::optional<std::size_t> total, bool alone, bool has_hooks,
                   start_condition_pointer shared_limit, race_score_pointer score,
                   asio::execution_context* of_handler)
      : executor_(without_serial(executor)), serial_(is_serial(executor_)), has_hooks_(has_hooks),
        open_(r.open), eager_(r.eager), roster_(roster_of(context_of(executor_))),
        mutex_(!serial_ || !alone || (roster_ && is_run_by_many_threads(context_of(executor_)))),
        allocator_(allocator), fsm_(r, total), start_condition_(std::move(shared_limit)),
        race_score_(std::move(score)), records_(executor_, mutex_, allocator, total),
        initiations_(allocator), poster_(executor_, !r.open) {
    if (!roster_) {
      outside_run_.begin();
      if (of_handler) roster_ = roster_of(*of_handler);
    }
    cancellable_ = r.cancel_on_error || r.cancels_children || r.winners != 0 || roster_;
    if constexpr (Parts.policies)
      if (has_hooks_ && mutex_.locks()) hooks_executor_ = never_blocking(made_serial(executor_));
    reserve::fill();
  }

  ~gather_core_base() = default;

  // ---- what depends on the types of policies and handler

  // The first five are called with the lock held.

  virtual void start_timers(live_child& record) = 0;
  // A timer has expired: appends the children to cancel.
  virtual void collect_due(std::vector<child_ref>& due) = 0;
  // No child runs any more.
  virtual void stop_timers() = 0;
  // Destroys what uses an execution context.
  virtual void release_context() = 0;
  // No further child is taken.
  virtual void close_source() = 0;

  virtual std::string title() const = 0; // of the operation, as "a gather"
  virtual bool is_task() const = 0;      // the title is that of its one child
  virtual bool has_tasks() const = 0;    // its children are listed as tasks

  // ---- children, with the lock held

  void begin(live_child& record, std::size_t index, std::chrono::steady_clock::time_point since) {
    record.since = since;
    records_.begin(record, index);
    if constexpr (Parts.policies) start_timers(record);
  }

  // The child has ended. Its error becomes `deadline_exceeded` if a time limit has ended it.
  void release_record(live_child& record, std::exception_ptr& error) {
    if (ran_out_of_time(record) && is_cancelled(error)) error = expired_error();
    records_.end(record);
  }

  // A time limit explains an end only if nothing outside of this operation has asked for it.
  bool ran_out_of_time(live_child const& record) const noexcept {
    return record.timed_out && !record.asked_outside && !asked_outside_;
  }

  /// Whether the end of a child does more than change a count.
  bool handles_ends() const noexcept {
    return has_hooks_ || start_condition_ || race_score_ || names_;
  }

  /// Stores what counts of the end of a child. Moves from `error` unless hooks get it later.
  void keep_outcome(actions const& o, std::size_t index, std::string const& name,
                    std::exception_ptr& error) noexcept {
    if constexpr (Parts.race) {
      if (o.wins) race_score_->won(index);
      if (o.loses) race_score_->lost({index, name, error});
    }
    if (!o.keep_error) return;
    if constexpr (Parts.names)
      if (fsm_.wraps_errors()) {
        error_ = with_label(index, name, error);
        return;
      }
    if (has_hooks_)
      error_ = error;
    else
      error_ = std::move(error);
  }

  // ---- completion

  // No further child will start, so the source and the start condition stop waiting. Called with
  // the lock held.
  void close() {
    if (start_condition_) start_condition_->cancel_wait();
    if (open_) close_source();
  }

  bool decide_finish() {
    if (fsm_.closed() && !fsm_.finished()) close();
    return fsm_.decide_finish().finish;
  }

  ending how_it_ended() const noexcept {
    return {fsm_.expired() ? expired_error : aborted_error,
            race_score_ ? race_score_->winners() : std::span<std::size_t const>()};
  }

  /// If the operation is over, stops tracking work on any context.
  void release_context_if_over() {
    // Under the lock: another thread may still be at the end of a runner, and the user may destroy
    // the context as soon as no work is tracked.
    std::lock_guard const lock(mutex_);
    if (!fsm_.over()) return;
    poster_.reset();
    if constexpr (Parts.policies) hooks_executor_ = nullptr;
    release_context();
  }

  /// Returns the error that the operation completes with, or null, and stops tracking work.
  std::exception_ptr conclude() {
    release_context_if_over();
    if constexpr (Parts.race)
      if (race_score_)
        if (auto error = race_score_->incomplete()) return error;
    switch (fsm_.completes_with()) {
    case completion_kind::error: return std::move(error_);
    case completion_kind::aborted: return aborted_error();
    case completion_kind::expired: return expired_error();
    case completion_kind::lost:
      if constexpr (Parts.race) return race_score_->failed();
      break;
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

  /// The name of a child; empty if it has none. Called with the lock held, like the next one.
  std::string given_name(std::size_t index) const {
    return names_ ? names_->given(index) : std::string();
  }

  /// Removes and returns the name of a child that has ended.
  std::string take_name(std::size_t index) { return names_ ? names_->taken(index) : std::string(); }

  // Keeps `run` from ending while this thread completes the operation: the thread may still use the
  // executor of the handler after the handler was called on another thread.
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

  outside_run outside_run_; // the first member: destroyed after all that uses a context
  Executor executor_;       // of children without one of their own
  bool serial_;             // handlers on the executor run one at a time
  [[no_unique_address]] part_flag<Parts.policies> has_hooks_; // some policy has a hook
  [[no_unique_address]] part_flag<Parts.open> open_;          // children are added while it runs
  [[no_unique_address]] part_flag<Parts.eager> eager_; // children start in the initiating call
  bool cancellable_ = false; // children may be cancelled: they need records
  std::shared_ptr<roster> roster_;
  optional_mutex mutex_;       // protects the members below, if several threads use them
  bool leftover_ = false;      // cancelled at the end of `run`
  bool asked_outside_ = false; // something else has asked the children to end
  Allocator allocator_;
  gather_fsm fsm_;
  [[no_unique_address]] start_condition_pointer start_condition_; // shared limit, or `stagger`
  [[no_unique_address]] race_score_pointer race_score_;
  [[no_unique_address]] part_pointer<Parts.names, child_names> names_; // null without names
  std::exception_ptr error_;                                           // to complete with
  live_children<Executor, Allocator> records_;
  [[no_unique_address]] part_member<Parts.operations, initiations<Allocator>> initiations_;

  // These two use the execution context. They are emptied when the last child has ended.
  work_poster<Executor> poster_; // tracks work, unless the operation may be idle
  // Calls the hooks one at a time, where children end on several threads; else null.
  [[no_unique_address]] part_member<Parts.policies, asio::any_io_executor> hooks_executor_{};

private:
  void list_in(listing& l) override {
    std::lock_guard const lock(mutex_);
    for (live_child const& r : records_.list()) {
      bool const asked = r.asked || children_asked();
      l.add(name_of(r.index, given_name(r.index)),
            asked ? task_state::cancelling : task_state::running, r.since, r.coroutine);
    }
    if (fsm_.finished()) return;
    if (is_task() && fsm_.started() == 0)
      l.add(title(), task_state::pending, this->since(), nullptr);
    l.add_wait(awaited_in(), title());
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_CORE_BASE_HPP
