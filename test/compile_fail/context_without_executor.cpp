//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The base class of all contexts has no executor.
// expect: fanout: an argument is neither a child

#include <fanout/gather.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation(boost::asio::any_io_executor executor) {
  return fanout::gather(executor.context(), child());
}
