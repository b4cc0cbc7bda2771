//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_FUZZ_ASYNCIO_STEP_HPP
#define FANOUT_TEST_FUZZ_ASYNCIO_STEP_HPP

#include "../support/program.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace fanout_fuzz {

/// One step of a program. README.md says what the verbs mean.
struct step {
  std::string verb;
  std::vector<std::string> words;
  std::vector<step> steps;
  int ident = 0; ///< its place in the text, counted from 1
};

inline step make_step(node const& list, int& count) {
  step s{list.head, {}, {}, ++count};
  for (node const& item : list.items)
    if (item.is_list)
      s.steps.push_back(make_step(item, count));
    else
      s.words.push_back(item.head);
  return s;
}

/// Reads one program. Throws std::invalid_argument.
inline step read_program(std::string_view text) {
  int count = 0;
  return make_step(read_node(text), count);
}

} // namespace fanout_fuzz

#endif // FANOUT_TEST_FUZZ_ASYNCIO_STEP_HPP
