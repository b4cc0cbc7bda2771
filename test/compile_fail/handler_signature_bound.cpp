//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What is bound to an executor is a handler, too.
// expect: fanout: the completion handler must take a std::exception_ptr first, not an error_code, and then the result

#include <fanout/race.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

boost::asio::awaitable<int> child();

void run(boost::asio::io_context& context) {
  fanout::race(child(), child())(boost::asio::bind_executor(context, [](std::exception_ptr) {}));
}
