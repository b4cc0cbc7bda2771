// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// UTF-8 text as a terminal shows it.

#ifndef FANOUT_EXAMPLE_FETCH_DISPLAY_HPP
#define FANOUT_EXAMPLE_FETCH_DISPLAY_HPP

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace display {

/// The number of columns that `text` takes. fmt has no function for it, but pads to a width. A text
/// is never wider than its number of bytes, so the width is that number less the padding.
inline std::size_t width(std::string_view text) {
  return 2 * text.size() - fmt::formatted_size("{:<{}}", text, text.size());
}

/// The bytes of the character that starts at `at`: its first one and those that continue it.
inline std::string_view character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) ++end;
  return text.substr(at, end - at);
}

/// Whether a terminal would obey `c` instead of showing it: C0, DEL, and C1 (U+0080 to U+009F).
inline bool is_control(std::string_view c) {
  auto const byte = [c](std::size_t i) { return static_cast<unsigned char>(c[i]); };
  if (c.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  return c.size() == 2 && byte(0) == 0xC2 && byte(1) < 0xA0;
}

/// `text` with a space in place of each control character.
inline std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto const c = character(text, at);
    line += is_control(c) ? std::string_view(" ") : c;
    at += c.size();
  }
  return line;
}

/// `text`, or as much of its beginning as fits into `places` with an ellipsis.
inline std::string shorten(std::string text, std::size_t result_slots) {
  if (width(text) <= result_slots) return text;
  if (result_slots == 0) return {};
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size();) {
    auto const c = character(text, end);
    used += width(c);
    if (used + 1 > result_slots) break;
    end += c.size();
  }
  text.resize(end);
  return text + "\u2026";
}

} // namespace display

#endif
