// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The line on a terminal that says how far all is.

#ifndef FANOUT_EXAMPLE_FETCH_PROGRESS_LINE_HPP
#define FANOUT_EXAMPLE_FETCH_PROGRESS_LINE_HPP

#include <cstdio>
#include <string_view>

/// A line at the bottom of a terminal that is rewritten as the work goes on, and is gone at the
/// end. Where the stream is a file, a pipe or a terminal that cannot move its cursor
/// (`TERM=dumb`), nothing is ever printed.
///
/// *Errors:* none; a line that cannot be written is not worth failing for.
/// *Object lifetimes:* the stream must outlive the line. The destructor clears the line.
/// *Executor and threads:* not thread-safe; an `on_progress` hook is serialised and may use it.
class progress_line {
public:
  /// Flushes `stream` before each write, so that the line and what is printed keep their order.
  explicit progress_line(std::FILE* stream);
  explicit progress_line(int fd);

  progress_line(progress_line const&) = delete;
  progress_line& operator=(progress_line const&) = delete;
  ~progress_line();

  /// Whether anything is shown at all.
  [[nodiscard]] bool live() const noexcept { return fd_ >= 0; }

  /// *Effects:* shows `text` in place of what was shown before. What does not fit the terminal's
  /// width, asked anew each time, is cut off and ends in `…`; control characters become spaces.
  void show(std::string_view text);

  /// *Effects:* removes the line, to print something else; the next `show` brings it back.
  void clear() noexcept;

private:
  std::FILE* stream_ = nullptr;
  int fd_ = -1;          // negative where nothing is to be shown
  bool visible_ = false; // whether there is something to clear
};

#endif
