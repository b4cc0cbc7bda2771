//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Nor has one of children of several types.
// expect: fanout: children stand without braces, as in f(a, b)

#include <fanout/race.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

boost::asio::awaitable<void> other();

auto operation() { return fanout::race({child(), other()}, fanout::return_exceptions); }
