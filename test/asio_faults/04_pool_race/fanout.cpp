//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: delivers each request on the child's own executor, which is made serial where it is not

#include "../verdict.hpp"

#include <fanout/race.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
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

asio::awaitable<void> computes_for_a_while(int& cancelled) {
  for (int round = 0; round < 100; ++round) {
    asio::steady_timer clock(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
    auto const first = co_await fanout::race(computes(), clock.async_wait(asio::deferred));
    if (first.index == 1) ++cancelled;
  }
}

int main() {
  asio::thread_pool pool(2);
  int cancelled = 0;
  asio::co_spawn(pool, computes_for_a_while(cancelled), asio::detached);
  pool.join();
  if (cancelled != 100) return verdict::wrong("a computation has ended by itself");
  return verdict::right("100 children were cancelled on a pool without a race");
}
