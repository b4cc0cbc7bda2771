//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The handler takes something else than the result.
// expect: fanout: the completion handler must take a std::exception_ptr first, not an error_code, and then the result

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

boost::asio::awaitable<int> child();

void run(boost::asio::io_context& context) {
  fanout::gather(context, child())([](std::exception_ptr, int) {});
}
