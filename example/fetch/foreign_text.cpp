// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "foreign_text.hpp"

#include <boost/locale/utf.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace {

constexpr char32_t no_letter = U'\uFFFD';

/// Control characters of ASCII and Latin 1, and those of Unicode that change the direction of what
/// follows, end a line or take no room.
constexpr std::array<std::pair<char32_t, char32_t>, 7> invisible{{
    {0x00, 0x1F},
    {0x7F, 0x9F},
    {0x200B, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFD},
}};

} // namespace

std::vector<letter> letters_of(std::string_view text) {
  namespace utf = boost::locale::utf;
  std::vector<letter> letters;
  auto const* const end = text.data() + text.size();
  for (auto const* p = text.data(); p != end;) {
    auto const* const begin = p;
    auto const code = utf::utf_traits<char>::decode(p, end);
    bool const good = utf::is_valid_codepoint(code);
    if (!good) p = begin + 1;
    letters.push_back({good ? static_cast<char32_t>(code) : no_letter,
                       {begin, static_cast<std::size_t>(p - begin)}});
  }
  return letters;
}

bool is_visible(letter const& l) {
  return std::ranges::none_of(invisible, [&](auto const& range) {
    return l.code >= range.first && l.code <= range.second;
  });
}

std::string utf8(std::string_view text) {
  if (std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; })) return std::string(text);
  std::string good;
  for (auto const& l : letters_of(text)) good += l.code == no_letter ? "\uFFFD" : l.bytes;
  return good;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 200;
  return text.size() <= longest ? std::string(text) : std::string(text.substr(0, longest)) + "…";
}
