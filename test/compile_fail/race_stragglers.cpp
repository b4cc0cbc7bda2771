//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A race leaves nobody running.
// expect: fanout: keep_results and stragglers have nothing to do here: they are policies of gather

#include <fanout/race.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation(fanout::task_group& group) {
  return fanout::race(child(), child(), fanout::stragglers(group));
}
