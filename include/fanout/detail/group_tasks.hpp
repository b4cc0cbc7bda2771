//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GROUP_TASKS_HPP
#define FANOUT_DETAIL_GROUP_TASKS_HPP

// The tasks of a group. Each task is a child of the operation behind the group, and its result slot
// is a future.

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/gather_core.hpp>
#include <fanout/detail/linked_list.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/start_child.hpp>
#include <fanout/detail/watch.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

// ---- tasks that wait for their start

/// A task that waits for its start, or runs already and is adopted by the group.
class queued_task : public list_links {
public:
  queued_task() = default;
  queued_task(queued_task const&) = delete;
  queued_task& operator=(queued_task const&) = delete;
  virtual ~queued_task() = default;

  virtual void start(child_link<backing_core> const& group, std::size_t index) = 0;

  // The task will never start, and is destroyed: it was cancelled, or its context is destroyed.
  virtual void end_cancelled() {}
  virtual void abandon() {}
};

/// A list that owns its tasks.
class task_list {
public:
  bool empty() const noexcept { return tasks_.empty(); }

  void push(std::unique_ptr<queued_task> task) noexcept { tasks_.push_back(*task.release()); }

  std::unique_ptr<queued_task> pop() noexcept { return std::unique_ptr<queued_task>(tasks_.pop()); }

  /// Removes a task; null if the task is not in the list any more.
  std::unique_ptr<queued_task> take(queued_task& task) noexcept {
    if (!task.is_linked()) return nullptr;
    tasks_.remove(task);
    return std::unique_ptr<queued_task>(&task);
  }

private:
  linked_list<queued_task> tasks_;
};

/// The tasks of a group that have not started; adopted tasks come first. A cancelled task leaves
/// the queue, and counts as leaving until its future has ended. Thread-safe.
class task_queue {
public:
  task_queue() = default;
  task_queue(task_queue const&) = delete;
  task_queue& operator=(task_queue const&) = delete;
  ~task_queue() {
    while (auto const task = pop_waiting()) task->abandon();
    while (auto const task = adopted_.pop()) {
    }
  }

  void push_adopted(std::unique_ptr<queued_task> task) {
    std::lock_guard const lock(mutex_);
    adopted_.push(std::move(task));
    ++size_;
  }

  void push(std::unique_ptr<queued_task> task) {
    std::lock_guard const lock(mutex_);
    waiting_.push(std::move(task));
    ++size_;
  }

  std::size_t size() const {
    std::lock_guard const lock(mutex_);
    return size_;
  }

  /// Removes the next task; null if there is none.
  std::unique_ptr<queued_task> pop() {
    std::lock_guard const lock(mutex_);
    return counted(adopted_.empty() ? waiting_.pop() : adopted_.pop());
  }

  /// Removes this task, which counts as leaving from now on; null if it is not in the queue any
  /// more.
  std::unique_ptr<queued_task> remove(queued_task& task) {
    std::lock_guard const lock(mutex_);
    return on_its_way_out(waiting_.take(task));
  }

  /// The future of a leaving task has ended.
  void has_left() noexcept {
    std::unique_lock lock(mutex_);
    if (--leaving_ != 0) return;
    auto const all_out = std::exchange(all_out_, nullptr);
    lock.unlock();
    try {
      if (all_out) all_out();
    } catch (...) { // without memory the group cannot complete
    }
  }

  /// Whether no task waits and no task is leaving.
  bool is_clear() const {
    std::lock_guard const lock(mutex_);
    return size_ == 0 && leaving_ == 0;
  }

  /// Calls `f` once no task is leaving, perhaps inside this call.
  void when_all_out(std::function<void()> f) {
    std::unique_lock lock(mutex_);
    if (leaving_ != 0) {
      all_out_ = std::move(f);
      return;
    }
    lock.unlock();
    f();
  }

  /// Ends all waiting tasks. Adopted tasks run already, and are still to be awaited.
  void cancel() {
    std::exception_ptr thrown; // one task could not be ended: the others are
    while (auto const task = remove_first()) {
      try {
        task->end_cancelled();
      } catch (...) {
        thrown = std::current_exception();
      }
      has_left();
    }
    if (thrown) std::rethrow_exception(thrown);
  }

private:
  std::unique_ptr<queued_task> remove_first() {
    std::lock_guard const lock(mutex_);
    return on_its_way_out(waiting_.pop());
  }

  std::unique_ptr<queued_task> pop_waiting() {
    std::lock_guard const lock(mutex_);
    return counted(waiting_.pop());
  }

  std::unique_ptr<queued_task> on_its_way_out(std::unique_ptr<queued_task> task) noexcept {
    leaving_ += task != nullptr;
    return counted(std::move(task));
  }

  std::unique_ptr<queued_task> counted(std::unique_ptr<queued_task> left) noexcept {
    size_ -= left != nullptr;
    return left;
  }

  mutable std::mutex mutex_; // protects what follows
  task_list adopted_;
  task_list waiting_;
  std::size_t size_ = 0;
  std::size_t leaving_ = 0;
  std::function<void()> all_out_;
};

// ---- futures of tasks

/// The future of a task in a group. Knows where the task waits or runs, and counts the owners that
/// may still end the future.
template <class T>
class group_future final : public future_state<T> {
public:
  using future_state<T>::future_state;

  /// To be called before the future is shared. A queue calls `waits_no_more` before it destroys the
  /// task.
  void waits_in(std::weak_ptr<task_queue> queue, queued_task& task) noexcept {
    queue_ = std::move(queue);
    waiting_ = &task;
  }

  /// The task has left the queue and still exists.
  void waits_no_more() {
    std::lock_guard const lock(this->mutex_);
    waiting_ = nullptr;
  }

  /// The task starts now, and tracks work on its executor from now on.
  void begin() {
    waits_no_more();
    context_lock const context(*this->registry());
    if (context) this->keep_busy();
  }

  void runs_at(child_link<backing_core> const& link) {
    std::lock_guard const lock(this->mutex_);
    group_ = link->weak_from_this();
    child_ = link->records().ref_to(*link.record());
  }

  void hold() noexcept { producers_.fetch_add(1, std::memory_order_relaxed); }

  /// One owner less. Without any the task has ended, or was destroyed along with its context.
  void release() {
    if (producers_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    runs_nowhere();
    if (!this->done()) this->abandon();
  }

  void runs_nowhere() {
    std::lock_guard const lock(this->mutex_);
    group_.reset();
    child_.executor = nullptr; // an executor must not outlive its context
  }

private:
  using child_ref = backing_core::child_ref;

  asio::any_io_executor const& ends_on() const noexcept override {
    return child_.executor ? child_.executor : this->serial_here();
  }

  bool waits_for_its_turn() const override {
    std::lock_guard const lock(this->mutex_);
    return waiting_;
  }

  void emit(asio::cancellation_type type) override {
    if (way_out const out{leave_queue()}; out.queue)
      return static_cast<void>(this->fail(aborted_error()));
    std::unique_lock lock(this->mutex_);
    auto const group = group_.lock();
    child_ref const child = child_;
    lock.unlock();
    if (group) group->records().cancel_from_outside(child, type, group);
  }

  struct way_out {
    std::shared_ptr<task_queue> queue;
    ~way_out() {
      if (queue) queue->has_left();
    }
  };

  // Destroys the child if it still waits, and returns the queue that it has left.
  std::shared_ptr<task_queue> leave_queue() {
    std::unique_lock lock(this->mutex_);
    auto const queue = waiting_ ? queue_.lock() : nullptr;
    auto const left = queue ? queue->remove(*waiting_) : nullptr;
    if (left) waiting_ = nullptr;
    lock.unlock();
    return left ? queue : nullptr;
  }

  std::weak_ptr<task_queue> queue_;
  queued_task* waiting_ = nullptr; // null once the task has started
  std::atomic<int> producers_{0};
  std::weak_ptr<backing_core> group_; // empty before the start and after the end
  child_ref child_{};
};

/// Keeps `run` from ending until the waiters of a task in a group have been called.
class run_hold final : public roster::entry {
public:
  explicit run_hold(roster& list) { list.add(*this); }

private:
  void cancel_leftovers() override {}
  void list_in(listing&) override {}
};

/// Completes the task's future. All objects that may still complete it hold a copy; when the last
/// copy is destroyed without a result, the future is abandoned.
template <class T>
class future_result_slot {
public:
  future_result_slot() = default;
  explicit future_result_slot(std::shared_ptr<group_future<T>> future)
      : future_(std::move(future)) {
    future_->hold();
  }
  future_result_slot(future_result_slot const& other) : future_(other.future_) {
    if (future_) future_->hold();
  }
  future_result_slot(future_result_slot&&) noexcept = default;
  future_result_slot& operator=(future_result_slot const&) = delete;
  ~future_result_slot() {
    if (future_) future_->release();
  }

  future_result_slot& operator*() noexcept { return *this; }
  future_result_slot* operator->() noexcept { return this; }
  future_result_slot const* operator->() const noexcept { return this; }

  bool requested() const { return future_->requested(); }
  void runs_at(child_link<backing_core> const& link) { future_->runs_at(link); }
  void runs_nowhere() { future_->runs_nowhere(); }
  std::shared_ptr<context_registry> const& registry() const noexcept { return future_->registry(); }

  template <class... Value>
  void value(Value&&... v) {
    future_->succeed(std::forward<Value>(v)...);
  }
  /// The error counts as looked at, by the group.
  void error(std::exception_ptr const& e, bool asked) {
    future_->fail(e, asked);
    future_->look();
  }
  static void drop() noexcept {}

private:
  std::shared_ptr<group_future<T>> future_;
};

// ---- the two kinds of tasks

template <class C>
class queued_child final : public queued_task {
  using value = child_value_t<C>;

public:
  queued_child(std::shared_ptr<group_future<value>> future, C child)
      : future_(std::move(future)), child_(std::move(child)) {}

  void end_cancelled() override {
    future_->waits_no_more();
    child_.reset(); // before the future ends
    future_->fail(aborted_error());
  }

  void abandon() override {
    future_->waits_no_more();
    child_.reset();
    future_->abandon();
  }

  void start(child_link<backing_core> const& group, std::size_t index) override {
    using assigned = assignment<C, future_result_slot<value>>;
    assigned taken{index, future_result_slot<value>(future_), std::nullopt, nullptr};
    try {
      future_->begin();
      group->set_name(index, future_->name());
      taken.child.emplace(*std::move(child_));
    } catch (...) {
      taken.error = std::current_exception();
    }
    child_.reset();
    start_child<backing_core, assigned>(group, nullptr, std::move(taken));
  }

private:
  std::shared_ptr<group_future<value>> future_;
  std::optional<C> child_;
};

/// The result slot of an adopted task, which stores nothing. An adopted task runs already, so it
/// cannot be kept from starting.
struct adopted_result_slot : result_slot<void, false> {
  static constexpr bool runs_already = true;
};

/// A task that runs already. The group waits for its end and can cancel it.
class adopted_task final : public queued_task {
public:
  explicit adopted_task(std::shared_ptr<future_core> end) noexcept : end_(std::move(end)) {}

  void start(child_link<backing_core> const& group, std::size_t index) override {
    static adopted_result_slot nothing_to_keep;
    using assigned = assignment<own_watch, adopted_result_slot*>;
    try {
      group->set_name(index, end_->name());
    } catch (std::bad_alloc const&) { // then the task has no name
    }
    start_child<backing_core, assigned>(
        group, nullptr,
        assigned{index, &nothing_to_keep, own_watch(initiate_own_watch{end_}), nullptr});
    if (group->forbids_start()) end_->cancel(asio::cancellation_type::terminal);
  }

private:
  std::shared_ptr<future_core> end_;
};

// ---- the source of a group's children

/// The outcome of a group: tasks leave nothing behind but their futures.
struct group_outcome : fills_result_slots<false> {
  using type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;
};

/// A task that was taken from the queue and starts.
struct started_task {
  std::size_t index = 0;
  std::unique_ptr<queued_task> task;
};

inline void start_child(child_link<backing_core> const& group, child_source<started_task>*,
                        started_task&& started) {
  started.task->start(group, started.index);
}

class children_of_group {
public:
  using next_child = started_task;

  template <class Kept, class Allocator>
  children_of_group(Kept&& kept, Allocator const&)
      : queue_(std::move(kept.queue)), closed_(std::move(kept.closed)) {}

  supply advance() {
    first_ = queue_->pop();
    return first_ ? supply::available : supply::pending;
  }

  void read(next_child& next) noexcept { next.task = std::move(first_); }

  template <class F>
  void assign(next_child&& next, F const& f) {
    f(std::move(next));
  }

  static void take(ending const&, std::size_t) noexcept {}

  /// Called when no further task starts. Running tasks may wait for those in the queue, which
  /// therefore end now.
  void close(asio::any_io_executor const& executor) {
    if (!closed_) return;
    reserve::attempt([&] { asio::post(executor, closed_); });
    closed_ = nullptr;
  }

private:
  std::shared_ptr<task_queue> queue_;
  std::function<void()> closed_; // ends all waiting tasks; null once it was called
  std::unique_ptr<queued_task> first_;
};

struct kept_queue {
  using outcome = group_outcome;
  using next_child = children_of_group::next_child;
  static constexpr bool own_executors = true; // tasks are created and end on any thread
  static constexpr bool names = true;
  static constexpr bool operations = true;

  template <class>
  struct in {
    using type = children_of_group;
  };

  static std::optional<std::size_t> total() noexcept { return std::nullopt; }

  std::shared_ptr<task_queue> queue;
  std::function<void()> closed;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GROUP_TASKS_HPP
