//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Awaiting takes the value, too.
// expect: fanout: the value of this future cannot be copied: take it, as in co_await std::move(future)
// within: 14

#include <fanout/future.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>

boost::asio::awaitable<int> body(fanout::future<std::unique_ptr<int>> f) { co_return *co_await f; }
