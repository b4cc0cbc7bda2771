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

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <tuple>
#include <utility>
#include <vector>

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

/// What is known of a coroutine that was spawned, shared with what waits for it.
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

/// The same with what a future promises besides: handles on any thread may ask, wait and cancel,
/// and what waits goes on on its own executor.
template <class... Value>
class shared_task : public std::enable_shared_from_this<shared_task<Value...>> {
public:
  explicit shared_task(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  template <class Child, class Then>
  void start(Child child, Then then) {
    auto ended = [self = this->shared_from_this(), then](std::exception_ptr e, Value... v) {
      self->ended(e, v...);
      then(std::move(e));
    };
    asio::co_spawn(executor_, std::move(child),
                   asio::bind_cancellation_slot(signal_.slot(), std::move(ended)));
  }

  void cancel() {
    asio::post(executor_, [self = this->shared_from_this()] {
      self->signal_.emit(asio::cancellation_type::terminal);
    });
  }

  auto wait() {
    return asio::async_initiate<asio::use_awaitable_t<> const, void()>(
        [this](auto handler) {
          std::lock_guard const lock(mutex_);
          if (done_)
            asio::post(std::move(handler));
          else
            waiting_.push_back(make_sleeper(std::move(handler)));
        },
        asio::use_awaitable);
  }

  std::tuple<Value...> result() {
    std::lock_guard const lock(mutex_);
    if (error_) std::rethrow_exception(error_);
    return value_;
  }

private:
  void ended(std::exception_ptr e, Value... v) {
    std::unique_lock lock(mutex_);
    error_ = std::move(e);
    value_ = {v...};
    done_ = true;
    auto const woken = std::move(waiting_);
    lock.unlock();
    for (auto const& each : woken) each->post();
  }

  asio::any_io_executor executor_;
  asio::cancellation_signal signal_; // on that executor
  std::mutex mutex_;                 // protects what follows
  bool done_ = false;
  std::tuple<Value...> value_;
  std::exception_ptr error_;
  std::vector<std::unique_ptr<sleeper>> waiting_;
};

template <child_function* Child>
asio::awaitable<sum> shared_tasks_by_hand(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<std::shared_ptr<shared_task<int>>> tasks;
  tasks.reserve(w.size);
  for (std::size_t i = 0; i < w.size; ++i) {
    tasks.push_back(std::make_shared<shared_task<int>>(executor));
    tasks.back()->start(Child(static_cast<int>(i)), [](std::exception_ptr const&) {});
  }
  std::vector<int> values;
  values.reserve(w.size);
  for (auto const& task : tasks) {
    co_await task->wait();
    values.push_back(std::get<0>(task->result()));
  }
  co_return sum_of(values);
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
          {"by_hand_with_signals", tasks_by_hand<Child, spawn_cancellable_task>},
          {"by_hand_shared", shared_tasks_by_hand<Child>}};
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

/// The same if it gives a future for each task, and takes tasks and is cancelled on any thread.
class shared_group {
public:
  explicit shared_group(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  std::shared_ptr<shared_task<>> spawn(asio::awaitable<void> child) {
    auto const task = std::make_shared<shared_task<>>(executor_);
    std::unique_lock lock(mutex_);
    auto const place = tasks_.insert(tasks_.end(), task);
    lock.unlock();
    task->start(std::move(child), [this, place](std::exception_ptr e) { ended(place, e); });
    return task;
  }

  void cancel() {
    std::lock_guard const lock(mutex_);
    for (auto const& task : tasks_) task->cancel();
  }

  asio::awaitable<void> join() {
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(
        [this](auto handler) {
          std::lock_guard const lock(mutex_);
          if (tasks_.empty())
            asio::post(std::move(handler));
          else
            joining_ = make_sleeper(std::move(handler));
        },
        asio::use_awaitable);
    std::lock_guard const lock(mutex_);
    if (error_) std::rethrow_exception(error_);
  }

private:
  using tasks = std::list<std::shared_ptr<shared_task<>>>;

  void ended(tasks::iterator place, std::exception_ptr const& e) {
    std::unique_lock lock(mutex_);
    tasks_.erase(place);
    if (e && !error_) error_ = e;
    auto const woken = tasks_.empty() ? std::move(joining_) : nullptr;
    lock.unlock();
    if (woken) woken->post();
  }

  asio::any_io_executor executor_;
  std::mutex mutex_; // protects what follows
  tasks tasks_;
  std::exception_ptr error_;
  std::unique_ptr<sleeper> joining_;
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
          {"by_hand_with_signals", grouped_by_hand<Child, cancellable_group>},
          {"by_hand_shared", grouped_by_hand<Child, shared_group>}};
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
