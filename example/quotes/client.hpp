// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The client: asks a service about several symbols at once.

#ifndef FANOUT_EXAMPLE_QUOTES_CLIENT_HPP
#define FANOUT_EXAMPLE_QUOTES_CLIENT_HPP

#include "options.hpp"

#include <boost/asio/awaitable.hpp>

/// Prints a line for each symbol. Yields the exit code: 1 if one has no price.
boost::asio::awaitable<int> ask(options const& o);

/// Prints what a process has counted, as JSON. Yields the exit code.
boost::asio::awaitable<int> count(options const& o);

#endif
