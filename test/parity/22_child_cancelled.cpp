//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Somebody else cancels a child. By default the gather ends with that at once, and the siblings run
// on.

#include "support.hpp"

#include <string>

namespace parity::p22_child_cancelled {

awaitable<std::string> ok(std::string name, int units) {
  try {
    co_await sleep(units * U);
  } catch (system_error const&) {
    log("cancelled:", name);
    throw;
  }
  log("finishes:", name);
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const a = create_task(ex, ok("a", 12));
  auto const c = create_task(ex, ok("c", 10));
  auto const f = create_task(ex, gather(a, c));
  co_await sleep(1 * U);
  log("a.cancel():", a.cancel());
  try {
    co_await f;
    log("not reached");
  } catch (system_error const& e) {
    log("caught", e);
  }
  log("outer: done", f.done(), "cancelled", f.cancelled());
  log("outer exception:", exception_of(f));
  log("a: cancelled", a.cancelled());
  log("c: done", c.done());
  log("c gives", co_await c);
}

program const entry("22_child_cancelled", [] { run_virtual(async_main()); });

} // namespace parity::p22_child_cancelled
