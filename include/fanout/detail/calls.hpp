//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CALLS_HPP
#define FANOUT_DETAIL_CALLS_HPP

// What is wrong with the arguments of a call.

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/operation.hpp>

#include <initializer_list>
#include <ranges>
#include <string>
#include <type_traits>

namespace fanout::inline FANOUT_ABI::detail {

template <class A>
concept policy_argument = policy<std::remove_cvref_t<A>>;

template <class A>
concept move_only_lvalue =
    std::is_lvalue_reference_v<A> &&
    (!std::is_copy_constructible_v<std::decay_t<A>> || gives_away<std::decay_t<A>>);

/// The mistake in a child that is an argument by itself, or `no_mistake`.
template <class A>
consteval auto mistake_of_child() {
  using argument = std::remove_cvref_t<A>;
  if constexpr (!child<A>) {
    if constexpr (child_range<A>)
      return several_ranges();
    else if constexpr (executor_or_context<A>)
      return executor_not_first();
    else
      return not_a_child();
  } else if constexpr (move_only_lvalue<A>) {
    if constexpr (is_awaitable<argument>)
      return awaitable_not_moved();
    else if constexpr (gives_away<argument>)
      return future_not_moved();
    else
      return child_not_moved();
  } else if constexpr (std::is_reference_v<child_value_t<A>>) {
    return yields_reference();
  } else {
    return no_mistake();
  }
}

template <class A>
concept good_child = !mistaken<decltype(mistake_of_child<A>())>;

/// The mistake in a range of children, or `no_mistake`.
template <class R>
consteval auto mistake_of_range() {
  using range = std::remove_cvref_t<R>;
  using reference = std::ranges::range_reference_t<R>;
  constexpr bool is_view = std::ranges::view<range>;
  constexpr bool owned = !std::is_lvalue_reference_v<R> && !is_view;
  if constexpr (!owned && move_only_lvalue<reference>) {
    if constexpr (is_view)
      return view_owns_nothing();
    else
      return children_not_moved();
  } else if constexpr (!requires { typename std::views::all_t<R>; }) {
    return range_not_moved();
  } else if constexpr (std::is_reference_v<child_value_t<std::ranges::range_value_t<R>>>) {
    return yields_reference();
  } else {
    return no_mistake();
  }
}

/// Satisfied if the arguments of a call, without the executor, have no mistake.
/// `Verb::mistake<Args...>()` finds the mistakes.
template <class Verb, class... Args>
concept well_called = !mistaken<decltype(Verb::template mistake<Args...>())>;

template <class Verb>
consteval auto mistake_of_call() {
  return Verb::template mistake<>();
}
template <class Verb, class First, class... Rest>
consteval auto mistake_of_call() {
  if constexpr (executor_or_context<First>)
    return Verb::template mistake<Rest...>();
  else
    return Verb::template mistake<First, Rest...>();
}

/// The mistake in a call in which an executor may stand first; no such type if there is none.
template <class Verb, class... Args>
using mistake_in = mistake_t<decltype(mistake_of_call<Verb, Args...>())>;

template <class A>
concept eager_argument = std::is_same_v<std::remove_cvref_t<A>, eager_t>;

/// Whether these may stand behind the child of a task: its name, `eager`, or both.
template <class...>
inline constexpr bool may_follow_task = false;
template <>
inline constexpr bool may_follow_task<> = true;
template <class A>
inline constexpr bool may_follow_task<A> =
    std::is_convertible_v<A, std::string> || eager_argument<A>;
template <class Name, class Last>
inline constexpr bool may_follow_task<Name, Last> =
    std::is_convertible_v<Name, std::string> && eager_argument<Last>;

/// The arguments of `create_task` behind an executor.
struct task_arguments {
  template <class C = void, class... Others>
  static consteval auto mistake() {
    if constexpr (std::is_void_v<C> || !may_follow_task<Others...>)
      return task_of_one();
    else
      return mistake_of_child<C>();
  }
};

/// The arguments of `create_task` of a group.
struct group_task_arguments : task_arguments {
  template <class C = void, class... Others>
  static consteval auto mistake() {
    if constexpr ((eager_argument<Others> || ...))
      return eager_for_group();
    else
      return task_arguments::mistake<C, Others...>();
  }
};

template <class First = void, class... Rest>
consteval auto mistake_of_task() {
  if constexpr (executor_or_context<First>)
    return task_arguments::mistake<Rest...>();
  else if constexpr (std::is_void_v<First> || child<First>)
    return task_without_executor();
  else
    return no_mistake(); // a function of another library
}

/// An argument in braces, as in `f({a, b})`, becomes this type.
struct braces {
  template <class T>
  braces(std::initializer_list<T>);
  template <class First, class Second, class... Rest>
  braces(First&&, Second&&, Rest&&...);
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CALLS_HPP
