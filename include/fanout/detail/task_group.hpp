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

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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

/// Those who wait until a task that is created would start at once. Thread-safe.
class slots {
public:
  slots(std::size_t limit, std::shared_ptr<task_queue> queue)
      : limit_(limit), queue_(std::move(queue)) {}

  /// How to learn that the group takes no more, before it is used.
  void ask(std::function<bool()> is_closed) { is_closed_ = std::move(is_closed); }

  bool has_room(std::size_t running) const { return running + queue_->size() < limit_; }

  void wait(std::shared_ptr<future_state<void>> one) {
    std::lock_guard const lock(mutex_);
    std::erase_if(waiting_, [](auto const& w) { return w->done() || w->home()->closed(); });
    waiting_.push_back(std::move(one));
  }

  /// There is room for one.
  void let_in() {
    while (!is_closed_()) {
      std::unique_lock lock(mutex_);
      if (waiting_.empty()) return;
      auto const first = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      if (first->succeed()) return;
    }
  }

  /// There will be none.
  void close() {
    std::unique_lock lock(mutex_);
    auto const in_vain = std::exchange(waiting_, {});
    lock.unlock();
    for (auto const& each : in_vain) each->fail(std::make_exception_ptr(group_has_ended()));
  }

private:
  std::size_t const limit_;
  std::shared_ptr<task_queue> const queue_;
  std::function<bool()> is_closed_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<future_state<void>>> waiting_;
};

/// What every group is.
struct as_group {
  static constexpr void apply(rules& r) noexcept {
    r.open = true;
    r.forgives_cancelled = true;
    r.cancels_children = true;
  }
  static constexpr bool has_tasks = true;
  static constexpr char const* title() noexcept { return "a task group"; }

  void ended(progress const& p) const {
    if (free->has_room(p.started - p.ended)) free->let_in();
  }
  void failed(failure const& f) const {
    if (log) log->add(f);
  }

  std::shared_ptr<slots> free;
  std::shared_ptr<failure_log> log; // null where somebody else hears of them
};

// ---- the group

/// The completion handler of a group.
class group_end {
public:
  using executor_type = asio::any_io_executor;
  using cancellation_slot_type = asio::cancellation_slot;

  group_end(std::shared_ptr<future_state<void>> ended, std::shared_ptr<task_queue> queue,
            std::shared_ptr<slots> free, asio::any_io_executor serial)
      : ended_(std::move(ended)), queue_(std::move(queue)), free_(std::move(free)),
        serial_(std::move(serial)) {}

  group_end(group_end&&) = default;
  ~group_end() {
    if (ended_) ended_->abandon();
  }

  executor_type get_executor() const noexcept { return serial_; }
  cancellation_slot_type get_cancellation_slot() const noexcept { return ended_->slot(); }

  void operator()(std::exception_ptr error) {
    queue_->cancel();
    free_->close();
    auto const ended = std::move(ended_);
    if (error)
      ended->fail(std::move(error));
    else
      ended->succeed();
  }

private:
  std::shared_ptr<future_state<void>> ended_;
  std::shared_ptr<task_queue> queue_;
  std::shared_ptr<slots> free_;
  asio::any_io_executor serial_;
};

/// A group as its owner reaches it, during visits of its context.
class group : public resident {
public:
  virtual bool add(std::unique_ptr<queued_task> task) = 0;
  virtual bool adopt(std::unique_ptr<queued_task> task) = 0;
  virtual void wait_for_slot(std::shared_ptr<future_state<void>> const& one) = 0;
  virtual void end_when_idle() = 0;
  virtual void stop() = 0;  // it ends as if nothing had been left to do
  virtual void leave() = 0; // the owner goes
};

template <class State>
class group_of final : public group {
public:
  group_of(std::shared_ptr<State> state, std::shared_ptr<task_queue> queue,
           std::shared_ptr<slots> free)
      : state_(std::move(state)), queue_(std::move(queue)), free_(std::move(free)) {}

  bool add(std::unique_ptr<queued_task> task) override {
    return state_->feed([&] { queue_->push(std::move(task)); });
  }

  bool adopt(std::unique_ptr<queued_task> task) override {
    return state_->adopt([&] { queue_->push_adopted(std::move(task)); });
  }

  void wait_for_slot(std::shared_ptr<future_state<void>> const& one) override {
    auto lock = state_->lock();
    if (state_->is_closed()) {
      lock.unlock();
      one->fail(std::make_exception_ptr(group_has_ended()));
    } else if (free_->has_room(state_->running())) {
      lock.unlock();
      one->succeed();
    } else {
      free_->wait(one);
    }
  }

  void end_when_idle() override { state_->end_when_idle(); }

  void stop() override {
    asio::post(state_->get_executor(), [state = state_] { state->stop(); });
  }

  void leave() override {
    asio::post(state_->get_executor(),
               [state = state_] { state->request(asio::cancellation_type::terminal); });
  }

private:
  std::shared_ptr<State> state_;
  std::shared_ptr<task_queue> queue_;
  std::shared_ptr<slots> free_;
};

/// What a `task_group` holds.
class group_handle {
public:
  template <class Executor, class Policies>
  group_handle(Executor const& executor, rules const& r, Policies&& policies,
               std::shared_ptr<task_queue> queue, as_group const& common,
               std::shared_ptr<failure_log> log)
      : log_(std::move(log)) {
    auto const general = idle(executor);
    auto const serial = made_serial(general);
    ended_ = std::make_shared<future_state<void>>(general, serial, "a task group");
    using state = gather_state<group_end, asio::any_io_executor, false, kept_queue, Policies>;
    auto machine = std::make_shared<state>(group_end(ended_, queue, common.free, serial), serial, r,
                                           kept_queue{queue}, std::move(policies));
    common.free->ask([group = machine.get()] { // who asks is a part of it
      auto const lock = group->lock();
      return group->is_closed();
    });
    machine->initiate();
    auto made =
        std::make_unique<group_of<state>>(std::move(machine), std::move(queue), common.free);
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
    if (!group_->add(std::make_unique<queued_child<C>>(future, std::move(child))))
      throw group_has_ended();
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
    auto one = std::make_shared<future_state<void>>(idle(executor), asio::any_io_executor(),
                                                    "a slot of a task group");
    residence::visit const here(*ended_->home());
    if (here)
      group_->wait_for_slot(one);
    else
      one->fail(std::make_exception_ptr(group_has_ended()));
    return one;
  }

private:
  std::shared_ptr<future_state<void>> ended_;
  group* group_ = nullptr;
  std::shared_ptr<failure_log> log_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_TASK_GROUP_HPP
