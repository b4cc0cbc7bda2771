//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A group gets its children by create_task.
// expect: fanout: a task_group takes nothing but policies here: add a child by create_task

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::awaitable<int> child();

void make(boost::asio::io_context& context) { fanout::task_group group(context, child()); }
