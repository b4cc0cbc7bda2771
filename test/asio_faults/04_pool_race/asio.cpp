//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: Cancelling children on a thread_pool is a data race
// see: chriskohlhoff/asio#1348, chriskohlhoff/asio#1362, chriskohlhoff/asio#1029,
//      chriskohlhoff/asio#1576
// sign: ThreadSanitizer

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace asio = boost::asio;

/// Asks between its steps whether it is to go on, and lets others run now and then.
asio::awaitable<void> computes() {
  auto const executor = co_await asio::this_coro::executor;
  for (;;) {
    for (int step = 0; step < 1000; ++step) {
      auto const state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) co_return;
    }
    co_await asio::post(executor, asio::use_awaitable);
  }
}

asio::awaitable<void> computes_for_a_while() {
  using namespace asio::experimental::awaitable_operators;
  for (int round = 0; round < 100; ++round) {
    asio::steady_timer clock(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
    co_await (computes() || clock.async_wait(asio::use_awaitable));
  }
}

int main() {
  asio::thread_pool pool(2);
  asio::co_spawn(pool, computes_for_a_while(), asio::detached);
  pool.join();
  return verdict::mended("cancels 100 children on a pool without a race");
}
