// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "url_list.hpp"

#include <algorithm>
#include <utility>

namespace {

constexpr auto blanks = " \t\r\n\v\f";

/// Empty if there is none. A # behind a blank begins a comment, any other # a fragment.
std::string_view url_in(std::string_view line) {
  line = trimmed(line);
  for (auto hash = line.find('#'); hash != line.npos; hash = line.find('#', hash + 1))
    if (hash == 0 || line[hash - 1] == ' ' || line[hash - 1] == '\t') line = line.substr(0, hash);
  return trimmed(line);
}

} // namespace

bool url_list::next(std::string& url) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  while (std::getline(in_, line_)) {
    std::string_view line = line_;
    if (std::exchange(first_, false) && line.starts_with(byte_order_mark))
      line.remove_prefix(byte_order_mark.size());
    url = url_in(line);
    if (!url.empty()) return true;
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}
