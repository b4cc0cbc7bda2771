//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: Nested `&&` overflows the native stack, between 3,000 and 30,000 levels
// see: chriskohlhoff/asio#996
// sign: SIGSEGV

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

asio::awaitable<void> hops() {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

asio::awaitable<void> nested(int levels) {
  using namespace asio::experimental::awaitable_operators;
  if (levels > 0) co_await (nested(levels - 1) && hops());
}

int main() {
  asio::io_context context;
  asio::co_spawn(context, nested(100'000), asio::detached);
  context.run();
  return verdict::mended("ends 100,000 levels");
}
