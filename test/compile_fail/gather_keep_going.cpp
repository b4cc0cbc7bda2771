//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather goes on by itself.
// expect: fanout: keep_going, on_error and collect are policies of a task_group

#include <fanout/gather.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() { return fanout::gather(child(), fanout::keep_going); }
