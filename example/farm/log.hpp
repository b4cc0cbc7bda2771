// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What is said on stderr.

#ifndef FANOUT_EXAMPLE_FARM_LOG_HPP
#define FANOUT_EXAMPLE_FARM_LOG_HPP

#include "../fetch/output.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdio>
#include <string_view>

namespace farm {

/// Holds nothing up: what a reader does not take is dropped.
class log {
public:
  void say(std::string_view text) {
    if (out_.pieces() < most_waiting) out_.put(stderr, fmt::format("farm: {}\n", text));
  }

  /// Whether something is still being written: the destructor would wait for it.
  bool busy() const { return out_.busy(); }

private:
  static constexpr std::size_t most_waiting = 64;

  output out_;
};

} // namespace farm

#endif
