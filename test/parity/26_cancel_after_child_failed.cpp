//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A child has failed, so the gather is done: to cancel it is too late, and the siblings run on.

#include "support.hpp"

#include <string>

namespace parity::p26_cancel_after_child_failed {

awaitable<std::string> fail() {
  co_await sleep(1 * U);
  throw ValueError("boom");
}

awaitable<std::string> ok(std::string name, int units) {
  try {
    co_await sleep(units * U);
  } catch (system_error const&) {
    log("not reached: cancelled", name);
    throw;
  }
  log("finishes", name);
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(fail(), ok("b", 8), ok("c", 10)));
  try {
    co_await f;
  } catch (ValueError const& e) {
    log("caught", e);
  }
  log("cancel():", f.cancel());
  co_await sleep(16 * U);
  log("outer cancelled:", f.cancelled(), "exception:", f.exception());
}

program const entry("26_cancel_after_child_failed", [] { run_virtual(async_main()); });

} // namespace parity::p26_cancel_after_child_failed
