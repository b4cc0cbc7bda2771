//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: What a coroutine yields needs a default constructor, or co_spawn does not compile
// see: chriskohlhoff/asio#1303, chriskohlhoff/asio#1170
// refused: no matching (function for call to|constructor for initialization of) .*number

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <array>
#include <cstddef>
#include <exception>

namespace asio = boost::asio;

struct number {
  explicit number(int v) : value(v) {}
  int value;
};

asio::awaitable<number> yields(int value) { co_return number(value); }

int main() {
  asio::io_context context;
  int sum = 0;

  asio::experimental::make_parallel_group(asio::co_spawn(context, yields(1), asio::deferred),
                                          asio::co_spawn(context, yields(2), asio::deferred))
      .async_wait(asio::experimental::wait_for_all(),
                  [&](std::array<std::size_t, 2>, std::exception_ptr, number a, std::exception_ptr,
                      number b) { sum = a.value + b.value; });
  context.run();
  return sum == 3 ? verdict::mended("compiles") : verdict::fault("the numbers are wrong");
}
