//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: `a && b && c` flattens tuples, and does not compile with some `void`
// see: chriskohlhoff/asio#1577
// refused: structured binding|decomposes into 4 elements

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>

#include <tuple>

namespace asio = boost::asio;

asio::awaitable<int> one() { co_return 1; }
asio::awaitable<int> two() { co_return 2; }
asio::awaitable<void> nothing() { co_return; }

asio::awaitable<void> adds(int& sum) {
  using namespace asio::experimental::awaitable_operators;
  auto const numbers = co_await (one() && two() && nothing());
  sum = std::get<0>(numbers) + std::get<1>(numbers);
}

int main() {
  asio::io_context context;
  int sum = 0;
  asio::co_spawn(context, adds(sum), asio::detached);
  context.run();
  return sum == 3 ? verdict::mended("compiles") : verdict::fault("the numbers are wrong");
}
