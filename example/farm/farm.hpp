// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Work that many processes share: what fills the queue, and what empties it.

#ifndef FANOUT_EXAMPLE_FARM_FARM_HPP
#define FANOUT_EXAMPLE_FARM_FARM_HPP

#include "log.hpp"
#include "options.hpp"

#include <boost/asio/awaitable.hpp>

namespace farm {

// Both refer to what they are given, and throw redis_error.

/// Adds the list to the queue: what was added before, by this process or another, is passed over.
/// Throws usage_error for a list that is not the one of this farm.
boost::asio::awaitable<void> produce(options const& o, log& l);

/// Takes jobs and runs them until it is cancelled. Then those that run are finished, and no more
/// are taken.
boost::asio::awaitable<void> work(options const& o, log& l);

} // namespace farm

#endif
