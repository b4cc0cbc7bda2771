// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What stands behind the question mark.

#ifndef FANOUT_EXAMPLE_GATEWAY_SYMBOLS_HPP
#define FANOUT_EXAMPLE_GATEWAY_SYMBOLS_HPP

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct bad_symbols : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// "/quote?symbols=A,B,A" -> A, B. Throws bad_symbols.
std::vector<std::string> parse_symbols(std::string_view target, std::size_t most);

#endif
