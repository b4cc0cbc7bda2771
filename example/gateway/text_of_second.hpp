// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The time as a text that many need in the same second.

#ifndef FANOUT_EXAMPLE_GATEWAY_TEXT_OF_SECOND_HPP
#define FANOUT_EXAMPLE_GATEWAY_TEXT_OF_SECOND_HPP

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <string>

class text_of_second {
public:
  using seconds = std::chrono::sys_seconds;

  /// Of fmt, for one time.
  explicit text_of_second(char const* format) : format_(format) {}

  /// In UTC. Valid until the next call.
  std::string const& at(seconds now) {
    if (now != of_ || text_.empty()) {
      of_ = now;
      text_ = fmt::format(fmt::runtime(format_), fmt::gmtime(now));
    }
    return text_;
  }

private:
  char const* format_;
  seconds of_;
  std::string text_;
};

#endif
