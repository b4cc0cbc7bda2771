// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

/// \file
/// What a program that gathers many operations prints: an error in words, a table, a live line.
/// Declarations only; the definitions are in the library `fanout::text`, which needs fmt.

#ifndef FANOUT_TEXT_HPP
#define FANOUT_TEXT_HPP

#include <fanout/config.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace fanout::inline FANOUT_ABI {

/// An exception in words, with its type, its message and the exceptions nested in it.
///
/// *Results:* `TYPE: MESSAGE`, and for each nested exception, outermost first,
/// `, because of TYPE: MESSAGE`:
///
///     std::runtime_error: connection lost, because of
///         boost::system::system_error: Connection refused [system:111]        (one line)
///
/// - `no error` for a null pointer;
/// - `TYPE` is the demangled name of the thrown type, in the short form people write
///   (`std::string`), without the wrappers that Boost and the standard library put around it
///   (`boost::wrapexcept`, `std::_Nested_exception`) and without `(anonymous namespace)::`;
/// - `MESSAGE` is `what()`. The one of a `system_error`, Boost's or the standard's, always shows
///   its code once, as `[category:value]`, and no source location;
/// - `TYPE` alone for an empty `what()` and for anything not derived from `std::exception`.
///
/// *Exception safety:* strong; throws `std::bad_alloc` only.
[[nodiscard]] std::string describe(std::exception_ptr error);

/// A table in columns, as wide as its widest cells.
///
/// Width is that of a terminal: text is UTF-8, and fmt's estimate says which characters take two
/// places. Control characters in a cell are shown as spaces, so that a row stays one line and
/// text from a stranger cannot steer the terminal.
///
/// *Example:*
///
///     fanout::table t({{"status", fanout::table::align::right}, {"url"}});
///     t.add_row({"200", "http://localhost/"});
///     std::cout << t;
class table {
public:
  enum class align { left, right };

  struct column {
    std::string header;
    align side = align::left;
  };

  explicit table(std::vector<column> columns);

  /// *Effects:* appends a row.
  /// *Errors:* `std::invalid_argument` if there are not as many cells as columns.
  /// *Exception safety:* strong.
  void add_row(std::vector<std::string> cells);

  [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }

  /// *Results:* the headers, a rule and the rows. Columns stand two spaces apart, no line ends in
  /// spaces, every line ends in a newline.
  [[nodiscard]] std::string str() const;

  friend std::ostream& operator<<(std::ostream& out, table const& t);

private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

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

} // namespace fanout::inline FANOUT_ABI

#endif
