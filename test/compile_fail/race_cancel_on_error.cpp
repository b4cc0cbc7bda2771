//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A race is decided by its first end.
// expect: fanout: cancel_on_error and cancel_when have nothing to do here: a race cancels the rest by itself as soon as it is decided

#include <fanout/race.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::race(child(), child(), fanout::cancel_on_error); }
