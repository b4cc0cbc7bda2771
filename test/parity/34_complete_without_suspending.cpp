//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Children that never suspend do not run inside the call either, and the gather is done only later.

#include "support.hpp"

namespace parity::p34_complete_without_suspending {

awaitable<int> quick(int n) {
  log("quick", n);
  co_return n;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(quick(1), quick(2), quick(3)));
  log("gather returned, done:", f.done());
  auto const r = co_await f;
  log(r);
  log("done:", f.done());
}

program const entry("34_complete_without_suspending", [] { run_virtual(async_main()); });

} // namespace parity::p34_complete_without_suspending
