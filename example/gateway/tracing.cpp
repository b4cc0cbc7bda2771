// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "tracing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string_view>

namespace {

constexpr char const* id_name = "X-Request-Id";
constexpr std::size_t longest_id = 128;
constexpr std::size_t longest_state = 512; // what W3C asks to hand on at least

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// The version, the trace, the parent and the flags: lower-case hexadecimal digits, not all of them
/// zero. Versions above 00 may have more behind that.
bool is_traceparent(std::string_view text) {
  constexpr std::string_view shape = "00-00000000000000000000000000000000-0000000000000000-00";
  auto const more = text.substr(std::min(shape.size(), text.size()));
  bool const may_have_more = !text.starts_with("00") && more.starts_with('-');
  if (text.starts_with("ff") || (!more.empty() && !may_have_more)) return false;
  text.remove_suffix(more.size());
  auto const fits = [](char c, char wanted) {
    return wanted == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  };
  auto const has_one = [](std::string_view part) {
    return part.find_first_not_of('0') != part.npos;
  };
  return std::ranges::equal(text, shape, fits) && has_one(text.substr(3, 32)) &&
         has_one(text.substr(36, 16));
}

/// The fields of that name in their order, as one, RFC 9110, 5.3.
std::string joined(http::fields const& from, char const* name) {
  std::string all;
  auto const [first, last] = from.equal_range(name);
  for (auto field = first; field != last; ++field) {
    if (field != first) all += ',';
    all += std::string_view(field->value());
  }
  return all;
}

} // namespace

std::string request_id(request const& asked) {
  std::string_view const given = asked[id_name];
  if (!given.empty() && given.size() <= longest_id && is_visible(given)) return std::string(given);
  thread_local std::mt19937_64 random{std::random_device()()};
  return fmt::format("{:016x}{:016x}", random(), random());
}

void hand_on_trace(exchange const& from, http::fields& to) {
  to.set(id_name, from.id);
  auto const parent = joined(from.asked, "traceparent"); // of two, neither is valid
  auto const state = joined(from.asked, "tracestate");
  if (!is_traceparent(parent)) return;
  to.set("traceparent", parent);
  if (!state.empty() && state.size() <= longest_state) to.set("tracestate", state);
}
