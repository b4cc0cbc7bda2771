// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the service and its sources have in common: calls are counted and logged.

#ifndef FANOUT_EXAMPLE_QUOTES_TALLY_HPP
#define FANOUT_EXAMPLE_QUOTES_TALLY_HPP

#include "quotes.pb.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

/// Thread-safe.
class tally {
public:
  explicit tally(bool logs) : logs_(logs) {}

  /// A call is under way from its construction to its destruction, and was cancelled unless it says
  /// that it has finished.
  class call {
  public:
    call(tally& of, std::string symbol, std::chrono::steady_clock::time_point until);
    call(call const&) = delete;
    call& operator=(call const&) = delete;
    ~call();

    void finished() { finished_ = true; }

  private:
    tally& of_;
    std::string symbol_;
    std::chrono::steady_clock::time_point const until_, begun_;
    bool finished_ = false;
  };

  void tell(fanout_example::Counts& to) const;

private:
  bool const logs_; // a line of JSON on stdout for each call that has ended
  std::atomic<std::int64_t> begun_{0}, ended_{0}, cancelled_{0};
};

#endif
