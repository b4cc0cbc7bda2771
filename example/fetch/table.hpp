// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The line on a terminal that says how far all is.

#ifndef FANOUT_EXAMPLE_FETCH_TABLE_HPP
#define FANOUT_EXAMPLE_FETCH_TABLE_HPP

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

/// A table in columns, as wide as its widest cells.
///
/// Width is that of a terminal: text is UTF-8, and fmt's estimate says which characters take two
/// places. Control characters in a cell are shown as spaces, so that a row stays one line and
/// text from a stranger cannot steer the terminal.
///
/// *Example:*
///
///     table t({{"status", table::align::right}, {"url"}});
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

#endif
