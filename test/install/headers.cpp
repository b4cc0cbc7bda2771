// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What a stranger writes who wants the headers only.

#include <fanout/gather.hpp>
#include <fanout/version.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <tuple>

namespace asio = boost::asio;

asio::awaitable<int> twice(int n) { co_return 2 * n; }

int main() {
  static_assert(FANOUT_VERSION >= 100);
  asio::io_context ctx;
  int sum = 0;
  asio::co_spawn(
      ctx,
      [&]() -> asio::awaitable<void> {
        auto [a, b] = co_await fanout::gather(twice(1), twice(2)); // trivial
        sum = a + b;
      },
      [](std::exception_ptr e) {
        if (e) {
          std::rethrow_exception(e);
        }
      });
  ctx.run();
  return sum == 6 ? 0 : 1;
}
