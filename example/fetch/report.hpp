// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the user gets to see in the end.

#ifndef FANOUT_EXAMPLE_FETCH_REPORT_HPP
#define FANOUT_EXAMPLE_FETCH_REPORT_HPP

#include "client.hpp"

#include <fanout/result.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

/// One URL, and what was seen of it from outside.
struct job {
  std::string url;
  bool started = false;
  std::chrono::steady_clock::duration elapsed{};
};

/// Everything, in the order of the command line: `outcomes[i]` is what became of `jobs[i]`.
struct report {
  std::vector<job> jobs;
  std::vector<fanout::result<answer>> outcomes;
  std::chrono::milliseconds timeout{};
  std::chrono::steady_clock::duration wall{};
  std::size_t at_once = 0;
};

std::size_t count_failed(report const& r);

/// A row for each URL and a last line that counts.
std::string to_string(report const& r);

#endif
