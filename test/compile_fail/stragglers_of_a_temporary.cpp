//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A group that goes at once cancels what it has adopted.
// expect: fanout: the group of stragglers must live on: give it a name

#include <fanout/gather.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/io_context.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation(boost::asio::io_context& context) {
  return fanout::gather(child(), fanout::stragglers(fanout::task_group(context)));
}
