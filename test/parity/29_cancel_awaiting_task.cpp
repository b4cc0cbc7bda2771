//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Cancelling a task that awaits a gather cancels the gather, and so all its children.

#include "support.hpp"

#include <string>

namespace parity::p29_cancel_awaiting_task {

awaitable<std::string> child(std::string name, int units) {
  try {
    co_await sleep(units * U);
  } catch (system_error const&) {
    log("cancelled", name);
    throw;
  }
  log("finish", name);
  co_return name;
}

awaitable<void> runner() {
  log("runner start");
  try {
    co_await gather(child("a", 1), child("b", 40), child("c", 40));
    log("not reached");
  } catch (system_error const&) {
    log("runner cancelled");
    throw;
  }
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const t = create_task(ex, runner());
  co_await sleep(7 * U);
  log("t.cancel():", t.cancel());
  log("right after: t done", t.done(), "cancelled", t.cancelled());
  try {
    co_await t;
  } catch (system_error const& e) {
    log("main caught", e);
  }
  log("t done", t.done(), "cancelled", t.cancelled());
  log("t.cancel() again:", t.cancel());
}

program const entry("29_cancel_awaiting_task", [] { run_virtual(async_main()); });

} // namespace parity::p29_cancel_awaiting_task
