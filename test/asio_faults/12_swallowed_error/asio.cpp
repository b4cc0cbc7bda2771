//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: `||` swallows an error if another operand succeeds later, and loses a second success
// see: chriskohlhoff/asio#1123, chriskohlhoff/asio#1594, chriskohlhoff/asio#1094

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>
#include <variant>

namespace asio = boost::asio;

asio::awaitable<int> fails() {
  throw std::runtime_error("mine");
  co_return 0;
}

asio::awaitable<int> yields(int value) {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  co_return value;
}

asio::awaitable<void> asks(bool& error_is_lost, bool& value_is_lost) {
  using namespace asio::experimental::awaitable_operators;
  try {
    auto const first = co_await (fails() || yields(1));
    error_is_lost = first.index() == 1; // which tells nothing of the other
  } catch (std::runtime_error const&) {
  }
  // Both end before either can be cancelled, and the result has room for one.
  std::variant<int, int> const first = co_await (yields(1) || yields(2));
  value_is_lost = first.index() == 0;
}

int main() {
  asio::io_context context;
  bool error_is_lost = false;
  bool value_is_lost = false;
  asio::co_spawn(context, asks(error_is_lost, value_is_lost), asio::detached);
  context.run();
  if (!error_is_lost && !value_is_lost) return verdict::mended("loses neither");
  return verdict::fault("an error and a value have gone without a trace");
}
