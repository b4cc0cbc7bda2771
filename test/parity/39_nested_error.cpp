//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An error in an inner gather goes through the outer one. The siblings of neither are cancelled.

#include "support.hpp"

#include <string>

namespace parity::p39_nested_error {

awaitable<std::string> ok(std::string name, int units) {
  try {
    co_await sleep(units * U);
  } catch (system_error const&) {
    log("not reached: cancelled", name);
    throw;
  }
  log("finish", name);
  co_return name;
}

awaitable<std::string> fail() {
  co_await sleep(1 * U);
  throw ValueError("inner");
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const inner = create_task(ex, gather(fail(), ok("inner sibling", 8)));
  auto const outer = create_task(ex, gather(inner, ok("outer sibling", 10)));
  try {
    co_await outer;
  } catch (ValueError const& e) {
    log("caught", e);
  }
  log("inner done", inner.done(), "outer done", outer.done());
  log("same error:", inner.exception() == outer.exception());
  co_await sleep(16 * U);
  log("end");
}

program const entry("39_nested_error", [] { run_virtual(async_main()); });

} // namespace parity::p39_nested_error
