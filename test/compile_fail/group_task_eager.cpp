//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Whether tasks start at once is said of a group, and not of one of its tasks.
// expect: fanout: eager is a policy of the whole group, as in task_group(executor, eager)

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto start(fanout::task_group& group) { return group.create_task(child(), "name", fanout::eager); }
