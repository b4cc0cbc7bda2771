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
#include <fanout/detail/calls.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/deferred_gather.hpp>
#include <fanout/detail/initiate.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

template <class... P>
auto make_policies(P&&... p) {
  return policy_set<std::remove_cvref_t<P>...>(std::in_place, std::forward<P>(p)...);
}

template <class Initiation, class Children, class Policies>
auto make_deferred_gather(Initiation initiation, Children children, Policies policies) {
  all_rules r = policies.combined();
  // The types depend on these two.
  r.return_exceptions = Policies::template contains<return_exceptions_t>;
  r.eager = Policies::template contains<eager_t>;
  if (r.limit == 0)
    throw std::invalid_argument("fanout: at least one child must be able to run, not 0");
  if (auto const total = children.total(); total && *total < r.winners)
    throw too_few_children(*total, r.winners);
  return deferred_gather<Initiation, Children, Policies>(std::move(initiation), r,
                                                         std::move(children), std::move(policies));
}

/// Makes an operation with one child; it yields what the child yields.
template <class Initiation, class C, class... P>
auto make_gather_of_one(Initiation initiation, C&& c, P&&... policies) {
  using child_type = std::decay_t<C>;
  using outcome = single_outcome<value_or_monostate<child_value_t<child_type>>>;
  return make_deferred_gather(std::move(initiation),
                              kept_children<outcome, child_type>{{std::forward<C>(c)}, {}},
                              make_policies(std::forward<P>(policies)...));
}

/// Splits the arguments of a call at the first policy.
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
      // NOLINTNEXTLINE(bugprone-use-after-move): each takes another element
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

/// The initiation for an executor or context that stands first.
template <executor_or_context Ex>
auto initiation_on(Ex&& executor) {
  auto own = executor_of(std::forward<Ex>(executor));
  return initiate_on<decltype(own)>{own};
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ARGUMENTS_HPP
