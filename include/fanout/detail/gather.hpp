//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_HPP
#define FANOUT_DETAIL_GATHER_HPP

#include <fanout/policy.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/gather_function.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>

#include <tuple>

namespace fanout::inline FANOUT_ABI::detail {

/// The projection of `gather`: all results, in the order of the arguments.
struct gathering {
  template <class, bool ReturnExceptions, class... T>
  using of_children = tuple_outcome<ReturnExceptions, T...>;

  template <class, bool ReturnExceptions, class T>
  using of_range = vector_outcome<T, ReturnExceptions>;

  static std::tuple<> own_policies() noexcept { return {}; }

  template <class Policies>
  static consteval auto mistake() {
    constexpr bool errors = Policies::template contains<return_exceptions_t>;
    constexpr bool none_left = errors || Policies::template contains<cancel_on_error_t>;
    if constexpr (!errors && Policies::template contains<keep_results_t>)
      return keep_results_alone();
    else if constexpr (errors && Policies::template contains<with_index_t>)
      return with_index_in_place();
    else if constexpr (none_left && Policies::adopts)
      return no_stragglers();
    else if constexpr (none_left && Policies::has_on_late_error)
      return no_late_errors();
    else if constexpr (Policies::in_first_success_only)
      return of_first_success();
    else
      return no_mistake();
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_HPP
