//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_HPP
#define FANOUT_DETAIL_GATHER_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/outcome.hpp>

#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::detail {

template <bool ReturnExceptions, class... C>
auto gathered_children(C&&... c) {
  using outcome = tuple_outcome<delivered<child_value_t<C>, ReturnExceptions>...>;
  return kept_children<outcome, ReturnExceptions, std::decay_t<C>...>{{std::forward<C>(c)...}};
}

template <bool ReturnExceptions, class R>
auto gathered_range(R&& range) {
  using value = child_value_t<std::ranges::range_value_t<R>>;
  using outcome = vector_outcome<delivered<value, ReturnExceptions>>;
  using view = std::views::all_t<R>;
  return kept_range<outcome, ReturnExceptions, view>{std::views::all(std::forward<R>(range))};
}

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

struct gather_function {
  template <class Initiation, class... Args>
  auto operator()(Initiation initiation, Args&&... args) const {
    using split = arguments<Args...>;
    auto all = std::forward_as_tuple(std::forward<Args>(args)...);
    return split::with_policies(
        [&]<class... P>(P&&... p) {
          if constexpr (are_good_policies<P...>()) {
            auto policies = make_policies(std::forward<P>(p)...);
            return split::with_children(
                [&]<class... C>(C&&... c) {
                  if constexpr (are_good_children<C...>())
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
    constexpr bool return_exceptions = Policies::template contains<return_exceptions_t>;
    if constexpr (is_one_range<C...>)
      return make_packaged(std::move(initiation),
                           gathered_range<return_exceptions>(std::forward<C>(c)...),
                           std::move(policies));
    else
      return make_packaged(std::move(initiation),
                           gathered_children<return_exceptions>(std::forward<C>(c)...),
                           std::move(policies));
  }
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_GATHER_HPP
