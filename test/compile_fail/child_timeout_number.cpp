//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A number is no duration.
// expect: fanout: child_timeout takes a duration, as in child_timeout(5s): a number has no unit

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::gather(child(), fanout::child_timeout(5)); }
