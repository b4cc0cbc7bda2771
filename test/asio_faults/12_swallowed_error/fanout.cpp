//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: has two names, `race` and `first_success`; with `return_exceptions` nothing that has
//         ended is lost

#include "../verdict.hpp"

#include <fanout/first_success.hpp>
#include <fanout/race.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>
#include <tuple>

namespace asio = boost::asio;

asio::awaitable<int> fails() {
  throw std::runtime_error("mine");
  co_return 0;
}

asio::awaitable<int> yields(int value) {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  co_return value;
}

struct answers {
  bool thrown = false; // the error, by the operation that asks for the first end
  int success = 0;     // of the operation that asks for the first success
  int sum = 0;         // of two values that came in the same turn
};

asio::awaitable<void> asks(answers& a) {
  try {
    co_await fanout::race(fails(), yields(1));
  } catch (std::runtime_error const&) {
    a.thrown = true;
  }
  auto const good = co_await fanout::first_success(fails(), yields(1));
  a.success = good.value;
  auto const both = co_await fanout::race(yields(1), yields(2), fanout::return_exceptions);
  a.sum = std::get<0>(both.value).value() + std::get<1>(both.value).value();
}

int main() {
  asio::io_context context;
  answers a;
  asio::co_spawn(context, asks(a), asio::detached);
  context.run();
  if (!a.thrown || a.success != 1 || a.sum != 3) return verdict::wrong("something is lost");
  return verdict::right("the error was thrown, and both values are there");
}
