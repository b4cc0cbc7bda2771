// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A key that stands twice in one object of a JSON text: the parser takes the last one without a
// word.

#ifndef FANOUT_EXAMPLE_GATEWAY_UNIQUE_KEYS_HPP
#define FANOUT_EXAMPLE_GATEWAY_UNIQUE_KEYS_HPP

#include <boost/json/parse_options.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

struct double_key {
  std::string key;
  std::size_t line; // of the second one
};

/// The first in a text that is JSON.
std::optional<double_key> key_that_stands_twice(std::string_view text,
                                                boost::json::parse_options const& how);

#endif
