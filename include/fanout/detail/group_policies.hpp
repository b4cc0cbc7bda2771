//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GROUP_POLICIES_HPP
#define FANOUT_DETAIL_GROUP_POLICIES_HPP

// From the arguments of a group to the operation behind it.

#include <fanout/error.hpp>
#include <fanout/fwd.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/task_group.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

struct keep_going_t;

} // namespace fanout::inline FANOUT_ABI

namespace fanout::inline FANOUT_ABI::detail {

template <class... P>
consteval bool fit_groups() {
  using set = policy_set<P...>;
  constexpr bool fit = !set::template contains<return_exceptions_t> &&
                       !set::template contains<cancel_on_error_t> &&
                       !set::template contains<keep_results_t> &&
                       !set::template contains<with_index_t> && !set::adopts;
  static_assert(fit, "fanout: return_exceptions, cancel_on_error, keep_results, with_index and "
                     "stragglers have nothing to do in a task_group: say keep_going if an error "
                     "shall not cancel the others");
  static_assert(!set::in_contests_only, "fanout: quorum and stagger are policies of first_success");
  static_assert(set::gates == 0, "fanout: the limit of a task_group is its own: limit(n)");
  return fit && !set::in_contests_only && set::gates == 0;
}

template <class Executor, class... P>
std::shared_ptr<group_handle> make_group(Executor const& executor, P... policies) {
  if constexpr (are_good_policies<P...>()) {
    if constexpr (fit_groups<P...>()) {
      using given = policy_set<P...>;
      constexpr bool keeps_going = given::template contains<keep_going_t>;
      all_rules given_rules;
      (policies.apply(given_rules), ...);
      auto queue = std::make_shared<task_queue>();
      auto log = std::make_shared<failure_log>();
      as_group const common{std::make_shared<slots>(given_rules.limit, queue),
                            given::hears_failures ? nullptr : log};
      auto set = make_policies(common, std::move(policies)...);
      all_rules r = set.combined();
      r.return_exceptions = keeps_going;
      r.cancel_on_error = !keeps_going;
      return std::make_shared<group_handle>(executor, r, std::move(set), std::move(queue),
                                            common.free, std::move(log));
    }
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GROUP_POLICIES_HPP
