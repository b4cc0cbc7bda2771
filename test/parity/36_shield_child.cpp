//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A shield in a gather: cancelling the gather cancels the other child, not the task in the shield.

#include "support.hpp"

#include <string>

namespace parity::p36_shield_child {

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

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const t1 = create_task(ex, child("t1", 9));
  auto const t2 = create_task(ex, child("t2", 9));
  auto const f = create_task(ex, gather(shield(t1), t2));
  co_await sleep(1 * U);
  log("cancel():", f.cancel());
  try {
    co_await f;
  } catch (system_error const& e) {
    log("caught", e);
  }
  log("t1 done", t1.done(), "t2 cancelled", t2.cancelled());
  log("t1 gives", co_await t1);
}

program const entry("36_shield_child", [] { run_virtual(async_main()); });

} // namespace parity::p36_shield_child
