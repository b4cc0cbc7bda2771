//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A race has one outcome.
// expect: fanout: keep_going, on_error and collect are policies of a task_group

#include <fanout/race.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <string_view>

boost::asio::awaitable<int> child();

auto operation() {
  return fanout::race(child(), child(),
                      fanout::on_error([](std::string_view, std::exception_ptr) {}));
}
