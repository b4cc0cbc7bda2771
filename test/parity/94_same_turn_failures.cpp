//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Children wait for one event and fail in the same turn: the one that began to wait first counts.

#include "support.hpp"

#include <string>

namespace parity::p94_same_turn_failures {

awaitable<void> fails(std::string name, future<void> gate) {
  co_await gate;
  log("fails", name);
  throw ValueError(name);
}

awaitable<void> coroutines() {
  auto const ex = co_await asio::this_coro::executor;
  promise<void> opens(ex);
  auto const gate = opens.get_future();
  auto const f = create_task(ex, gather(fails("a", gate), fails("b", gate), fails("c", gate)));
  co_await sleep(1 * U);
  opens.set_value();
  try {
    co_await f;
  } catch (ValueError const& e) {
    log("caught", e);
  }
}

awaitable<void> a_coroutine_and_a_task() {
  auto const ex = co_await asio::this_coro::executor;
  promise<void> opens(ex);
  auto const gate = opens.get_future();
  auto const z = create_task(ex, fails("z", gate));
  auto const f = create_task(ex, gather(fails("y", gate), z));
  co_await sleep(1 * U);
  opens.set_value();
  try {
    co_await f;
  } catch (ValueError const& e) {
    log("caught", e);
  }
}

awaitable<void> async_main() {
  co_await coroutines();
  co_await a_coroutine_and_a_task();
}

program const entry("94_same_turn_failures", [] { run_virtual(async_main()); });

} // namespace parity::p94_same_turn_failures
