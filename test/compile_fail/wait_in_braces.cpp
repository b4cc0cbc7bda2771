//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The futures stand in a range.
// expect: fanout: wait takes a range of futures, a vector for instance; create_task makes a future of a child

#include <fanout/future.hpp>
#include <fanout/wait.hpp>

auto operation(fanout::future<int> const& a, fanout::future<int> const& b) {
  return fanout::wait({a, b}, fanout::first_completed);
}
