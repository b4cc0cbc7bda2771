//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A deadline has a unit.
// expect: fanout: deadline takes a duration or a time point, as in deadline(5s): a number has no unit

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::gather(child(), fanout::deadline(5)); }
