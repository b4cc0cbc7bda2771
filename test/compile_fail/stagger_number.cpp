//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Nor has the time of a stagger.
// expect: fanout: stagger takes a duration, as in stagger(50ms): a number has no unit

#include <fanout/first_success.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::first_success(child(), child(), fanout::stagger(5)); }
