//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ARGUMENTS_HPP
#define FANOUT_DETAIL_ARGUMENTS_HPP

// Sorts the arguments of an operation: an executor, children or a range of them, policies.

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/initiate.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/packaged.hpp>
#include <fanout/detail/policy_set.hpp>

#include <array>
#include <cstddef>
#include <ranges>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

template <class A>
concept policy_argument = policy<std::remove_cvref_t<A>>;

template <class A>
concept move_only_lvalue =
    std::is_lvalue_reference_v<A> &&
    (!std::is_copy_constructible_v<std::decay_t<A>> || gives_away<std::decay_t<A>>);

template <class A>
consteval bool yields_no_reference() {
  constexpr bool ok = !std::is_reference_v<child_value_t<A>>;
  static_assert(ok,
                "fanout: a child cannot yield a reference: yield a pointer or a reference_wrapper");
  return ok;
}

/// Whether `A` can stand among children that are given one by one.
template <class A>
consteval bool is_good_child() {
  if constexpr (child<A>) {
    static_assert(!(move_only_lvalue<A> && is_awaitable<std::remove_cvref_t<A>>),
                  "fanout: an awaitable runs once: move it, as in f(std::move(a))");
    static_assert(!move_only_lvalue<A> || !gives_away<std::remove_cvref_t<A>>,
                  "fanout: the value of this future cannot be copied: take it, as in "
                  "f(std::move(future))");
    static_assert(!move_only_lvalue<A> || is_awaitable<std::remove_cvref_t<A>> ||
                      gives_away<std::remove_cvref_t<A>>,
                  "fanout: this child cannot be copied: move it");
    if constexpr (move_only_lvalue<A>)
      return false;
    else
      return yields_no_reference<A>();
  } else {
    static_assert(!child_range<A>, "fanout: a range of children stands alone, before the policies");
    static_assert(child_range<A>,
                  "fanout: this argument is neither a child (an awaitable, a deferred operation, a "
                  "callable that returns one, or one bound to an executor) nor a policy");
    return false;
  }
}

/// Whether the elements of `R` can be taken from it one by one.
template <class R>
consteval bool is_good_range() {
  using range = std::remove_cvref_t<R>;
  using reference = std::ranges::range_reference_t<R>;
  constexpr bool owned = !std::is_lvalue_reference_v<R> && !std::ranges::view<range>;
  constexpr bool taken = owned || !move_only_lvalue<reference>;
  constexpr bool kept = requires { typename std::views::all_t<R>; };
  static_assert(taken || !std::ranges::view<range>,
                "fanout: this view does not own its children, which cannot be copied: gather the "
                "container itself, as in gather(std::move(range)), or a view that moves them");
  static_assert(taken || std::ranges::view<range>,
                "fanout: the children in this range cannot be copied: move it, as in "
                "gather(std::move(range))");
  static_assert(kept,
                "fanout: this range cannot be copied: move it, as in gather(std::move(range))");
  if constexpr (taken && kept)
    return yields_no_reference<std::ranges::range_value_t<R>>();
  else
    return false;
}

template <class... P>
consteval bool are_good_policies() {
  constexpr bool policies = (policy_argument<P> && ...);
  static_assert(policies, "fanout: children stand before the policies, and only policies after the "
                          "first policy");
  return policies;
}

template <class P, class... Rest>
inline constexpr bool stands_again = (std::is_same_v<P, Rest> || ...);

template <class... P>
inline constexpr bool each_once = true;
template <class P, class... Rest>
inline constexpr bool each_once<P, Rest...> = !stands_again<P, Rest...> && each_once<Rest...>;

template <class... P>
auto make_policies(P&&... p) {
  using set = policy_set<std::remove_cvref_t<P>...>;
  static_assert(each_once<std::remove_cvref_t<P>...>, "fanout: a policy is given twice");
  return set(std::in_place, std::forward<P>(p)...);
}

template <class Initiation, class Children, class Policies>
auto make_packaged(Initiation initiation, Children children, Policies policies) {
  all_rules r = policies.combined();
  r.return_exceptions = Policies::template contains<return_exceptions_t>; // the types depend on it
  if (r.limit == 0)
    throw std::invalid_argument("fanout: at least one child must be able to run, not 0");
  if (auto const total = children.total(); total && *total < r.winners)
    throw too_few_children(*total, r.winners);
  return packaged<Initiation, Children, Policies>(std::move(initiation), r, std::move(children),
                                                  std::move(policies));
}

/// An operation around one child, which yields what the child does.
template <class Initiation, class C, class... P>
auto make_packaged_child(Initiation initiation, C&& c, P&&... policies) {
  using child_type = std::decay_t<C>;
  using outcome = single_outcome<value_or_monostate<child_value_t<child_type>>>;
  return make_packaged(std::move(initiation),
                       kept_children<outcome, child_type>{{std::forward<C>(c)}, {}},
                       make_policies(std::forward<P>(policies)...));
}

/// Splits the arguments at the first policy.
template <class... Args>
struct arguments {
  static constexpr std::size_t children = [] {
    std::array<bool, sizeof...(Args) + 1> const is_policy{policy_argument<Args>..., true};
    std::size_t first = 0;
    while (!is_policy[first]) ++first;
    return first;
  }();

  template <std::size_t From, std::size_t N, class F>
  static decltype(auto) apply(F&& f, std::tuple<Args&&...>& args) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
      return f(std::get<From + I>(std::move(args))...);
    }(std::make_index_sequence<N>());
  }

  template <class F>
  static decltype(auto) with_children(F&& f, std::tuple<Args&&...>& args) {
    return apply<0, children>(std::forward<F>(f), args);
  }

  template <class F>
  static decltype(auto) with_policies(F&& f, std::tuple<Args&&...>& args) {
    return apply<children, sizeof...(Args) - children>(std::forward<F>(f), args);
  }
};

/// Calls `f(initiation, arguments...)` with the executor that stands first, if one does.
template <class F>
auto with_executor(F const& f) {
  return f(initiate_on_handler());
}

template <class F, class First, class... Args>
auto with_executor(F const& f, First&& first, Args&&... args) {
  if constexpr (executor_or_context<First>) {
    auto executor = executor_of(std::forward<First>(first));
    return f(initiate_on<decltype(executor)>{executor}, std::forward<Args>(args)...);
  } else {
    return f(initiate_on_handler(), std::forward<First>(first), std::forward<Args>(args)...);
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ARGUMENTS_HPP
