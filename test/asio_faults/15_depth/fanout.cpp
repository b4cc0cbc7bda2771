//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: needs no stack for a level, neither on start nor on completion

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace asio = boost::asio;

asio::awaitable<void> hops() {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

asio::awaitable<void> nested(int levels) {
  if (levels > 0) co_await fanout::gather(nested(levels - 1), hops());
}

int main() {
  asio::io_context context;
  bool completed = false;
  asio::co_spawn(context, nested(100'000), [&](std::exception_ptr e) { completed = !e; });
  context.run();
  if (!completed) return verdict::wrong("100,000 levels have not ended");
  return verdict::right("100,000 levels have ended");
}
