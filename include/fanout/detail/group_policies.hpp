//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GROUP_POLICIES_HPP
#define FANOUT_DETAIL_GROUP_POLICIES_HPP

// From the arguments of a group to the operation behind the group.

#include <fanout/error.hpp>
#include <fanout/fwd.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/task_group.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

struct keep_going_t;

} // namespace fanout::inline FANOUT_ABI

namespace fanout::inline FANOUT_ABI::detail {

/// The arguments of a group behind its executor.
struct group_arguments {
  template <class... P>
  static consteval auto mistake() {
    if constexpr (!(policy_argument<P> && ...))
      return not_a_group_policy();
    else
      return mistake_of<policy_set<std::remove_cvref_t<P>...>>();
  }

private:
  template <class Policies>
  static consteval auto mistake_of() {
    if constexpr (Policies::template contains<return_exceptions_t> ||
                  Policies::template contains<cancel_on_error_t> ||
                  Policies::template contains<keep_results_t> ||
                  Policies::template contains<with_index_t> || Policies::adopts)
      return not_for_groups();
    else if constexpr (Policies::has_on_late_error)
      return never_late();
    else if constexpr (Policies::in_first_success_only)
      return of_first_success();
    else if constexpr (Policies::start_conditions != 0)
      return group_has_limit();
    else
      return Policies::mistake();
  }
};

template <class Executor, class... P>
std::shared_ptr<group_handle> make_group(Executor const& executor, P... policies) {
  using given = policy_set<P...>;
  constexpr bool keeps_going = given::template contains<keep_going_t>;
  all_rules given_rules;
  (policies.apply(given_rules), ...);
  auto queue = std::make_shared<task_queue>();
  auto log = std::make_shared<failure_log>();
  as_group const common{std::make_shared<group_slots>(given_rules.limit, queue),
                        given::has_failed_hooks ? nullptr : log};
  auto set = make_policies(common, std::move(policies)...);
  all_rules r = set.combined();
  r.return_exceptions = keeps_going;
  r.cancel_on_error = !keeps_going;
  return std::make_shared<group_handle>(executor, r, std::move(set), std::move(queue), common.free,
                                        std::move(log));
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GROUP_POLICIES_HPP
