//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_FUNCTION_HPP
#define FANOUT_DETAIL_GATHER_FUNCTION_HPP

// From the arguments of an operation with several children to the deferred operation.

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/policy_set.hpp>

#include <cstddef>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

template <class... C>
inline constexpr bool is_one_range = false;
template <class R>
inline constexpr bool is_one_range<R> = child_range<R>;

/// The policies among the arguments. Children stand before them.
template <class... Args>
struct policies_among {
  using type = policy_set<std::remove_cvref_t<Args>...>;
};
template <class First, class... Rest>
  requires(!policy_argument<First>)
struct policies_among<First, Rest...> : policies_among<Rest...> {};

/// The mistake in one argument, or `no_mistake`.
template <bool Alone, class A>
consteval auto mistake_of_argument() {
  if constexpr (policy_argument<A>)
    return no_mistake();
  else if constexpr (Alone && child_range<A>)
    return mistake_of_range<A>();
  else
    return mistake_of_child<A>();
}

template <class Policies>
consteval auto mistake_outside_groups() {
  if constexpr (Policies::in_groups_only)
    return of_task_group();
  else
    return no_mistake();
}

/// The function that packages an operation with several children, given one by one or as a range.
/// `Projection` says what the operation makes of their results:
/// - `of_children<Policies, ReturnExceptions, T...>` and `of_range<Policies, ReturnExceptions, T>`
///   are the outcomes for children that yield `T...` or each `T`,
/// - `mistake<Policies>()` tells which policies do not fit,
/// - `own_policies()` returns the policies that the projection adds, as a tuple.
template <class Projection>
struct gather_function {
  template <class... Args>
  static consteval auto mistake() {
    constexpr std::size_t children = arguments<Args...>::children;
    constexpr auto of_arguments = (no_mistake() | ... | mistake_of_argument<children == 1, Args>());
    if constexpr (children == sizeof...(Args)) {
      return of_arguments;
    } else if constexpr (children + (0 + ... + std::size_t(policy_argument<Args>)) !=
                         sizeof...(Args)) {
      return policy_before_child();
    } else {
      using policies = typename policies_among<Args...>::type;
      return policies::mistake() | Projection::template mistake<policies>() |
             mistake_outside_groups<policies>() | of_arguments;
    }
  }

  template <class Initiation, class... Args>
  auto operator()(Initiation initiation, Args&&... args) const {
    using split = arguments<Args...>;
    if constexpr (split::children == sizeof...(Args)) {
      return package(std::move(initiation), with_own_policies(), std::forward<Args>(args)...);
    } else {
      auto all = std::forward_as_tuple(std::forward<Args>(args)...);
      return split::with_policies(
          [&]<class... P>(P&&... p) {
            auto policies = with_own_policies(std::forward<P>(p)...);
            return split::with_children(
                [&]<class... C>(C&&... c) {
                  return package(std::move(initiation), std::move(policies), std::forward<C>(c)...);
                },
                all);
          },
          all);
    }
  }

private:
  template <class... P>
  static auto with_own_policies(P&&... p) {
    return std::apply([&](auto... own) { return make_policies(own..., std::forward<P>(p)...); },
                      Projection::own_policies());
  }

  template <class Initiation, class Policies, class... C>
  static auto package(Initiation&& initiation, Policies&& policies, C&&... c) {
    constexpr bool errors = Policies::template contains<return_exceptions_t>;
    if constexpr (is_one_range<C...>)
      return make_deferred_gather(std::move(initiation),
                                  of_range<Policies, errors>(std::forward<C>(c)...),
                                  std::move(policies));
    else
      return make_deferred_gather(std::move(initiation),
                                  of_children<Policies, errors>(std::forward<C>(c)...),
                                  std::move(policies));
  }

  template <class Policies, bool ReturnExceptions, class... C>
  static auto of_children(C&&... c) {
    using outcome =
        typename Projection::template of_children<Policies, ReturnExceptions, child_value_t<C>...>;
    return kept_children<outcome, std::decay_t<C>...>{{std::forward<C>(c)...}, {}};
  }

  template <class Policies, bool ReturnExceptions, class R>
  static auto of_range(R&& range) {
    using value = child_value_t<std::ranges::range_value_t<R>>;
    using outcome = typename Projection::template of_range<Policies, ReturnExceptions, value>;
    using view = std::views::all_t<R>;
    return kept_range<outcome, view>{std::views::all(std::forward<R>(range)), {}};
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_FUNCTION_HPP
