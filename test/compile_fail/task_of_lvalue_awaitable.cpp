//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The child of a task is moved in, as everywhere.
// expect: fanout: an awaitable runs once: move it, as in f(std::move(a))

#include <fanout/create_task.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

void start(boost::asio::io_context& context, boost::asio::awaitable<int> child) {
  fanout::create_task(context, child);
}
