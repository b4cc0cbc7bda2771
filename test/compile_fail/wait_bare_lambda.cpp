//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A lambda has no executor to wait on.
// expect: fanout: the completion handler has no executor to wait on: name an executor or context first, as in wait(executor, ...), or bind_executor the token

#include <fanout/wait.hpp>

#include <exception>
#include <vector>

void run(std::vector<fanout::future<int>> const& tasks) {
  fanout::wait(tasks, fanout::all_completed)([](std::exception_ptr, fanout::wait_result<int>) {});
}
