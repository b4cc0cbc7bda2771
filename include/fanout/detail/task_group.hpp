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
#include <boost/asio/cancellation_signal.hpp>
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
/// A wait that is let in has a turn: until the code after the wait returns or suspends, a slot is
/// kept for a task of that code. After that the next wait is let in, whether the slot is used or
/// not.
class group_slots : public std::enable_shared_from_this<group_slots> {
  using line = waiting_line<void>;

public:
  group_slots(std::size_t limit, std::shared_ptr<task_queue> queue)
      : limit_(limit), queue_(std::move(queue)) {}

  /// To be called before the slots are used.
  void belong_to(std::weak_ptr<backing_core> group) { group_ = std::move(group); }

  /// Returns a future of one turn, with this executor.
  std::shared_ptr<future_state<void>> wait(asio::any_io_executor const& executor) {
    auto const one = std::make_shared<queued_wait>(executor, shared_from_this());
    are_used_ = true;
    {
      std::lock_guard const lock(mutex_);
      line_.join(*one);
    }
    admit();
    return one;
  }

  /// Lets in as many waits as there are slots, or fails all waits if the group is closed. If a turn
  /// ends meanwhile, the call in progress handles it.
  void admit() {
    if (!are_used_) return; // most groups have none
    for (bool begins = true; is_to_admit(begins); begins = false) {
      try {
        while (let_next_in()) {
        }
      } catch (...) {
        std::lock_guard const lock(mutex_);
        admits_ = false;
        throw;
      }
    }
  }

private:
  // The last owner of a turn ends it: the code after the wait, or the wait itself if it is given
  // up.
  class turn {
  public:
    explicit turn(std::shared_ptr<group_slots> of) noexcept : group_slots_(std::move(of)) {}
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;
    // NOLINTNEXTLINE(bugprone-exception-escape): waits are woken without a throw
    ~turn() {
      if (!begun_) return;
      {
        std::lock_guard const lock(group_slots_->mutex_);
        --group_slots_->turns_;
      }
      group_slots_->admit();
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
          turn_(std::make_shared<turn>(of)) {
      this->keep_alive(turn_);
    }

    // If the wait has just been given up, this is the last owner of the turn.
    void let_in() {
      turn_->begin();
      this->succeed();
    }

  private:
    std::shared_ptr<turn> const turn_;
  };

  bool is_to_admit(bool begins) {
    std::lock_guard const lock(mutex_);
    again_ = again_ || begins;
    if (begins && admits_) return false;
    return admits_ = std::exchange(again_, false);
  }

  bool let_next_in() {
    auto const [first, closed] = next();
    if (!first) return false;
    if (closed)
      first->fail(error_from(group_has_ended));
    else
      first->let_in();
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
    if (!closed && turns_ + group->running() + queue_->size() >= limit_) return {};
    auto first = std::static_pointer_cast<queued_wait>(line_.next());
    turns_ += first && !closed;
    return {std::move(first), closed};
  }

  std::size_t const limit_;
  std::shared_ptr<task_queue> const queue_;
  std::weak_ptr<backing_core> group_;
  std::atomic<bool> are_used_ = false;
  std::mutex mutex_; // protects the members below
  bool admits_ = false;
  bool again_ = false; // the call in progress must look again
  std::size_t turns_ = 0;
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

  void ended(progress const&) const { free->admit(); }
  void failed(failure const& f) const {
    if (log) log->add(f);
  }

  std::shared_ptr<group_slots> free;
  std::shared_ptr<failure_log> log; // null beside `on_error` and `collect`
};

// ---- the group

/// The completion handler of a group. Tasks that have never started end before the group does.
class group_end {
public:
  using executor_type = asio::any_io_executor;
  using cancellation_slot_type = asio::cancellation_slot;

  group_end(std::shared_ptr<future_state<void>> ended, std::shared_ptr<task_queue> queue,
            std::shared_ptr<group_slots> group_slots, asio::any_io_executor serial)
      : ended_(std::move(ended)), queue_(std::move(queue)), group_slots_(std::move(group_slots)),
        serial_(std::move(serial)) {}

  group_end(group_end&&) = default;
  ~group_end() {
    if (!ended_) return;
    ended_->abandon();
    try {
      group_slots_->admit(); // the operation was destroyed before
    } catch (...) {          // without memory the waits are not failed
    }
  }

  executor_type get_executor() const noexcept { return serial_; }
  cancellation_slot_type get_cancellation_slot() const noexcept { return ended_->slot(); }

  void operator()(std::exception_ptr error) {
    if (queue_->is_clear()) return end(std::move(error));
    auto const self =
        reserve::attempt([&] { return std::make_shared<group_end>(std::move(*this)); });
    self->queue_->cancel();
    self->queue_->when_all_out([self, error] {
      reserve::attempt([&] { asio::dispatch(self->serial_, [self, error] { self->end(error); }); });
    });
  }

private:
  void end(std::exception_ptr error) {
    auto const ended = std::move(ended_);
    if (error)
      ended->fail(std::move(error));
    else
      ended->succeed();
  }

  std::shared_ptr<future_state<void>> ended_;
  std::shared_ptr<task_queue> queue_;
  std::shared_ptr<group_slots> group_slots_;
  asio::any_io_executor serial_;
};

/// The operation behind a group, for its owner. Used while a `context_lock` is held.
class group : public context_bound {
public:
  virtual bool add(std::unique_ptr<queued_task> task) = 0;
  virtual bool adopt(std::unique_ptr<queued_task> task) = 0;
  virtual bool is_idle() = 0; // no task runs, and none has failed
  virtual void end_when_idle() = 0;
  virtual void request(asio::cancellation_type type) = 0; // as one that its end hears
  virtual void stop() = 0;           // cancels the tasks; the group ends without error
  virtual void leave() noexcept = 0; // the owner is destroyed
};

template <class State>
class group_of final : public group {
public:
  group_of(std::shared_ptr<State> state, std::shared_ptr<task_queue> queue)
      : state_(std::move(state)), queue_(std::move(queue)) {}

  bool add(std::unique_ptr<queued_task> task) override {
    return state_->feed([&] { queue_->push(std::move(task)); });
  }

  bool adopt(std::unique_ptr<queued_task> task) override {
    return state_->adopt([&] { queue_->push_adopted(std::move(task)); });
  }

  bool is_idle() override {
    auto const lock = state_->lock();
    return state_->is_idle();
  }

  void end_when_idle() override { state_->end_when_idle(); }

  void request(asio::cancellation_type type) override { state_->request_cancel(type); }

  void stop() override {
    asio::post(state_->get_executor(), [state = state_] { state->stop(); });
    state_->call_off();
  }

  void leave() noexcept override {
    try {
      asio::post(state_->get_executor(), [state = state_] { state->dismiss(); });
      state_->call_off();
    } catch (...) { // without memory the tasks run on
    }
  }

private:
  std::shared_ptr<State> state_;
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
    auto const general = idle(executor);
    auto const serial = made_serial(general);
    ended_ = std::make_shared<future_state<void>>(general, serial, "a task group");
    using state = gather_op<group_end, asio::any_io_executor, false, kept_queue, Policies>;
    auto end_all_waits = [queue = queue_, group_slots = group_slots_] {
      queue->cancel();
      group_slots->admit();
    };
    auto core =
        std::make_shared<state>(group_end(ended_, queue_, group_slots_, serial), serial, r,
                                kept_queue{queue_, std::move(end_all_waits)}, std::move(policies));
    group_slots_->belong_to(core);
    state::initiate(core);
    auto made = std::make_unique<group_of<state>>(std::move(core), queue_);
    group_ = made.get();
    context_lock const context(*ended_->registry());
    if (context) ended_->registry()->add(std::move(made));
  }

  group_handle(group_handle const&) = delete;
  group_handle& operator=(group_handle const&) = delete;

  ~group_handle() {
    context_lock const context(*ended_->registry());
    if (!context) return;
    group_->leave();
    ended_->registry()->remove(*group_);
  }

  template <class C>
  std::shared_ptr<future_state<child_value_t<C>>> create_task(C child, std::string name) {
    context_lock const context(*ended_->registry());
    if (!context) throw group_has_ended();
    using value = child_value_t<C>;
    auto const& executor = ended_->executor_here();
    auto const future =
        std::make_shared<group_future<value>>(executor, made_serial(executor), std::move(name));
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
    if (context) group_->stop();
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
