//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An operation with move-only children runs once.
// expect: fanout: this operation holds children that cannot be copied and runs once: use co_await std::move(operation)
// within: 14

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

boost::asio::awaitable<void> run() {
  auto operation = fanout::gather(child());
  co_await operation;
}
