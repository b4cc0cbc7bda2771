//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The awaitable names an executor that the operation's is not.
// expect: fanout: this awaitable names an executor that the operation's does not convert to: name the executor first or bind_executor it
// within: 30

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <tuple>

namespace asio = boost::asio;

asio::awaitable<int, asio::thread_pool::executor_type> child();

void run(asio::io_context& context) {
  fanout::gather(context, child())([](std::exception_ptr, std::tuple<int>) {});
}
