//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task that nobody awaits needs an executor of its own.
// expect: fanout: the executor or context of a task stands first, as in create_task(executor, child)

#include <fanout/create_task.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto start() { return fanout::create_task(child()); }
