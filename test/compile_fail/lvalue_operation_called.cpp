//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An operation with move-only children runs once, also with a token.
// expect: fanout: this operation holds children that cannot be copied and runs once: use std::move(operation)

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <tuple>

boost::asio::awaitable<int> child();

void run(boost::asio::io_context& context) {
  auto operation = fanout::gather(context, child());
  operation([](std::exception_ptr, std::tuple<int>) {});
}
