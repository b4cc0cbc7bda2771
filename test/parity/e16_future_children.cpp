//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Eager tasks beside plain futures, and a task that is given twice.

#include "support.hpp"

namespace parity::pe16_future_children {

awaitable<int> child(int n, bool wait = false) {
  log("child", n);
  if (wait) co_await turn();
  co_return n;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  promise<int> p(ex);
  auto const f = p.get_future();
  auto const t = create_task(ex, child(1), eager);
  auto const w = create_task(ex, child(2, true), eager);
  asio::post(ex, [&p] { p.set_value(3); });
  auto const g = eager_gather(ex, t, w, t, f, child(4));
  log("done:", g.done());
  log(co_await g);
}

program const entry("e16_future_children", [] { run_virtual(async_main()); });

} // namespace parity::pe16_future_children
