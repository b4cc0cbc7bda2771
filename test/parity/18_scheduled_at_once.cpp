//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather that is a task needs nobody who awaits it. No child runs inside the call: they start, in
// the order of the arguments, when main suspends next.

#include "support.hpp"

namespace parity::p18_scheduled_at_once {

awaitable<int> child(int n) {
  log("child", n, "start");
  co_await sleep(5 * U);
  log("child", n, "end");
  co_return n* n;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  log("before gather");
  auto const f = create_task(ex, gather(child(1), child(2), child(3)));
  log("after gather, done:", f.done());
  co_await sleep(1 * U);
  log("main slept 1, done:", f.done());
  co_await sleep(11 * U);
  log("main slept 12, done:", f.done());
  log(f.result());
  log("awaited:", co_await f);
}

program const entry("18_scheduled_at_once", [] { run_virtual(async_main()); });

} // namespace parity::p18_scheduled_at_once
