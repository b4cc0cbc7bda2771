//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// That is what a group does unless it keeps going.
// expect: fanout: return_exceptions, cancel_on_error, keep_results, with_index and stragglers have nothing to do in a task_group: say keep_going if an error is not to cancel the other tasks

#include <fanout/task_group.hpp>

#include <boost/asio/io_context.hpp>

void make(boost::asio::io_context& context) {
  fanout::task_group group(context, fanout::cancel_on_error);
}
