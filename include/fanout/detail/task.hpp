//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_TASK_HPP
#define FANOUT_DETAIL_TASK_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/roster.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::detail {

template <class C>
class first_step;

/// The child of a task, in a form that looks for a cancellation right before its first step.
template <class C>
auto guarded(std::shared_ptr<future_core> task, C child) {
  if constexpr (child_traits<C>::is_bound)
    return asio::bind_executor(child.get_executor(),
                               guarded(std::move(task), std::move(child.get())));
  else
    return first_step<C>(std::move(task), std::move(child));
}

template <class C>
class first_step {
public:
  first_step(std::shared_ptr<future_core> task, C child)
      : task_(std::move(task)), child_(std::move(child)) {}

  auto operator()() {
    if (task_->requested()) std::rethrow_exception(aborted_error());
    if constexpr (!child_traits<C>::is_callable)
      return std::move(child_);
    else if constexpr (has_own_executor<C>())
      return guarded(task_, child_());
    else
      return child_();
  }

private:
  std::shared_ptr<future_core> task_;
  C child_;
};

/// How a task is listed.
struct named_as {
  static constexpr bool is_task = true;
  static constexpr bool ends_at_once = true; // to fill a future resumes nobody
  static constexpr void apply(rules&) noexcept {}
  std::string title() const { return task->title(); }

  std::shared_ptr<future_core> task;
};

/// What keeps `run` until those who wait for a task have heard of its end.
class stay final : public roster::entry {
public:
  explicit stay(roster& list) { list.add(*this); }

private:
  void cancel_leftovers() override {}
  void tell(listing&) override {}
};

/// The completion handler of a task: fills the future, which is abandoned if the handler is
/// destroyed instead of being called.
template <class T>
class task_end {
public:
  using executor_type = asio::any_io_executor;
  using cancellation_slot_type = asio::cancellation_slot;

  task_end(std::shared_ptr<future_state<T>> task, asio::any_io_executor serial)
      : task_(std::move(task)), serial_(std::move(serial)) {}

  task_end(task_end&&) = default;
  ~task_end() {
    if (task_) task_->abandon();
  }

  executor_type get_executor() const noexcept { return serial_; }
  cancellation_slot_type get_cancellation_slot() const noexcept { return task_->slot(); }

  template <class... Value>
  void operator()(std::exception_ptr error, Value&&... value) {
    auto const task = std::move(task_);
    try {
      if (error)
        task->fail(std::move(error));
      else if constexpr (single_outcome<value_or_monostate<T>>::unwraps_values)
        task->succeed(std::move(value).template get<0>()...);
      else
        task->succeed(std::move(value)...);
    } catch (...) {
      task->fail(std::current_exception());
    }
  }

private:
  std::shared_ptr<future_state<T>> task_;
  asio::any_io_executor serial_;
};

/// A task that has not started: its future, and the operation that fills it.
template <class C, class Executor>
class unstarted_task {
  using value = child_value_t<C>;

public:
  unstarted_task(Executor const& executor, C child, std::string name)
      : executor_(executor), serial_(made_serial(idle(executor))),
        state_(std::make_shared<future_state<value>>(idle(executor), serial_, std::move(name))),
        child_(std::move(child)) {
    if (auto list = roster::find(context_of(executor))) state_->keep(std::make_shared<stay>(*list));
  }

  std::shared_ptr<future_state<value>> const& state() const noexcept { return state_; }

  void start() {
    make_packaged_child(initiate_on<Executor>{executor_}, guarded<C>(state_, std::move(child_)),
                        keep_value(), named_as{state_})(task_end<value>(state_, serial_));
  }

private:
  Executor executor_;
  asio::any_io_executor serial_;
  std::shared_ptr<future_state<value>> state_;
  C child_;
};

template <class C, class Executor>
auto start_task(Executor const& executor, C child, std::string name) {
  unstarted_task<C, Executor> task(executor, std::move(child), std::move(name));
  task.start();
  return task.state();
}

} // namespace fanout::detail

#endif // FANOUT_DETAIL_TASK_HPP
