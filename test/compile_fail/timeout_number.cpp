//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A number as the time of a timeout.
// expect: fanout: the time of a timeout is a duration, and stands before the child, as in timeout(5s, child)

#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::timeout(5, child()); }
