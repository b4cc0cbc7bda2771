//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Cancelling a task that awaits a gather cancels both children, and the future that they wait for.

#include "support.hpp"

#include <optional>
#include <tuple>
#include <variant>

namespace parity::p51_cpython_cancellation_broadcast {

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  int proof = 0;
  promise<void> promised(ex);
  auto const waiter = promised.get_future();
  std::optional<future<std::tuple<std::monostate, std::monostate>>> gatherer;

  auto const inner = [&]() -> awaitable<void> {
    co_await waiter;
    proof += 1;
  };
  auto const child1 = create_task(ex, inner());
  auto const child2 = create_task(ex, inner());

  auto const outer = [&]() -> awaitable<void> {
    gatherer = create_task(ex, gather(child1, child2));
    co_await *gatherer;
    proof += 100;
  };
  auto const f = create_task(ex, outer());
  co_await sleep(1 * U);
  log("f.cancel():", f.cancel());
  try {
    co_await f;
  } catch (system_error const& e) {
    log("caught", e);
  }
  log("gatherer.cancel():", gatherer->cancel());
  log("cancelled: waiter", waiter.cancelled(), "child1", child1.cancelled(), "child2",
      child2.cancelled());
  co_await sleep(1 * U);
  log("proof", proof);
}

program const entry("51_cpython_cancellation_broadcast", [] { run_virtual(async_main()); });

} // namespace parity::p51_cpython_cancellation_broadcast
