//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The child first.
// expect: fanout: the time of a timeout is a duration, and stands before the child, as in timeout(5s, child)

#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>

boost::asio::awaitable<int> child();

auto operation() { return fanout::timeout(child(), std::chrono::seconds(5)); }
