// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "table.hpp"

#include "display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using widths = std::vector<std::size_t>;

template <class Cell>
void append_line(std::string& out, widths const& width, Cell cell_at) {
  std::string line;
  for (std::size_t i = 0; i < width.size(); ++i) {
    if (i > 0) line += "  ";
    auto const& [text, side] = cell_at(i);
    if (side == table::align::right) {
      line += fmt::format("{:>{}}", text, width[i]);
    } else {
      line += fmt::format("{:<{}}", text, width[i]);
    }
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

} // namespace

table::table(std::vector<column> columns) : columns_(std::move(columns)) {
  for (auto& c : columns_) c.header = display::one_line(c.header);
}

void table::add_row(std::vector<std::string> cells) {
  if (cells.size() != columns_.size()) {
    throw std::invalid_argument(
        fmt::format("table::add_row: {} cells for {} columns", cells.size(), columns_.size()));
  }
  for (auto& cell : cells) cell = display::one_line(cell);
  rows_.push_back(std::move(cells));
}

std::string table::str() const {
  widths width;
  for (auto const& c : columns_) width.push_back(display::width(c.header));
  for (auto const& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      width[i] = std::max(width[i], display::width(row[i]));
    }
  }

  std::string out;
  auto const side = [this](std::size_t i) { return columns_[i].side; };
  append_line(out, width, [&](std::size_t i) { return std::pair(columns_[i].header, side(i)); });
  append_line(out, width,
              [&](std::size_t i) { return std::pair(std::string(width[i], '-'), align::left); });
  for (auto const& row : rows_) {
    append_line(out, width, [&](std::size_t i) { return std::pair(row[i], side(i)); });
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, table const& t) { return out << t.str(); }
