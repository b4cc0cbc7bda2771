// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "section.hpp"

#include "config.hpp"

#include <boost/json/serialize.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace json = boost::json;

namespace {

/// JSON leaves one control character of ASCII as it is.
std::string serialized(json::value const& v) {
  std::string good;
  for (char const c : json::serialize(v))
    if (c == '\x7f')
      good += "\\u007f";
    else
      good += c;
  return good;
}

/// As in the file, but not endlessly long.
std::string quoted(json::value const& v) {
  auto text = serialized(v);
  if (text.size() > 40) text = text.substr(0, 40) + "...";
  return text;
}

} // namespace

std::string escaped(std::string_view text) {
  auto const in_quotes = serialized(json::string(text));
  return in_quotes.substr(1, in_quotes.size() - 2);
}

section::section(json::value const& v, std::string where,
                 std::initializer_list<std::string_view> keys)
    : object_(v.if_object()), where_(std::move(where)) {
  if (!object_) throw bad_config(fmt::format("{}: takes an object, not {}", where_, quoted(v)));
  for (auto const& each : *object_)
    if (std::ranges::find(keys, std::string_view(each.key())) == keys.end())
      throw bad_config(path(escaped(each.key()).c_str()) + ": there is no such key");
}

std::string section::path(char const* key) const {
  bool const is_file = where_.find(": ") == where_.npos;
  return where_ + (is_file ? ": " : ".") + key;
}

void section::fail(char const* key, std::string_view wanted) const {
  auto const* v = find(key);
  throw bad_config(
      fmt::format("{}: takes {}, not {}", path(key), wanted, v ? quoted(*v) : "nothing"));
}

std::uint64_t section::parse_count(char const* key, std::uint64_t least, std::uint64_t most) const {
  auto const* n = find(key)->if_int64();
  if (!n || *n < static_cast<std::int64_t>(least) || *n > static_cast<std::int64_t>(most))
    fail(key, fmt::format("a number from {} to {}", least, most));
  return static_cast<std::uint64_t>(*n);
}

void section::time(char const* key, std::chrono::milliseconds& t, std::uint64_t least) const {
  constexpr std::uint64_t a_day = 86'400'000;
  if (find(key)) t = std::chrono::milliseconds(parse_count(key, least, a_day));
}

void section::share(char const* key, double& s) const {
  auto const* v = find(key);
  if (!v) return;
  boost::system::error_code error;
  s = v->to_number<double>(error);
  if (error || !(s >= 0 && s <= 1)) fail(key, "a number from 0 to 1");
}

std::string section::text(char const* key, std::string const& otherwise) const {
  auto const* v = find(key);
  if (!v) return otherwise;
  auto const* s = v->if_string();
  if (!s || s->empty()) fail(key, "a text");
  return std::string(*s);
}

std::vector<std::string> section::texts(char const* key) const {
  std::vector<std::string> all;
  auto const* v = find(key);
  auto const* list = v ? v->if_array() : nullptr;
  if (!list || list->empty()) fail(key, "a list of texts");
  for (auto const& each : *list) {
    if (!each.is_string()) fail(key, "a list of texts");
    all.emplace_back(each.get_string());
  }
  return all;
}
