//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// All end at once: a gather that is awaited itself takes no turn. A future that is done takes one
// here (D4), and none in asyncio.

#include "support.hpp"

namespace parity::pe7_done_and_turn {

awaitable<int> at_once(int n) { co_return n; }

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  asio::post(ex, [] { log("ready handler"); });
  auto const f = eager_gather(ex, at_once(1), at_once(2));
  log("done on return:", f.done());
  log("result:", co_await gather(at_once(1), at_once(2), eager));
  log("after the await");
  co_await turn();
  asio::post(ex, [] { log("second handler"); });
  log("await of an eager task:", co_await create_task(ex, at_once(3), eager));
  log("gather():", co_await gather(eager));
}

program const entry("e7_done_and_turn", [] { run_virtual(async_main()); });

} // namespace parity::pe7_done_and_turn
