//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The executor of use_future is no place to wait on.
// expect: fanout: the completion handler has no executor to wait on: name an executor or context first, as in acquire(executor), or bind_executor the token

#include <fanout/limiter.hpp>

#include <boost/asio/use_future.hpp>

auto run(fanout::limiter& limiter) { return limiter.acquire()(boost::asio::use_future); }
