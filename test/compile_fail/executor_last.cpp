//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The executor stands first.
// expect: fanout: an executor or context stands first, as in f(executor, a, b)

#include <fanout/gather.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation(boost::asio::any_io_executor executor) {
  return fanout::gather(child(), child(), executor);
}
