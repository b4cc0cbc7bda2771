//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Failures are told by all_failed.
// expect: fanout: return_exceptions and with_index have nothing to do here: all_failed lists every failure with its index

#include <fanout/first_success.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::first_success(child(), child(), fanout::return_exceptions); }
