//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task that yields a reference would leave its future pointing somewhere.
// expect: fanout: a child cannot yield a reference: yield a pointer or a reference_wrapper

#include <fanout/create_task.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

void start(boost::asio::io_context& context, boost::asio::awaitable<int&> child) {
  fanout::create_task(context, std::move(child));
}
