//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Walks through everything that can happen to the parts of the library that decide, each beside a
// slow model. Prints how much that was.

#include "report.hpp"

#include <cstdio>
#include <string>

namespace exhaustive {

void tell_difference(std::string const& text) {
  static int told = 0;
  if (++told <= 10) std::printf("difference: %s\n", text.c_str());
}

void tell(char const* name, numbers const& n) {
  std::printf("%-34s %9zu %11zu %11zu %11.3g %6zu\n", name, n.cases, n.states, n.steps, n.orders,
              n.differences);
  std::fflush(stdout);
}

} // namespace exhaustive

int main() {
  using namespace exhaustive;
  std::printf("%-34s %9s %11s %11s %11s %6s\n", "", "cases", "states", "steps", "orders", "differ");
  numbers all = walk_decisions();
  all += walk_operations();
  all += walk_queues();
  all += walk_limiters();
  tell("all", all);
  return all.differences == 0 ? 0 : 1;
}
