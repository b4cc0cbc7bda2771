//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Tasks that have ended can be gathered again: they give the same values, and the same error.

#include "support.hpp"

namespace parity::p46_regather_finished_tasks {

awaitable<int> ok(int v) {
  co_await sleep(1 * U);
  co_return v;
}

awaitable<int> fail() {
  co_await sleep(2 * U);
  throw ValueError("boom");
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const a = create_task(ex, ok(1));
  auto const c = create_task(ex, ok(2));
  auto const x = create_task(ex, fail());
  log(co_await gather(a, c));
  log(co_await gather(c, a, c));
  for (int i = 0; i < 2; ++i) {
    try {
      co_await gather(a, x);
    } catch (ValueError const& e) {
      log("caught", e);
    }
  }
  auto const r = co_await gather(x, a, return_exceptions);
  log(joined(r, " | "));
}

program const entry("46_regather_finished_tasks", [] { run_virtual(async_main()); });

} // namespace parity::p46_regather_finished_tasks
