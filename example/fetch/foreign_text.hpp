// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Text from strangers, fit to be shown.

#ifndef FANOUT_EXAMPLE_FETCH_FOREIGN_TEXT_HPP
#define FANOUT_EXAMPLE_FETCH_FOREIGN_TEXT_HPP

#include <string>
#include <string_view>
#include <vector>

/// A character of UTF-8, or a byte that is no part of one.
struct letter {
  char32_t code; // U+FFFD for such a byte
  std::string_view bytes;
};

/// Refers to the text.
std::vector<letter> letters_of(std::string_view text);

/// Whether it can be seen, and changes nothing but its own place: no control character.
bool is_visible(letter const& l);

/// With U+FFFD in place of each byte that is no part of a character.
std::string utf8(std::string_view text);

/// The beginning of what is too long for a line.
std::string shortened(std::string_view text);

#endif
