// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// How long a job takes.

#ifndef FANOUT_EXAMPLE_FETCH_STOPWATCH_HPP
#define FANOUT_EXAMPLE_FETCH_STOPWATCH_HPP

#include "job.hpp"

#include <chrono>

/// Between its construction and its destruction a job is under way, however it ends.
class stopwatch {
public:
  explicit stopwatch(job& j) : job_(j) { job_.started = true; }
  stopwatch(stopwatch const&) = delete;
  ~stopwatch() { job_.elapsed = std::chrono::steady_clock::now() - start_; }

private:
  job& job_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

#endif
