//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A wait is for futures.
// expect: fanout: wait takes a range of futures, a vector for instance; create_task makes a future of a child

#include <fanout/wait.hpp>

#include <boost/asio/awaitable.hpp>

#include <utility>
#include <vector>

auto operation(std::vector<boost::asio::awaitable<int>> children) {
  return fanout::wait(std::move(children), fanout::all_completed);
}
