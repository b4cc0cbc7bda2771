//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// So does a wait.
// expect: fanout: the completion handler must take a std::exception_ptr first, not an error_code, and then the result

#include <fanout/wait.hpp>

#include <boost/asio/io_context.hpp>

#include <exception>
#include <vector>

void run(boost::asio::io_context& context, std::vector<fanout::future<int>> const& tasks) {
  fanout::wait(context, tasks, fanout::all_completed)([](std::exception_ptr, int) {});
}
