//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_TASK_GROUP_HPP
#define FANOUT_DETAIL_TASK_GROUP_HPP

// The operation behind a task group: tasks are added while it runs.

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/background_end.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/gather_op.hpp>
#include <fanout/detail/group_tasks.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/run_service.hpp>
#include <fanout/detail/waiting_line.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

inline invalid_state group_has_ended() {
  return invalid_state("fanout::task_group: it has ended, or is being cancelled");
}

// ---- policies

/// The failures of a group without `on_error` and `collect`. Thread-safe.
class failure_log {
public:
  void add(failure const& f) {
    std::lock_guard const lock(mutex_);
    failures_.push_back(f);
  }

  std::vector<failure> copy() const {
    std::lock_guard const lock(mutex_);
    return failures_;
  }

private:
  mutable std::mutex mutex_;
  std::vector<failure> failures_;
};

/// The waits for a slot: for the moment from which a new task would start at once. Thread-safe.
///
/// A wait that is granted holds a reservation: until the code after the wait returns or suspends, a
/// slot is kept for a task of that code. After that the next wait is granted, whether the slot is
/// used or not.
class group_slots : public std::enable_shared_from_this<group_slots> {
  using line = waiting_line<void>;

public:
  group_slots(std::size_t limit, std::shared_ptr<task_queue> queue)
      : limit_(limit), queue_(std::move(queue)) {}

  /// To be called before the slots are used.
  void belong_to(std::weak_ptr<backing_core> group) { group_ = std::move(group); }

  /// Returns a future of one slot, with this executor.
  std::shared_ptr<future_state<void>> wait(asio::any_io_executor const& executor) {
    auto const one = std::make_shared<queued_wait>(executor, shared_from_this());
    are_used_ = true;
    {
      std::lock_guard const lock(mutex_);
      line_.join(*one);
    }
    serve_waits();
    return one;
  }

  /// Grants as many waits as there are slots, or fails all waits if the group is closed. If a
  /// reservation ends meanwhile, the call in progress handles it.
  void serve_waits() {
    if (!are_used_) return; // most groups have none
    for (bool begins = true; begin_round(begins); begins = false) {
      try {
        while (grant_next()) {
        }
      } catch (...) {
        std::lock_guard const lock(mutex_);
        serving_ = false;
        throw;
      }
    }
  }

private:
  // The last owner of a reservation ends it: the code after the wait, or the wait itself if it is
  // cancelled.
  class reservation {
  public:
    explicit reservation(std::shared_ptr<group_slots> of) noexcept : group_slots_(std::move(of)) {}
    reservation(reservation const&) = delete;
    reservation& operator=(reservation const&) = delete;
    // NOLINTNEXTLINE(bugprone-exception-escape): waits are woken without a throw
    ~reservation() {
      if (!begun_) return;
      {
        std::lock_guard const lock(group_slots_->mutex_);
        --group_slots_->reservations_;
      }
      group_slots_->serve_waits();
    }

    void begin() noexcept { begun_ = true; }

  private:
    std::shared_ptr<group_slots> const group_slots_;
    bool begun_ = false;
  };

  class queued_wait final : public line::queued_wait {
  public:
    queued_wait(asio::any_io_executor const& executor, std::shared_ptr<group_slots> const& of)
        : line::queued_wait(executor, "a slot of a task group",
                            std::shared_ptr<line>(of, &of->line_)),
          reservation_(std::make_shared<reservation>(of)) {
      this->keep_alive(reservation_);
    }

    // If the wait has just been cancelled, this is the last owner of the reservation.
    void grant() {
      reservation_->begin();
      this->succeed();
    }

  private:
    std::shared_ptr<reservation> const reservation_;
  };

  // Notes that there may be a free slot, and returns whether this call must look for it: not if
  // another call does.
  bool begin_round(bool begins) {
    std::lock_guard const lock(mutex_);
    again_ = again_ || begins;
    if (begins && serving_) return false;
    return serving_ = std::exchange(again_, false);
  }

  bool grant_next() {
    auto const [first, closed] = next();
    if (!first) return false;
    if (closed)
      first->fail(error_from(group_has_ended));
    else
      first->grant();
    return true;
  }

  struct next_one {
    std::shared_ptr<queued_wait> first;
    bool closed;
  };

  next_one next() {
    auto const group = group_.lock();
    auto const of_group = group ? group->lock() : std::unique_lock<optional_mutex>();
    bool const closed = !group || group->is_closed();
    std::lock_guard const lock(mutex_);
    if (!closed && reservations_ + group->running() + queue_->size() >= limit_) return {};
    auto first = std::static_pointer_cast<queued_wait>(line_.next());
    reservations_ += first && !closed;
    return {std::move(first), closed};
  }

  std::size_t const limit_;
  std::shared_ptr<task_queue> const queue_;
  std::weak_ptr<backing_core> group_;
  std::atomic<bool> are_used_ = false;
  std::mutex mutex_; // protects the members below
  bool serving_ = false;
  bool again_ = false; // the call in progress must look again
  std::size_t reservations_ = 0;
  line line_{mutex_};
};

/// The policy of every group.
struct as_group {
  static constexpr void apply(all_rules& r) noexcept {
    r.open = true;
    r.forgives_cancelled = true;
    r.cancels_children = true;
  }
  static constexpr bool opens = true;
  static constexpr bool has_tasks = true;
  static constexpr char const* title() noexcept { return "a task group"; }

  void ended(progress const&) const { free->serve_waits(); }
  void failed(failure const& f) const {
    if (log) log->add(f);
  }

  std::shared_ptr<group_slots> free;
  std::shared_ptr<failure_log> log; // null beside `on_error` and `collect`
};

// ---- the group

/// Owns the operation behind a group until the operation has ended: so a group that outlives `run`
/// does not keep `run` from returning. Thread-safe.
class group_operation {
public:
  void begin(std::shared_ptr<backing_core> core) {
    std::lock_guard const lock(mutex_);
    core_ = std::move(core);
  }

  /// Returns null after the end.
  std::shared_ptr<backing_core> get() const {
    std::lock_guard const lock(mutex_);
    return core_;
  }

  std::shared_ptr<backing_core> end() noexcept {
    std::lock_guard const lock(mutex_);
    return std::move(core_);
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<backing_core> core_;
};

/// The completion handler of a group. Tasks that have never started end before the group does.
class group_end : public background_end {
public:
  template <class Executor>
  group_end(Executor const& executor, std::shared_ptr<task_queue> queue,
            std::shared_ptr<group_slots> group_slots, std::weak_ptr<group_operation> operation)
      : background_end(executor, "a task group"), queue_(std::move(queue)),
        group_slots_(std::move(group_slots)), operation_(std::move(operation)) {}

  group_end(group_end&&) = default;
  ~group_end() {
    abandon([this] { group_slots_->serve_waits(); });
  }

  void operator()(std::exception_ptr error) {
    if (queue_->is_clear()) return end(std::move(error));
    auto const self =
        reserve::attempt([&] { return std::make_shared<group_end>(std::move(*this)); });
    self->queue_->cancel();
    self->queue_->when_all_out([self, error] {
      reserve::attempt(
          [&] { asio::dispatch(self->get_executor(), [self, error] { self->end(error); }); });
    });
  }

private:
  void end(std::exception_ptr error) {
    auto const operation = operation_.lock();
    auto const last = operation ? operation->end() : nullptr; // released after the waits have ended
    auto const ended = take_future();
    if (error)
      ended->fail(std::move(error));
    else
      ended->succeed();
  }

  std::shared_ptr<task_queue> queue_;
  std::shared_ptr<group_slots> group_slots_;
  std::weak_ptr<group_operation> operation_;
};

/// The operation behind a group, for its owner. Used while a `context_lock` is held. After the end
/// of the operation all members do nothing.
class group final : public context_bound {
public:
  group(std::shared_ptr<group_operation> operation, std::shared_ptr<task_queue> queue)
      : operation_(std::move(operation)), queue_(std::move(queue)) {}

  bool add(std::unique_ptr<queued_task> task) {
    auto const core = operation_->get();
    return core && core->offer([&] { queue_->push(std::move(task)); });
  }

  bool adopt(std::unique_ptr<queued_task> task) {
    auto const core = operation_->get();
    return core && core->adopt([&] { queue_->push_adopted(std::move(task)); });
  }

  /// Whether no task runs, and none has failed.
  bool is_idle() {
    auto const core = operation_->get();
    if (!core) return false;
    auto const lock = core->lock();
    return core->is_idle();
  }

  void end_when_idle() {
    if (auto const core = operation_->get()) core->end_when_idle();
  }

  /// The same as a request in the slot of `group_end`.
  void request(asio::cancellation_type type) {
    if (auto const core = operation_->get()) core->request_cancel(type);
  }

  /// Cancels the tasks. The group ends without error.
  void cancel_tasks() {
    if (auto const core = operation_->get()) {
      asio::post(core->get_executor(), [core] { core->cancel_running(); });
      core->forbid_starts();
    }
  }

  /// Cancels the tasks.
  void owner_destroyed() noexcept {
    auto const core = operation_->get();
    if (!core) return;
    try {
      asio::post(core->get_executor(), [core] { core->owner_destroyed(); });
      core->forbid_starts();
    } catch (...) { // without memory the tasks run on
    }
  }

private:
  std::shared_ptr<group_operation> operation_;
  std::shared_ptr<task_queue> queue_;
};

/// The state of a `task_group`.
class group_handle {
public:
  template <class Executor, class Policies>
  group_handle(Executor const& executor, all_rules const& r, Policies&& policies,
               std::shared_ptr<task_queue> queue, std::shared_ptr<group_slots> group_slots,
               std::shared_ptr<failure_log> log)
      : queue_(std::move(queue)), group_slots_(std::move(group_slots)), log_(std::move(log)) {
    auto operation = std::make_shared<group_operation>();
    group_end end(executor, queue_, group_slots_, operation);
    auto const serial = end.get_executor();
    ended_ = end.future();
    using state = gather_op<group_end, asio::any_io_executor, false, kept_queue, Policies>;
    auto end_all_waits = [queue = queue_, group_slots = group_slots_] {
      queue->cancel();
      group_slots->serve_waits();
    };
    auto core =
        std::make_shared<state>(std::move(end), serial, r,
                                kept_queue{queue_, std::move(end_all_waits)}, std::move(policies));
    operation->begin(core);
    group_slots_->belong_to(core);
    state::initiate(std::move(core));
    auto made = std::make_unique<group>(std::move(operation), queue_);
    group_ = made.get();
    context_lock const context(*ended_->registry());
    if (context) ended_->registry()->add(std::move(made));
  }

  group_handle(group_handle const&) = delete;
  group_handle& operator=(group_handle const&) = delete;

  ~group_handle() {
    context_lock const context(*ended_->registry());
    if (!context) return;
    group_->owner_destroyed();
    ended_->registry()->remove(*group_);
  }

  template <class C>
  std::shared_ptr<future_state<child_value_t<C>>> create_task(C child, std::string name) {
    context_lock const context(*ended_->registry());
    if (!context) throw group_has_ended();
    using value = child_value_t<C>;
    auto const& executor = ended_->executor_here();
    auto const future = std::allocate_shared<group_future<value>>(
        spare_allocator<void>(), executor, made_serial(executor), std::move(name));
    if (auto list = roster_of(context_of(executor)))
      future->keep_alive(std::make_shared<run_hold>(*list));
    auto task = std::make_unique<queued_child<C>>(future, std::move(child));
    future->waits_in(queue_, *task);
    if (!group_->add(std::move(task))) throw group_has_ended();
    return future;
  }

  /// Adds an adopted task. Returns whether the group accepts it.
  bool adopt(std::unique_ptr<queued_task> task) {
    context_lock const context(*ended_->registry());
    return context && group_->adopt(std::move(task));
  }

  void cancel() {
    context_lock const context(*ended_->registry());
    if (context) group_->cancel_tasks();
  }

  /// Passes a request on to all tasks.
  void request(asio::cancellation_type type) {
    context_lock const context(*ended_->registry());
    if (context) group_->request(type);
  }

  std::vector<failure> failures() const { return log_->copy(); }

  /// Whether no task is left, and none has failed.
  bool is_idle() const {
    context_lock const context(*ended_->registry());
    return context && group_->is_idle() && queue_->is_clear(); // a task leaves the queue first
  }

  /// Empty once the context was destroyed.
  asio::any_io_executor get_executor() const { return ended_->get_executor(); }

  /// Returns the future of the group's end. The group ends once no task is left.
  std::shared_ptr<future_state<void>> const& join() {
    context_lock const context(*ended_->registry());
    if (context) group_->end_when_idle();
    return ended_;
  }

  /// Returns a future of a slot, with this executor.
  std::shared_ptr<future_state<void>> slot(asio::any_io_executor const& executor) {
    context_lock const context(*ended_->registry()); // the waiter may be on another context
    return group_slots_->wait(executor);
  }

private:
  std::shared_ptr<future_state<void>> ended_;
  group* group_ = nullptr;
  std::shared_ptr<task_queue> queue_;
  std::shared_ptr<group_slots> group_slots_;
  std::shared_ptr<failure_log> log_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_TASK_GROUP_HPP
