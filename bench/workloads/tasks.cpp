//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// N tasks whose futures are gathered, and a group of N tasks.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/task_group.hpp>

#include "../support/children.hpp"
#include "../support/parking.hpp"
#include "../support/workloads.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <list>
#include <memory>
#include <utility>

namespace bench {

namespace {

// ---- futures

template <child_function* Child>
asio::awaitable<sum> tasks_gathered(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<fanout::future<int>> futures;
  futures.reserve(w.size);
  for (std::size_t i = 0; i < w.size; ++i)
    futures.push_back(fanout::create_task(executor, Child(static_cast<int>(i))));
  co_return sum_of(co_await fanout::gather(std::move(futures)));
}

/// What is known of a coroutine that was spawned, shared with whoever waits for it.
struct task_state {
  void ended(std::exception_ptr e, int v) {
    error = std::move(e);
    value = v;
    done = true;
    waiting.wake();
  }

  bool done = false;
  int value = 0;
  std::exception_ptr error;
  parking waiting;
};

struct cancellable_task_state : task_state {
  asio::cancellation_signal signal;
};

std::shared_ptr<task_state> spawn_task(asio::any_io_executor const& executor,
                                       asio::awaitable<int> child) {
  auto state = std::make_shared<task_state>();
  asio::co_spawn(executor, std::move(child),
                 [state](std::exception_ptr e, int v) { state->ended(std::move(e), v); });
  return state;
}

std::shared_ptr<task_state> spawn_cancellable_task(asio::any_io_executor const& executor,
                                                   asio::awaitable<int> child) {
  auto state = std::make_shared<cancellable_task_state>();
  asio::co_spawn(
      executor, std::move(child),
      asio::bind_cancellation_slot(state->signal.slot(), [state](std::exception_ptr e, int v) {
        state->ended(std::move(e), v);
      }));
  return state;
}

template <child_function* Child, auto Spawn>
asio::awaitable<sum> tasks_by_hand(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<std::shared_ptr<task_state>> tasks;
  tasks.reserve(w.size);
  for (std::size_t i = 0; i < w.size; ++i)
    tasks.push_back(Spawn(executor, Child(static_cast<int>(i))));
  std::vector<int> values;
  values.reserve(w.size);
  for (auto const& task : tasks) {
    if (!task->done) co_await task->waiting.wait();
    if (task->error) std::rethrow_exception(task->error);
    values.push_back(task->value);
  }
  co_return sum_of(values);
}

template <child_function* Child>
std::vector<contender> task_contenders() {
  return {{"create_task", tasks_gathered<Child>},
          {"by_hand", tasks_by_hand<Child, spawn_task>},
          {"by_hand_with_signals", tasks_by_hand<Child, spawn_cancellable_task>}};
}

// ---- groups: what the tasks yield they leave behind themselves

template <child_function* Child>
asio::awaitable<void> adds(sum& total, int i) {
  total += co_await Child(i);
}

template <child_function* Child>
asio::awaitable<sum> grouped(workspace& w) {
  sum total = 0;
  fanout::task_group group(co_await asio::this_coro::executor);
  for (std::size_t i = 0; i < w.size; ++i)
    group.create_task(adds<Child>(total, static_cast<int>(i)));
  co_await group.join();
  co_return total;
}

/// The group that one writes: a counter, the first error, and who waits.
class counted_group {
public:
  explicit counted_group(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  void spawn(asio::awaitable<void> task) {
    ++left_;
    asio::co_spawn(executor_, std::move(task),
                   [this](std::exception_ptr e) { ended(std::move(e)); });
  }

  asio::awaitable<void> join() {
    if (left_) co_await waiting_.wait();
    if (error_) std::rethrow_exception(error_);
  }

protected:
  void ended(std::exception_ptr e) {
    if (e && !error_) error_ = std::move(e);
    if (--left_ == 0) waiting_.wake();
  }

  asio::any_io_executor executor_;

  std::size_t left_ = 0;

private:
  std::exception_ptr error_;
  parking waiting_;
};

/// The same if its tasks can be cancelled. Signals of tasks that have ended are gone, as in a group
/// that serves for days.
class cancellable_group : public counted_group {
public:
  using counted_group::counted_group;

  void spawn(asio::awaitable<void> task) {
    ++left_;
    auto const signal = signals_.emplace(signals_.end());
    asio::co_spawn(
        executor_, std::move(task),
        asio::bind_cancellation_slot(signal->slot(), [this, signal](std::exception_ptr e) {
          signals_.erase(signal);
          ended(std::move(e));
        }));
  }

private:
  std::list<asio::cancellation_signal> signals_;
};

template <child_function* Child, class Group>
asio::awaitable<sum> grouped_by_hand(workspace& w) {
  sum total = 0;
  Group group(co_await asio::this_coro::executor);
  for (std::size_t i = 0; i < w.size; ++i) group.spawn(adds<Child>(total, static_cast<int>(i)));
  co_await group.join();
  co_return total;
}

template <child_function* Child>
std::vector<contender> group_contenders() {
  return {{"task_group", grouped<Child>},
          {"by_hand", grouped_by_hand<Child, counted_group>},
          {"by_hand_with_signals", grouped_by_hand<Child, cancellable_group>}};
}

} // namespace

std::vector<workload> task_workloads() {
  return {
      {.name = "tasks_immediate", .contenders = task_contenders<immediate>()},
      {.name = "tasks_hop", .contenders = task_contenders<hop>()},
      {.name = "group_immediate", .contenders = group_contenders<immediate>()},
      {.name = "group_hop", .contenders = group_contenders<hop>()},
  };
}

} // namespace bench
