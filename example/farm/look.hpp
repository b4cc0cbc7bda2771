// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What is told of a farm: how far all is, and the results.

#ifndef FANOUT_EXAMPLE_FARM_LOOK_HPP
#define FANOUT_EXAMPLE_FARM_LOOK_HPP

#include "log.hpp"
#include "options.hpp"

#include "../fetch/output.hpp"

#include <boost/asio/awaitable.hpp>

namespace farm {

// Both throw redis_error, and not_printed if the output is not read.

/// Prints how far all is: once, or each second until all jobs have ended.
boost::asio::awaitable<void> status(options const& o, log& l, output& out);

/// Prints the results that there are, or saves their bodies, in the order of the list.
boost::asio::awaitable<void> collect(options const& o, log& l, output& out);

} // namespace farm

#endif
