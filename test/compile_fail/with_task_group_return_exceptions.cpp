//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The policies of a group are looked at where they stand.
// expect: fanout: return_exceptions, cancel_on_error, keep_results, with_index and stragglers have nothing to do in a task_group: say keep_going if an error is not to cancel the other tasks

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<void> body(fanout::task_group&);

auto operation() { return fanout::with_task_group(body, fanout::return_exceptions); }
