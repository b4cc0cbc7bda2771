// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Text from strangers, fit to be shown.

#ifndef FANOUT_EXAMPLE_FETCH_FOREIGN_TEXT_HPP
#define FANOUT_EXAMPLE_FETCH_FOREIGN_TEXT_HPP

#include <string>
#include <string_view>

/// With U+FFFD in place of each byte that is no part of a character.
std::string utf8(std::string_view text);

/// The beginning of what is too long for a line.
std::string shortened(std::string_view text);

#endif
