// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The places of --limit.

#ifndef FANOUT_EXAMPLE_FETCH_TURNS_HPP
#define FANOUT_EXAMPLE_FETCH_TURNS_HPP

#include <fanout/limiter.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <vector>

/// Only requests have places. Each job has one from its start, and lends it to another job while it
/// waits for something else: for its turn at a host, or for the end of a pause.
class turns {
public:
  turns(std::size_t at_once, std::size_t jobs) : places_(at_once + jobs) {
    spare_.reserve(jobs);
    for (std::size_t i = 0; i < jobs; ++i) spare_.push_back(places_.try_acquire());
  }

  /// For the gather that starts the jobs: it has a place for each job that is not waiting.
  fanout::limiter const& places() const { return places_; }

  /// The caller begins to wait: one more job may run.
  void lend() { spare_.pop_back(); }

  /// The caller goes on as soon as there is a place again.
  boost::asio::awaitable<void> take_back() { spare_.push_back(co_await places_.acquire()); }

private:
  fanout::limiter places_;
  std::vector<fanout::limiter::guard> spare_; // as many as there are jobs, but for those lent
};

#endif
