//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A parallel_group brings no executor along.
// expect: fanout: the completion handler has no executor to run children on: name an executor or context first, as in f(executor, ...), or bind_executor the token
// within: 30

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
// What follows does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <tuple>

boost::asio::awaitable<int> child();

void run() {
  boost::asio::experimental::make_parallel_group(fanout::gather(child()), fanout::gather(child()))
      .async_wait(boost::asio::experimental::wait_for_all(),
                  [](std::array<std::size_t, 2>, std::exception_ptr, std::tuple<int>,
                     std::exception_ptr, std::tuple<int>) {});
}
