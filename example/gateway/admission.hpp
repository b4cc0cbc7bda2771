// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// How many requests are worked on at once: as many as the program keeps up with. The others are
// refused at once, so that those that are worked on get their answers in time.

#ifndef FANOUT_EXAMPLE_GATEWAY_ADMISSION_HPP
#define FANOUT_EXAMPLE_GATEWAY_ADMISSION_HPP

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

/// A loop with too much to do comes late to everything. Its lateness is measured by a timer, and
/// the number of requests that are let in follows it: by additive increase and multiplicative
/// decrease, as the window of TCP does (RFC 5681).
class admission {
public:
  /// At most so many requests, and fewer while the loop is later than `tolerable`.
  admission(std::size_t most, std::chrono::milliseconds tolerable);

  /// Adjusts the number until it is cancelled.
  boost::asio::awaitable<void> watch();

  /// Whether one more may be worked on. If not, one is refused.
  bool has_room();

  /// Whether one was refused, less than a second ago.
  bool is_short() const;

  /// One that is worked on, from its construction to its destruction.
  class place {
  public:
    explicit place(admission& a) : of_(&a) { a.peak_ = std::max(a.peak_, ++a.now_); }
    place(place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    ~place() {
      if (of_) --of_->now_;
    }

  private:
    admission* of_;
  };

private:
  using clock = std::chrono::steady_clock;

  void adjust(clock::duration late);

  double const most_;
  clock::duration const tolerable_;
  clock::duration late_{0}; // of late, the last times half of it
  double places_;
  clock::time_point refused_; // the last one
  std::size_t now_ = 0;
  std::size_t peak_ = 0; // of it, since the last adjustment
};

#endif
