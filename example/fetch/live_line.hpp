// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The line on a terminal that says how far all is.

#ifndef FANOUT_EXAMPLE_FETCH_LIVE_LINE_HPP
#define FANOUT_EXAMPLE_FETCH_LIVE_LINE_HPP

#include "output.hpp"
#include "progress_line.hpp"

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

/// A progress_line that nothing waits for: what a terminal does not take is dropped.
class live_line {
public:
  live_line(output& out, std::FILE* to) : out_(out), line_(std::make_shared<progress_line>(to)) {}

  live_line(live_line const&) = delete;
  live_line& operator=(live_line const&) = delete;

  ~live_line() {
    if (!live()) return;
    try {
      out_.put([line = line_] { line->clear(); });
    } catch (...) { // without memory it stays where it is
    }
  }

  /// Whether anything is shown at all.
  bool live() const { return line_->live(); }

  void show(std::string text) {
    if (out_.pieces() < most_waiting)
      out_.put([line = line_, text = std::move(text)] { line->show(text); });
  }

private:
  static constexpr std::size_t most_waiting = 64;

  output& out_;
  std::shared_ptr<progress_line> line_; // used by the thread of the output only
};

#endif
