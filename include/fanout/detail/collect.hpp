//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_COLLECT_HPP
#define FANOUT_DETAIL_COLLECT_HPP

// From the arguments of an operation over several children to the packaged operation.

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/policy_set.hpp>

#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

template <class... C>
inline constexpr bool is_one_range = false;
template <class R>
inline constexpr bool is_one_range<R> = child_range<R>;

template <class... C>
consteval bool are_good_children() {
  if constexpr (is_one_range<C...>)
    return (is_good_range<C>() && ...);
  else
    return (is_good_child<C>() && ...);
}

/// Packages an operation over children that are given one by one, or a range of them. What it makes
/// of their results is up to `Projection`:
/// - `of_children<Policies, ReturnExceptions, T...>` and `of_range<Policies, ReturnExceptions, T>`
/// are
///   the outcomes for children that yield `T...` or each `T`,
/// - `accepts<Policies>()` is false, after a sentence of the compiler, for policies that do not
/// fit,
/// - `own_policies()` gives those that it adds, as a tuple.
template <class Projection>
struct collect {
  template <class Initiation, class... Args>
  auto operator()(Initiation initiation, Args&&... args) const {
    using split = arguments<Args...>;
    auto all = std::forward_as_tuple(std::forward<Args>(args)...);
    return split::with_policies(
        [&]<class... P>(P&&... p) {
          if constexpr (are_good_policies<P...>()) {
            auto policies = std::apply(
                [&](auto... own) { return make_policies(own..., std::forward<P>(p)...); },
                Projection::own_policies());
            return split::with_children(
                [&]<class... C>(C&&... c) {
                  if constexpr (Projection::template accepts<std::decay_t<decltype(policies)>>() &&
                                are_good_children<C...>())
                    return package(std::move(initiation), std::move(policies),
                                   std::forward<C>(c)...);
                },
                all);
          }
        },
        all);
  }

private:
  template <class Initiation, class Policies, class... C>
  static auto package(Initiation&& initiation, Policies&& policies, C&&... c) {
    constexpr bool errors = Policies::template contains<return_exceptions_t>;
    if constexpr (is_one_range<C...>)
      return make_packaged(std::move(initiation), of_range<Policies, errors>(std::forward<C>(c)...),
                           std::move(policies));
    else
      return make_packaged(std::move(initiation),
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

#endif // FANOUT_DETAIL_COLLECT_HPP
