//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_EXHAUSTIVE_REPORT_HPP
#define FANOUT_TEST_EXHAUSTIVE_REPORT_HPP

#include <cstddef>
#include <string>

namespace exhaustive {

/// What one class of cases has come to.
struct numbers {
  std::size_t cases = 0;  ///< combinations of policies, or sequences
  std::size_t states = 0; ///< different ones
  std::size_t steps = 0;  ///< events after which everything was compared
  double orders = 0;      ///< orders of events that these stand for
  std::size_t differences = 0;

  numbers& operator+=(numbers const& other) {
    cases += other.cases;
    states += other.states;
    steps += other.steps;
    orders += other.orders;
    differences += other.differences;
    return *this;
  }
};

/// Prints a difference, unless there were several before.
void tell_difference(std::string const& text);

numbers walk_decisions();
numbers walk_operations();
numbers walk_queues();
numbers walk_limiters();

/// Prints one line of the table.
void tell(char const* name, numbers const& n);

} // namespace exhaustive

#endif // FANOUT_TEST_EXHAUSTIVE_REPORT_HPP
