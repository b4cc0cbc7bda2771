// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What stands on the command line.

#ifndef FANOUT_EXAMPLE_GATEWAY_OPTIONS_HPP
#define FANOUT_EXAMPLE_GATEWAY_OPTIONS_HPP

#include "config.hpp"

#include <optional>
#include <stdexcept>

/// The command line cannot be followed; the text says why.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The configuration, with what the command line says instead. Nothing if the user only wanted
/// help or a check, whose words have then been printed. Throws usage_error or bad_config, and
/// std::system_error if they could not be.
std::optional<config> parse_options(int argc, char const* const* argv);

#endif
