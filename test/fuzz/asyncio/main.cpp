//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Reads programs, one a line, and prints the trace of each, with a line "." after it.
//
//     fanout_programs [RULE] < programs
//     fanout_programs --rules
//
// RULE is a rule of rules.hpp that is broken; --rules lists them. Each program runs twice.

#include "interpreter.hpp"
#include "rules.hpp"
#include "step.hpp"

#include <exception>
#include <iostream>
#include <string>

namespace {

std::string trace_of(fanout_fuzz::step const& program, fanout_fuzz::rule broken) {
  auto const trace = fanout_fuzz::interpreter(program, broken).trace();
  auto const again = fanout_fuzz::interpreter(program, broken).trace();
  return trace == again ? trace : trace + "! a second run differs:\n" + again;
}

} // namespace

int main(int argc, char* argv[]) {
  std::ios::sync_with_stdio(false);
  if (argc > 1 && std::string(argv[1]) == "--rules") {
    for (auto const name : fanout_fuzz::rule_names)
      if (name != "none") std::cout << name << '\n';
    return 0;
  }
  auto const broken = fanout_fuzz::rule_of(argc > 1 ? argv[1] : "none");
  if (!broken) {
    std::cerr << "fanout_programs: no such rule: " << argv[1] << '\n';
    return 2;
  }
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      std::cout << trace_of(fanout_fuzz::read_program(line), *broken);
    } catch (std::exception const& e) {
      std::cout << "! " << e.what() << '\n';
    }
    std::cout << ".\n" << std::flush;
  }
}
