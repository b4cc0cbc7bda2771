//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_FUZZ_ASYNCIO_RULES_HPP
#define FANOUT_TEST_FUZZ_ASYNCIO_RULES_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace fanout_fuzz {

/// Rules that the interpreter can break, to show that the comparison notices it.
enum class rule {
  none,
  results_reversed,       ///< the results of a gather stand in the reverse order
  second_request_dropped, ///< a task hears of the first request only
  timeout_loses_value,    ///< a value that comes after the time has passed is lost
  callbacks_reversed,     ///< callbacks are called in the reverse order
  last_error_wins,        ///< a gather waits for all, and ends with the last error
  siblings_cancelled,     ///< the first error of a gather cancels the other children
  exceptions_thrown,      ///< a gather with return_exceptions throws the first error
  shield_leaks,           ///< a shield passes requests on
  first_completed_is_all, ///< wait for the first waits for all
  first_exception_is_all, ///< wait for the first exception waits for all
  group_keeps_going,      ///< an error in a group cancels nothing
  survivors_deliver,      ///< a cancelled gather whose children survive delivers their values
  completed_in_order,     ///< as_completed gives the ends in the order of the arguments
  requests_ignored,       ///< a gather of tasks does not pass requests on
  clean_up_cut_short,     ///< a child that cleans up is not waited for
};

inline constexpr std::array<std::string_view, 16> rule_names{
    "none",
    "results_reversed",
    "second_request_dropped",
    "timeout_loses_value",
    "callbacks_reversed",
    "last_error_wins",
    "siblings_cancelled",
    "exceptions_thrown",
    "shield_leaks",
    "first_completed_is_all",
    "first_exception_is_all",
    "group_keeps_going",
    "survivors_deliver",
    "completed_in_order",
    "requests_ignored",
    "clean_up_cut_short",
};

inline std::optional<rule> rule_of(std::string_view name) {
  for (std::size_t i = 0; i < rule_names.size(); ++i)
    if (rule_names[i] == name) return static_cast<rule>(i);
  return std::nullopt;
}

} // namespace fanout_fuzz

#endif // FANOUT_TEST_FUZZ_ASYNCIO_RULES_HPP
