//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_MISTAKES_HPP
#define FANOUT_DETAIL_MISTAKES_HPP

// The sentences in the diagnostics. The code that finds a mistake returns the function of that
// name; see because.hpp.

#include <fanout/config.hpp>
#include <fanout/detail/because.hpp>

namespace fanout::inline FANOUT_ABI::detail {

// ---- What may be a child.

constexpr auto not_a_child();
template <>
struct because<"fanout: an argument is neither a child (an awaitable, a deferred operation, a "
               "future, a callable without parameters that returns one of these, or one of these "
               "in bind_executor or named) nor a range of children nor a policy"> {
  friend constexpr auto not_a_child() { return because(); }
};

constexpr auto executor_not_first();
template <>
struct because<"fanout: an executor or context stands first, as in f(executor, a, b)"> {
  friend constexpr auto executor_not_first() { return because(); }
};

constexpr auto in_braces();
template <>
struct because<"fanout: children stand without braces, as in f(a, b)"> {
  friend constexpr auto in_braces() { return because(); }
};

constexpr auto awaitable_not_moved();
template <>
struct because<"fanout: an awaitable runs once: move it, as in f(std::move(a))"> {
  friend constexpr auto awaitable_not_moved() { return because(); }
};

constexpr auto future_not_moved();
template <>
struct because<"fanout: the value of this future cannot be copied: take it, as in "
               "f(std::move(future))"> {
  friend constexpr auto future_not_moved() { return because(); }
};

constexpr auto child_not_moved();
template <>
struct because<"fanout: this child cannot be copied: move it"> {
  friend constexpr auto child_not_moved() { return because(); }
};

constexpr auto yields_reference();
template <>
struct because<"fanout: a child cannot yield a reference: yield a pointer or a reference_wrapper"> {
  friend constexpr auto yields_reference() { return because(); }
};

constexpr auto several_ranges();
template <>
struct because<"fanout: a range of children stands alone, before the policies: gather it by "
               "itself, as in f(gather(range), a)"> {
  friend constexpr auto several_ranges() { return because(); }
};

constexpr auto view_owns_nothing();
template <>
struct because<"fanout: this view does not own its children, which cannot be copied: gather the "
               "container itself, as in gather(std::move(range)), or a view that moves them"> {
  friend constexpr auto view_owns_nothing() { return because(); }
};

constexpr auto children_not_moved();
template <>
struct because<"fanout: the children in this range cannot be copied: move it, as in "
               "gather(std::move(range))"> {
  friend constexpr auto children_not_moved() { return because(); }
};

constexpr auto range_not_moved();
template <>
struct because<"fanout: this range cannot be copied: move it, as in gather(std::move(range))"> {
  friend constexpr auto range_not_moved() { return because(); }
};

// ---- Which policies go together.

constexpr auto policy_before_child();
template <>
struct because<"fanout: children stand before the policies, and only policies after the first "
               "policy"> {
  friend constexpr auto policy_before_child() { return because(); }
};

constexpr auto policy_twice();
template <>
struct because<"fanout: a policy is given twice: leave one of them out"> {
  friend constexpr auto policy_twice() { return because(); }
};

constexpr auto keep_results_alone();
template <>
struct because<"fanout: keep_results needs return_exceptions: the results there are stand beside "
               "the errors of the other children"> {
  friend constexpr auto keep_results_alone() { return because(); }
};

constexpr auto with_index_in_place();
template <>
struct because<"fanout: with_index has nothing to do beside return_exceptions: there every error "
               "stands in the place of its child"> {
  friend constexpr auto with_index_in_place() { return because(); }
};

constexpr auto no_stragglers();
template <>
struct because<"fanout: stragglers has nothing to do beside return_exceptions or cancel_on_error: "
               "then no child runs any more at the end"> {
  friend constexpr auto no_stragglers() { return because(); }
};

constexpr auto no_late_errors();
template <>
struct because<"fanout: on_late_error has nothing to do beside return_exceptions or "
               "cancel_on_error: then no child runs any more at the end"> {
  friend constexpr auto no_late_errors() { return because(); }
};

constexpr auto never_late();
template <>
struct because<"fanout: on_late_error has nothing to do here: no child runs any more at the end"> {
  friend constexpr auto never_late() { return because(); }
};

constexpr auto of_task_group();
template <>
struct because<"fanout: keep_going, on_error and collect are policies of a task_group"> {
  friend constexpr auto of_task_group() { return because(); }
};

constexpr auto of_first_success();
template <>
struct because<"fanout: quorum and stagger are policies of first_success"> {
  friend constexpr auto of_first_success() { return because(); }
};

constexpr auto of_gather();
template <>
struct because<"fanout: keep_results and stragglers have nothing to do here: they are policies of "
               "gather"> {
  friend constexpr auto of_gather() { return because(); }
};

constexpr auto race_decides();
template <>
struct because<"fanout: cancel_on_error and cancel_when have nothing to do here: a race cancels "
               "the rest by itself as soon as it is decided"> {
  friend constexpr auto race_decides() { return because(); }
};

constexpr auto failures_are_listed();
template <>
struct because<"fanout: return_exceptions and with_index have nothing to do here: all_failed lists "
               "every failure with its index"> {
  friend constexpr auto failures_are_listed() { return because(); }
};

constexpr auto two_start_conditions();
template <>
struct because<"fanout: stagger and limit(limiter) do not go together: use limit(n)"> {
  friend constexpr auto two_start_conditions() { return because(); }
};

constexpr auto stream_has_index();
template <>
struct because<"fanout: with_index has nothing to do here: every error of an as_completed comes "
               "with its index"> {
  friend constexpr auto stream_has_index() { return because(); }
};

constexpr auto stream_has_results();
template <>
struct because<"fanout: return_exceptions and keep_results have nothing to do here: an "
               "as_completed gives every result that has come, errors too"> {
  friend constexpr auto stream_has_results() { return because(); }
};

constexpr auto stragglers_of_gather();
template <>
struct because<"fanout: stragglers has nothing to do here: it is a policy of gather"> {
  friend constexpr auto stragglers_of_gather() { return because(); }
};

constexpr auto not_for_groups();
template <>
struct because<"fanout: return_exceptions, cancel_on_error, keep_results, with_index and "
               "stragglers have nothing to do in a task_group: say keep_going if an error is not "
               "to cancel the other tasks"> {
  friend constexpr auto not_for_groups() { return because(); }
};

constexpr auto not_a_group_policy();
template <>
struct because<"fanout: a task_group takes nothing but policies here: add a child by create_task"> {
  friend constexpr auto not_a_group_policy() { return because(); }
};

constexpr auto group_is_temporary();
template <>
struct because<"fanout: the group of stragglers must live on: give it a name"> {
  friend constexpr auto group_is_temporary() { return because(); }
};

constexpr auto group_has_limit();
template <>
struct because<"fanout: a task_group takes limit(n) and no limit(limiter): acquire a permit in "
               "each task"> {
  friend constexpr auto group_has_limit() { return because(); }
};

// ---- The other operations.

constexpr auto no_duration_first();
template <>
struct because<"fanout: the time of a timeout is a duration, and stands before the child, as in "
               "timeout(5s, child)"> {
  friend constexpr auto no_duration_first() { return because(); }
};

constexpr auto timeout_of_one();
template <>
struct because<"fanout: timeout takes one child: gather several, as in timeout(5s, gather(a, b))"> {
  friend constexpr auto timeout_of_one() { return because(); }
};

constexpr auto shield_of_one();
template <>
struct because<"fanout: shield takes one child: gather several, as in shield(gather(a, b))"> {
  friend constexpr auto shield_of_one() { return because(); }
};

constexpr auto task_without_executor();
template <>
struct because<"fanout: the executor or context of a task stands first, as in "
               "create_task(executor, child)"> {
  friend constexpr auto task_without_executor() { return because(); }
};

constexpr auto task_of_one();
template <>
struct because<"fanout: create_task takes one child, and perhaps its name"> {
  friend constexpr auto task_of_one() { return because(); }
};

constexpr auto eager_for_group();
template <>
struct because<"fanout: eager is a policy of the whole group, as in task_group(executor, eager)"> {
  friend constexpr auto eager_for_group() { return because(); }
};

constexpr auto group_without_executor();
template <>
struct because<"fanout: a task_group takes an executor or context first, as in "
               "task_group(executor, limit(3))"> {
  friend constexpr auto group_without_executor() { return because(); }
};

constexpr auto no_group_body();
template <>
struct because<"fanout: with_task_group takes a callable with a parameter of type task_group&, "
               "which returns a child"> {
  friend constexpr auto no_group_body() { return because(); }
};

constexpr auto no_futures();
template <>
struct because<"fanout: wait takes a range of futures, a vector for instance; create_task makes a "
               "future of a child"> {
  friend constexpr auto no_futures() { return because(); }
};

constexpr auto wait_for_what();
template <>
struct because<"fanout: wait takes the futures, when to end, and perhaps a time, as in wait(tasks, "
               "first_completed, 2s)"> {
  friend constexpr auto wait_for_what() { return because(); }
};

constexpr auto run_on_context();
template <>
struct because<"fanout: run makes its own context: use run_on(context, main, drive) for yours"> {
  friend constexpr auto run_on_context() { return because(); }
};

constexpr auto no_abortable_operation();
template <>
struct because<"fanout: abortable takes a deferred Asio operation, as in "
               "abortable(async_read(stream, buffer, deferred)): put it around the operations "
               "inside any other child, and inside bind_executor and named"> {
  friend constexpr auto no_abortable_operation() { return because(); }
};

constexpr auto operation_not_moved();
template <>
struct because<"fanout: this operation cannot be copied: move it"> {
  friend constexpr auto operation_not_moved() { return because(); }
};

constexpr auto number_to_sleep();
template <>
struct because<"fanout: sleep takes a duration, as in sleep(5s): a number has no unit"> {
  friend constexpr auto number_to_sleep() { return because(); }
};

constexpr auto number_as_deadline();
template <>
struct because<"fanout: deadline takes a duration or a time point, as in deadline(5s): a number "
               "has no unit"> {
  friend constexpr auto number_as_deadline() { return because(); }
};

constexpr auto number_as_child_timeout();
template <>
struct because<"fanout: child_timeout takes a duration, as in child_timeout(5s): a number has no "
               "unit"> {
  friend constexpr auto number_as_child_timeout() { return because(); }
};

constexpr auto number_to_stagger();
template <>
struct because<"fanout: stagger takes a duration, as in stagger(50ms): a number has no unit"> {
  friend constexpr auto number_to_stagger() { return because(); }
};

// ---- What completion handlers need.

constexpr auto wrong_handler();
template <>
struct because<"fanout: the completion handler must take a std::exception_ptr first, not an "
               "error_code, and then the result"> {
  friend constexpr auto wrong_handler() { return because(); }
};

constexpr auto nowhere_to_run();
template <>
struct because<"fanout: the completion handler has no executor to run children on: name an "
               "executor or context first, as in f(executor, ...), or bind_executor the token"> {
  friend constexpr auto nowhere_to_run() { return because(); }
};

constexpr auto nowhere_to_step();
template <>
struct because<"fanout: the completion handler has no executor to run steps on: name an executor "
               "or context first, as in abortable(executor, operation), or bind_executor the "
               "token"> {
  friend constexpr auto nowhere_to_step() { return because(); }
};

constexpr auto nowhere_to_sleep();
template <>
struct because<"fanout: the completion handler has no executor to sleep on: name an executor or "
               "context first, as in sleep(executor, duration), or bind_executor the token"> {
  friend constexpr auto nowhere_to_sleep() { return because(); }
};

constexpr auto nowhere_to_acquire();
template <>
struct because<"fanout: the completion handler has no executor to wait on: name an executor or "
               "context first, as in acquire(executor), or bind_executor the token"> {
  friend constexpr auto nowhere_to_acquire() { return because(); }
};

constexpr auto nowhere_to_wait();
template <>
struct because<"fanout: the completion handler has no executor to wait on: name an executor or "
               "context first, as in wait(executor, ...), or bind_executor the token"> {
  friend constexpr auto nowhere_to_wait() { return because(); }
};

constexpr auto nowhere_to_go_on();
template <>
struct because<"fanout: the completion handler has no executor to wait on: bind_executor the "
               "token"> {
  friend constexpr auto nowhere_to_go_on() { return because(); }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_MISTAKES_HPP
