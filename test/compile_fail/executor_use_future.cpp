//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What use_future brings along is no place to run children.
// expect: fanout: the completion handler has no executor to run children on: name an executor or context first, as in f(executor, ...), or bind_executor the token

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_future.hpp>

boost::asio::awaitable<int> child();

auto run() { return fanout::gather(child())(boost::asio::use_future); }
