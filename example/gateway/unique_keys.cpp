// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "unique_keys.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

namespace json = boost::json;
using boost::system::error_code;
using view = json::string_view;

namespace {

/// What the parser calls. It stops where a key stands twice.
struct keys {
  static constexpr std::size_t max_object_size = -1, max_array_size = -1, max_key_size = -1,
                               max_string_size = -1;

  std::vector<std::set<std::string>> open; // of the objects around this point
  std::string part, twice;

  bool on_object_begin(error_code&) { return open.emplace_back(), true; }
  bool on_object_end(std::size_t, error_code&) { return open.pop_back(), true; }
  bool on_key_part(view text, std::size_t, error_code&) { return part += std::string(text), true; }
  bool on_key(view text, std::size_t, error_code& error) {
    part += std::string(text);
    if (!open.back().insert(part).second) {
      twice = part;
      error = json::error::exception; // any one
    }
    part.clear();
    return !error;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_string_part(view, std::size_t, error_code&) { return true; }
  bool on_string(view, std::size_t, error_code&) { return true; }
  bool on_number_part(view, error_code&) { return true; }
  bool on_int64(std::int64_t, view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, view, error_code&) { return true; }
  bool on_double(double, view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(view, error_code&) { return true; }
  bool on_comment(view, error_code&) { return true; }
};

} // namespace

std::optional<double_key> key_that_stands_twice(std::string_view text,
                                                json::parse_options const& how) {
  json::basic_parser<keys> parser(how);
  error_code error;
  auto const end = parser.write_some(false, text.data(), text.size(), error);
  auto const& twice = parser.handler().twice;
  if (twice.empty()) return std::nullopt;
  auto const lines = std::ranges::count(text.substr(0, end), '\n');
  return double_key{twice, 1 + static_cast<std::size_t>(lines)};
}
