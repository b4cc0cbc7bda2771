//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_TASK_HPP
#define FANOUT_DETAIL_TASK_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/cleanup_scope.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/eager_loop.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/initiations.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/nested_dispatch.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/rethrow_on.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/run_child.hpp>
#include <fanout/detail/run_service.hpp>
#include <fanout/detail/spare_memory.hpp>
#include <fanout/detail/start_child.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The record of the one child of a task, as `live_children` has those of other operations. The
/// mutex is the task's.
class only_child {
public:
  explicit only_child(future_core& task, std::mutex& mutex) noexcept : task_(task), mutex_(mutex) {}

  live_child& record() noexcept { return record_; }
  live_child const& record() const noexcept { return record_; }

  // ---- with the lock held

  bool has_started() const noexcept { return record_.index != live_child::none; }

  void begin(asio::any_io_executor executor, bool listed) {
    record_.index = 0;
    record_.executor = std::move(executor);
    if (listed) record_.since = std::chrono::steady_clock::now();
    hold(record_);
  }

  // ---- without

  void hold(live_child&) noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }

  /// Without a holder the child has ended, or was destroyed along with its context.
  void release(live_child&) {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    make_unreachable();
    if (!task_.done()) task_.abandon();
    outside_run_.end();
  }

  void make_unreachable() {
    record_.signal.slot().clear();
    if (record_.executor) move_to(record_, nullptr);
  }

  /// The child runs on a context other than the task's, or the task runs on no context of `run`. To
  /// be called before the child starts.
  void runs_elsewhere() noexcept { outside_run_.begin(); }

  /// Returns true once, for the first end: an initiation that throws may have passed its handler
  /// on.
  bool claim() {
    std::lock_guard const lock(mutex_);
    return !std::exchange(claimed_, true);
  }

  void move_to(live_child&, asio::any_io_executor executor) {
    std::lock_guard const lock(mutex_);
    std::swap(record_.executor, executor);
  }

  asio::any_io_executor const& executor() const noexcept {
    return record_.executor ? record_.executor : task_.serial_here();
  }

  /// Forwards a request to the child's executor. Called on the task's executor.
  void cancel(asio::cancellation_type type, std::shared_ptr<void> task) {
    std::unique_lock lock(mutex_);
    if (!has_started()) return;
    auto const executor = record_.executor;
    lock.unlock();
    if (!executor || executor == task_.serial_here()) return record_.signal.emit(type);
    nested_dispatch::run_on(executor, cleanup_scope::carry([this, keep = std::move(task), type] {
                              record_.signal.emit(type);
                            }));
  }

private:
  future_core& task_;
  std::mutex& mutex_;
  std::atomic<int> holders_{0};
  bool claimed_ = false;
  outside_run outside_run_;
  live_child record_;
};

/// Stores the value of a task's child in the future.
template <class T>
class task_result_slot {
public:
  explicit task_result_slot(future_state<T>& future) noexcept : future_(&future) {}

  template <class... Value>
  void value(Value&&... v) {
    future_->prepare(std::forward<Value>(v)...);
  }
  static void error(std::exception_ptr const&) noexcept {}
  static void drop() noexcept {}

  /// The registry of the context that must exist where the end is reported.
  std::shared_ptr<context_registry> const& registry() const noexcept { return future_->registry(); }

private:
  future_state<T>* future_;
};

/// A future and the one child that completes it. For the child it is the owner, like `gather_core`.
template <class T>
class task final : public future_state<T> {
  using result_slot = task_result_slot<T>;

public:
  using executor_type = asio::any_io_executor;
  using link = child_link<task>;

  /// `serial`: the executor of a child without one of its own. `listed`: the task is on a roster.
  task(asio::any_io_executor general, asio::any_io_executor serial, std::string name, bool listed)
      : future_state<T>(std::move(general), std::move(serial), std::move(name)), listed_(listed) {}

  /// Posts the start of the child; with `Eager` it is dispatched. Called once. The child does not
  /// start if the task was cancelled by then.
  template <bool Eager, class C>
  void start(C child) {
    context_lock const context(*this->registry());
    if (!context) return this->abandon();
    auto const& poster = this->keep_busy();
    posted_start<C> start(self(), std::move(child));
    if constexpr (Eager)
      nested_dispatch::run_on(this->serial_here(), guarded_start<C>{std::move(start)},
                              eager_loop::most);
    else
      poster.post(std::allocator<void>(), std::move(start));
  }

  // ---- the owner of the child

  executor_type const& get_executor() const noexcept { return this->serial_here(); }
  static constexpr bool is_on_serial_executor() noexcept { return true; }
  static constexpr bool cancellable() noexcept { return true; }
  bool is_listed() const noexcept { return listed_; }
  bool forbids_start() const { return this->requested(); }
  only_child& records() noexcept { return child_; }
  void runs_elsewhere() noexcept { child_.runs_elsewhere(); }

  static void set_name(std::size_t, std::string const&) noexcept {} // the task has one itself

  link new_link(std::size_t, asio::any_io_executor executor = {}) {
    std::lock_guard const lock(this->mutex_);
    child_.begin(std::move(executor), listed_);
    return link(self(), &child_.record());
  }

  static void initiation_begins(initiation&) noexcept {}
  static void initiation_returns(initiation&) noexcept {}
  bool initiation_throws(initiation&) { return child_.claim(); }
  bool handler_called(std::size_t) { return child_.claim(); }

  std::exception_ptr drop(live_child& child) {
    child_.make_unreachable();
    std::lock_guard const lock(this->mutex_);
    return child.failure ? child.failure : aborted_error();
  }

  bool fails_in_first_step(live_child& child, std::exception_ptr const& error) {
    child.signal.slot().clear();
    std::lock_guard const lock(this->mutex_);
    if (this->has_ended()) return false;
    child.failure = error;
    return true;
  }

  void set_coroutine(live_child& child, coroutine_id coroutine) {
    std::lock_guard const lock(this->mutex_);
    child.coroutine = coroutine;
  }

  void ended(live_child*, std::size_t, result_slot&, std::exception_ptr& error, ended_in) {
    if (error)
      this->fail(std::move(error));
    else
      this->succeed_prepared();
  }

  void list_in(listing& l, std::chrono::steady_clock::time_point created) override {
    auto title = this->title();
    std::lock_guard const lock(this->mutex_);
    if (this->has_ended()) return;
    auto const& child = child_.record();
    auto const state = this->requested() ? task_state::cancelling : task_state::running;
    if (child_.has_started())
      l.add(std::move(title), state, child.since, child.coroutine);
    else
      l.add(std::move(title), task_state::pending, created, nullptr);
  }

private:
  // Destroyed uncalled with its context.
  template <class C>
  class posted_start {
  public:
    posted_start(std::shared_ptr<task> t, C&& child)
        : task_(std::move(t)), child_(std::move(child)) {}
    posted_start(posted_start&&) = default;
    ~posted_start() {
      if (task_) task_->abandon();
    }

    void operator()() {
      using assigned = assignment<C, result_slot*>;
      link const operation(std::move(task_));
      start_child<task, assigned>(
          operation, nullptr, assigned{0, &operation->result_slot_, std::move(child_), nullptr});
    }

    asio::any_io_executor executor() const { return task_->serial_here(); }

  private:
    std::shared_ptr<task> task_;
    C child_;
  };

  // Starts the child inside a call of the user, which no exception must leave that belongs to the
  // context's `run()`.
  template <class C>
  struct guarded_start {
    posted_start<C> start;

    void operator()() {
      auto const executor = start.executor();
      try {
        start();
      } catch (...) {
        rethrow_on(executor, std::current_exception());
      }
    }
  };

  asio::any_io_executor const& ends_on() const noexcept override { return child_.executor(); }

  void emit(asio::cancellation_type type) override { child_.cancel(type, self()); }

  std::shared_ptr<task> self() { return std::static_pointer_cast<task>(this->shared_from_this()); }

  only_child child_{*this, this->mutex_};
  result_slot result_slot_{*this};
  bool const listed_;
};

/// The entry of a task on a roster. Keeps `run` from ending until the waiters of the task have been
/// called.
class listed_task final : public roster::entry {
public:
  explicit listed_task(std::weak_ptr<future_core> task) noexcept : task_(std::move(task)) {}

private:
  void cancel_leftovers() override {
    cleanup_scope const cleanup;
    if (auto const alive = task_.lock()) alive->cancel(asio::cancellation_type::terminal);
  }
  void list_in(listing& l) override {
    if (auto const alive = task_.lock()) alive->list_in(l, this->since());
  }

  std::weak_ptr<future_core> task_;
};

/// The executor of a child without one of its own. An awaitable that names a concrete executor runs
/// on that, serial or not; if it cannot, the child fails at its start.
template <class C, class Executor>
asio::any_io_executor executor_of_task(Executor const& executor) {
  if constexpr (may_be_serial<C>()) {
    return made_serial(without_serial(idle(executor)));
  } else {
    auto const named =
        converted_executor<typename executor_of_coroutine<C>::executor_type>(executor);
    return named ? idle(*named) : idle(executor);
  }
}

template <bool Eager, class C, class Executor>
std::shared_ptr<future_state<child_value_t<C>>> start_task(Executor const& executor, C child,
                                                           std::string name) {
  auto const list = roster_of(context_of(executor));
  auto const made = std::allocate_shared<task<child_value_t<C>>>(
      spare_allocator<void>(), idle(executor), executor_of_task<C>(executor), std::move(name),
      list != nullptr);
  if (list) {
    auto const entry = std::make_shared<listed_task>(made);
    list->add(*entry, entry, std::chrono::steady_clock::now());
    made->keep_alive(entry);
  } else {
    made->runs_elsewhere();
  }
  made->template start<Eager>(std::move(child));
  return made;
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_TASK_HPP
