//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A wait is told when to end.
// expect: fanout: wait takes the futures, when to end, and perhaps a time, as in wait(tasks, first_completed, 2s)

#include <fanout/wait.hpp>

#include <vector>

auto operation(std::vector<fanout::future<int>> const& tasks) { return fanout::wait(tasks); }
