//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Somebody else cancels a child. With return_exceptions that is one of the results.

#include "support.hpp"

#include <string>

namespace parity::p23_child_cancelled_return_exceptions {

awaitable<std::string> ok(std::string name, int units) {
  co_await sleep(units * U);
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const a = create_task(ex, ok("a", 2));
  auto const x = create_task(ex, ok("x", 30));
  auto const c = create_task(ex, ok("c", 12));
  auto const f = create_task(ex, gather(a, x, c, return_exceptions));
  co_await sleep(1 * U);
  x.cancel();
  co_await sleep(4 * U);
  log("x cancelled:", x.cancelled(), "outer done:", f.done());
  auto const r = co_await f;
  log("results:", joined(r, ", "));
  log("outer cancelled:", f.cancelled());
}

program const entry("23_child_cancelled_return_exceptions", [] { run_virtual(async_main()); });

} // namespace parity::p23_child_cancelled_return_exceptions
