// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the user asked for on the command line.

#ifndef FANOUT_EXAMPLE_FETCH_OPTIONS_HPP
#define FANOUT_EXAMPLE_FETCH_OPTIONS_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// The command line cannot be followed; the text says why, with the value in it.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct options {
  std::size_t limit = 16;
  std::chrono::milliseconds timeout{10'000};
  bool fail_fast = false;
  bool demo = false; // nothing was named: fetch from a server of our own
  std::vector<std::string> urls;
};

/// Nothing if the user only wanted help, which has then been printed.
std::optional<options> parse_options(int argc, char const* const* argv);

#endif
