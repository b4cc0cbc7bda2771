//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A group has a limit of its own, which slot() waits for.
// expect: fanout: a task_group takes limit(n) and no limit(limiter): acquire a permit in each task

#include <fanout/limiter.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/io_context.hpp>

void make(boost::asio::io_context& context, fanout::limiter const& permits) {
  fanout::task_group group(context, fanout::limit(permits));
}
