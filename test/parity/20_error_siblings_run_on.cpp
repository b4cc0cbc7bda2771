//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// After an error the siblings are neither cancelled nor awaited. Who holds their futures can go on
// with them.

#include "support.hpp"

#include <string>

namespace parity::p20_error_siblings_run_on {

awaitable<std::string> ok(std::string name, int units) {
  co_await sleep(units * U);
  log("finishes:", name);
  co_return name;
}

awaitable<std::string> fail() {
  co_await sleep(3 * U);
  throw ValueError("boom");
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const a = create_task(ex, ok("a", 1));
  auto const c = create_task(ex, ok("c", 10));
  auto const f = create_task(ex, gather(a, fail(), c));
  try {
    co_await f;
  } catch (ValueError const& e) {
    log("caught", e);
  }
  log("outer: done", f.done(), "cancelled", f.cancelled());
  log("a: done", a.done(), "result", a.result());
  log("c: done", c.done(), "cancelled", c.cancelled());
  log("awaiting c gives", co_await c);
  log("outer still holds", f.exception());
}

program const entry("20_error_siblings_run_on", [] { run_virtual(async_main()); });

} // namespace parity::p20_error_siblings_run_on
