//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_TASK_GROUP_HPP
#define FANOUT_DETAIL_TASK_GROUP_HPP

// An operation to which tasks are added while it runs.

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/gather_state.hpp>
#include <fanout/detail/group_tasks.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/residence.hpp>
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

/// The failures that nobody else hears of. Thread-safe.
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

/// Waits until a task that is created would start at once. Thread-safe.
///
/// What is let in has a turn: until the code that goes on then returns or suspends, a place is kept
/// for a task of it. After that the place is there for the next, used or not.
class slots : public std::enable_shared_from_this<slots> {
  using line = waiting_line<void>;

public:
  slots(std::size_t limit, std::shared_ptr<task_queue> queue)
      : limit_(limit), queue_(std::move(queue)) {}

  /// Whose they are, before they are used.
  void belong_to(std::weak_ptr<backing_machine> group) { group_ = std::move(group); }

  /// A future of one turn, for something that goes on on `executor`.
  std::shared_ptr<future_state<void>> wait(asio::any_io_executor const& executor) {
    auto const one = std::make_shared<seat>(executor, shared_from_this());
    are_used_ = true;
    {
      std::lock_guard const lock(mutex_);
      line_.join(*one);
    }
    look();
    return one;
  }

  /// Lets in as many as there is room for, or turns all away that wait in vain. A turn that ends
  /// meanwhile is seen to by the call that is at it.
  void look() {
    if (!are_used_) return; // most groups have no waits
    for (bool begins = true; is_to_look(begins); begins = false) {
      try {
        while (let_next_in()) {
        }
      } catch (...) {
        std::lock_guard const lock(mutex_);
        looks_ = false;
        throw;
      }
    }
  }

private:
  // Ends with the last that may still be at it, or with the wait if that is given up.
  class turn {
  public:
    explicit turn(std::shared_ptr<slots> of) noexcept : slots_(std::move(of)) {}
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;
    // NOLINTNEXTLINE(bugprone-exception-escape): waits are woken without a throw
    ~turn() {
      if (!begun_) return;
      {
        std::lock_guard const lock(slots_->mutex_);
        --slots_->turns_;
      }
      slots_->look();
    }

    void begin() noexcept { begun_ = true; }

  private:
    std::shared_ptr<slots> const slots_;
    bool begun_ = false;
  };

  class seat final : public line::seat {
  public:
    seat(asio::any_io_executor const& executor, std::shared_ptr<slots> const& of)
        : line::seat(executor, "a slot of a task group", std::shared_ptr<line>(of, &of->line_)),
          turn_(std::make_shared<turn>(of)) {
      this->keep(turn_);
    }

    // If the wait has just been given up, this is the last that has the turn.
    void let_in() {
      turn_->begin();
      this->succeed();
    }

  private:
    std::shared_ptr<turn> const turn_;
  };

  bool is_to_look(bool begins) {
    std::lock_guard const lock(mutex_);
    again_ = again_ || begins;
    if (begins && looks_) return false;
    return looks_ = std::exchange(again_, false);
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
    std::shared_ptr<seat> first;
    bool closed;
  };

  next_one next() {
    auto const group = group_.lock();
    auto const of_group = group ? group->lock() : std::unique_lock<optional_mutex>();
    bool const closed = !group || group->is_closed();
    std::lock_guard const lock(mutex_);
    if (!closed && turns_ + group->running() + queue_->size() >= limit_) return {};
    auto first = std::static_pointer_cast<seat>(line_.next());
    turns_ += first && !closed;
    return {std::move(first), closed};
  }

  std::size_t const limit_;
  std::shared_ptr<task_queue> const queue_;
  std::weak_ptr<backing_machine> group_;
  std::atomic<bool> are_used_ = false;
  std::mutex mutex_; // protects what follows
  bool looks_ = false;
  bool again_ = false; // and there is something new to see
  std::size_t turns_ = 0;
  line line_{mutex_};
};

/// What every group is.
struct as_group {
  static constexpr void apply(all_rules& r) noexcept {
    r.open = true;
    r.forgives_cancelled = true;
    r.cancels_children = true;
  }
  static constexpr bool has_tasks = true;
  static constexpr char const* title() noexcept { return "a task group"; }

  void ended(progress const&) const { free->look(); }
  void failed(failure const& f) const {
    if (log) log->add(f);
  }

  std::shared_ptr<slots> free;
  std::shared_ptr<failure_log> log; // null where somebody else hears of them
};

// ---- the group

/// The completion handler of a group. Tasks that have waited in vain end before it.
class group_end {
public:
  using executor_type = asio::any_io_executor;
  using cancellation_slot_type = asio::cancellation_slot;

  group_end(std::shared_ptr<future_state<void>> ended, std::shared_ptr<task_queue> queue,
            std::shared_ptr<slots> slots, asio::any_io_executor serial)
      : ended_(std::move(ended)), queue_(std::move(queue)), slots_(std::move(slots)),
        serial_(std::move(serial)) {}

  group_end(group_end&&) = default;
  ~group_end() {
    if (!ended_) return;
    ended_->abandon();
    try {
      slots_->look(); // the group has gone by now
    } catch (...) {   // without memory nobody can be told
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
  std::shared_ptr<slots> slots_;
  asio::any_io_executor serial_;
};

/// A group as its owner reaches it, during visits of its context.
class group : public resident {
public:
  virtual bool add(std::unique_ptr<queued_task> task) = 0;
  virtual bool adopt(std::unique_ptr<queued_task> task) = 0;
  virtual void end_when_idle() = 0;
  virtual void stop() = 0;           // it ends as if nothing had been left to do
  virtual void leave() noexcept = 0; // the owner goes
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

  void end_when_idle() override { state_->end_when_idle(); }

  void stop() override {
    asio::post(state_->get_executor(), [state = state_] { state->stop(); });
    state_->call_off();
  }

  void leave() noexcept override {
    try {
      asio::post(state_->get_executor(),
                 [state = state_] { state->request(asio::cancellation_type::terminal); });
      state_->call_off();
    } catch (...) { // without memory its tasks run on
    }
  }

private:
  std::shared_ptr<State> state_;
  std::shared_ptr<task_queue> queue_;
};

/// What a `task_group` holds.
class group_handle {
public:
  template <class Executor, class Policies>
  group_handle(Executor const& executor, all_rules const& r, Policies&& policies,
               std::shared_ptr<task_queue> queue, std::shared_ptr<slots> slots,
               std::shared_ptr<failure_log> log)
      : queue_(std::move(queue)), slots_(std::move(slots)), log_(std::move(log)) {
    auto const general = idle(executor);
    auto const serial = made_serial(general);
    ended_ = std::make_shared<future_state<void>>(general, serial, "a task group");
    using state = gather_state<group_end, asio::any_io_executor, false, kept_queue, Policies>;
    auto end_all_waits = [queue = queue_, slots = slots_] {
      queue->cancel();
      slots->look();
    };
    auto machine =
        std::make_shared<state>(group_end(ended_, queue_, slots_, serial), serial, r,
                                kept_queue{queue_, std::move(end_all_waits)}, std::move(policies));
    slots_->belong_to(machine);
    machine->initiate();
    auto made = std::make_unique<group_of<state>>(std::move(machine), queue_);
    group_ = made.get();
    residence::visit const here(*ended_->home());
    if (here) ended_->home()->admit(std::move(made));
  }

  group_handle(group_handle const&) = delete;
  group_handle& operator=(group_handle const&) = delete;

  ~group_handle() {
    residence::visit const here(*ended_->home());
    if (!here) return;
    group_->leave();
    ended_->home()->dismiss(*group_);
  }

  template <class C>
  std::shared_ptr<future_state<child_value_t<C>>> create_task(C child, std::string name) {
    residence::visit const here(*ended_->home());
    if (!here) throw group_has_ended();
    using value = child_value_t<C>;
    auto const& executor = ended_->executor_here();
    auto const future =
        std::make_shared<group_future<value>>(executor, made_serial(executor), std::move(name));
    if (auto list = roster_of(context_of(executor))) future->keep(std::make_shared<stay>(*list));
    auto task = std::make_unique<queued_child<C>>(future, std::move(child));
    future->waits_in(queue_, *task);
    if (!group_->add(std::move(task))) throw group_has_ended();
    return future;
  }

  /// Says whether the group takes one more.
  bool adopt(std::unique_ptr<queued_task> task) {
    residence::visit const here(*ended_->home());
    return here && group_->adopt(std::move(task));
  }

  void cancel() {
    residence::visit const here(*ended_->home());
    if (here) group_->stop();
  }

  std::vector<failure> failures() const { return log_->copy(); }

  /// Its end, once no task is left.
  std::shared_ptr<future_state<void>> const& join() {
    residence::visit const here(*ended_->home());
    if (here) group_->end_when_idle();
    return ended_;
  }

  /// For somebody on `executor`.
  std::shared_ptr<future_state<void>> slot(asio::any_io_executor const& executor) {
    residence::visit const here(*ended_->home()); // it may go on in another context
    return slots_->wait(executor);
  }

private:
  std::shared_ptr<future_state<void>> ended_;
  group* group_ = nullptr;
  std::shared_ptr<task_queue> queue_;
  std::shared_ptr<slots> slots_;
  std::shared_ptr<failure_log> log_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_TASK_GROUP_HPP
