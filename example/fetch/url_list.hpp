// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A list of URLs, one a line.

#ifndef FANOUT_EXAMPLE_FETCH_URL_LIST_HPP
#define FANOUT_EXAMPLE_FETCH_URL_LIST_HPP

#include <istream>
#include <string>
#include <string_view>

/// Reads the URLs one by one. Empty lines, comments and a byte order mark at the beginning are
/// skipped. Refers to the stream.
class url_list {
public:
  explicit url_list(std::istream& in) : in_(in) {}

  /// Whether there is another one, which is in `url` then.
  bool next(std::string& url);

private:
  std::istream& in_;
  std::string line_;
  bool first_ = true;
};

/// Without the blanks around it.
std::string_view trimmed(std::string_view text);

#endif
