//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Callbacks of eager tasks that have ended before one could be added, and of their gather. They run
// before a coroutine that awaits the gather as a future: that takes a turn here (D4).

#include "support.hpp"

namespace parity::pe8_callbacks {

awaitable<int> at_once(int n) {
  log("child", n);
  co_return n;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const t = create_task(ex, at_once(1), eager);
  log("task done:", t.done(), t.result());
  t.add_done_callback([](auto const&) { log("callback of the task"); });
  auto const f = eager_gather(ex, t, at_once(2));
  f.add_done_callback([](auto const&) { log("callback of the gather"); });
  log("gather done:", f.done());
  log(co_await f);
  co_await turn();
  log("end");
}

program const entry("e8_callbacks", [] { run_virtual(async_main()); });

} // namespace parity::pe8_callbacks
