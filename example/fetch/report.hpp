// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the user gets to see in the end.

#ifndef FANOUT_EXAMPLE_FETCH_REPORT_HPP
#define FANOUT_EXAMPLE_FETCH_REPORT_HPP

#include "job.hpp"

#include <fanout/result.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

/// Everything, in the order of the command line: `outcomes[i]` is what became of `jobs[i]`.
struct report {
  std::vector<job> jobs;
  std::vector<fanout::result<answer>> outcomes;
  std::chrono::steady_clock::duration wall{};
  std::size_t at_once = 0;
};

std::size_t count_failed(report const& r);

/// The answer, also one that counts as a failure; null if there was none.
answer const* find_answer(fanout::result<answer> const& outcome);

/// A row for each URL and a last line that counts.
std::string to_table(report const& r);

/// One document for other programs.
std::string to_json(report const& r);

/// One of its results, on a line.
std::string to_json_line(job const& j, fanout::result<answer> const& outcome);

#endif
