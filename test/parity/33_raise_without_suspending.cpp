//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A child that throws before it suspends: the siblings start all the same, and the error comes
// where the gather is awaited.

#include "support.hpp"

#include <string>

namespace parity::p33_raise_without_suspending {

awaitable<void> boom() {
  log("boom runs");
  throw ValueError("at once");
  co_return;
}

awaitable<void> sibling(std::string name) {
  log("start", name);
  co_await sleep(2 * U);
  log("finish", name);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(sibling("a"), boom(), sibling("b")));
  log("gather returned, done:", f.done());
  try {
    co_await f;
  } catch (ValueError const& e) {
    log("caught", e);
  }
  co_await sleep(3 * U);
  log("end");
}

program const entry("33_raise_without_suspending", [] { run_virtual(async_main()); });

} // namespace parity::p33_raise_without_suspending
