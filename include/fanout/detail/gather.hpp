//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_HPP
#define FANOUT_DETAIL_GATHER_HPP

#include <fanout/policy.hpp>
#include <fanout/detail/collect.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>

#include <tuple>

namespace fanout::inline FANOUT_ABI::detail {

/// All results, in the order of the arguments.
struct gathering {
  template <class, bool ReturnExceptions, class... T>
  using of_children = tuple_outcome<ReturnExceptions, T...>;

  template <class, bool ReturnExceptions, class T>
  using of_range = vector_outcome<T, ReturnExceptions>;

  static std::tuple<> own_policies() noexcept { return {}; }

  template <class Policies>
  static consteval bool accepts() {
    constexpr bool errors = Policies::template contains<return_exceptions_t>;
    constexpr bool keeps = Policies::template contains<keep_results_t>;
    constexpr bool tells = Policies::template contains<with_index_t>;
    static_assert(errors || !keeps,
                  "fanout: keep_results needs return_exceptions: the results there are stand "
                  "beside the errors of the other children");
    static_assert(!errors || !tells, "fanout: with_index has nothing to do beside "
                                     "return_exceptions: there every error stands in its child's "
                                     "place");
    constexpr bool none_left = errors || Policies::template contains<cancel_on_error_t>;
    static_assert(!none_left || !Policies::adopts,
                  "fanout: stragglers has nothing to do beside return_exceptions or "
                  "cancel_on_error: then no child runs any more at the end");
    static_assert(!Policies::in_contests_only,
                  "fanout: quorum and stagger are policies of first_success");
    return (errors || !keeps) && (!errors || !tells) && (!none_left || !Policies::adopts) &&
           !Policies::in_contests_only;
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_HPP
