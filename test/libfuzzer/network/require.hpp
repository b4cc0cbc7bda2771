// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What must hold for every input.

#ifndef FANOUT_TEST_LIBFUZZER_NETWORK_REQUIRE_HPP
#define FANOUT_TEST_LIBFUZZER_NETWORK_REQUIRE_HPP

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// Ends the program with these words if it does not hold: libFuzzer keeps the input then.
inline void require(bool holds, char const* words) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", words);
  std::abort();
}

inline bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

inline bool is_one_line(std::string_view text) { return std::ranges::none_of(text, is_control); }

#endif
