//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task is one child.
// expect: fanout: create_task takes one child, and perhaps its name

#include <fanout/create_task.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::awaitable<int> child();

auto start(boost::asio::io_context& context) {
  return fanout::create_task(context, child(), child());
}
