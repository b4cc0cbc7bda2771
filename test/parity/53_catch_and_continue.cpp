//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The usual pattern by hand: catch the error, cancel the rest, wait for their end, go on. The
// policy cancel_on_error does the same.

#include "support.hpp"

#include <string>
#include <vector>

namespace parity::p53_catch_and_continue {

awaitable<std::string> child(std::string name, int units) {
  try {
    co_await sleep(units * U);
    co_return name;
  } catch (system_error const&) {
    log("cancelled", name);
    throw;
  }
}

awaitable<std::string> fail() {
  co_await sleep(1 * U);
  throw ValueError("boom");
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  std::vector const ts{create_task(ex, child("a", 30)), create_task(ex, fail()),
                       create_task(ex, child("c", 30))};
  bool failed = false;
  try {
    co_await gather(ts);
  } catch (ValueError const& e) {
    log("caught", e);
    failed = true;
  }
  if (failed) {
    for (auto const& t : ts) log("cancel():", t.cancel());
    auto const r = co_await gather(ts, return_exceptions);
    log(joined(r, "; "));
  }
  log("go on:", co_await gather(sleep(1 * U, 1), sleep(1 * U, 2)));
}

program const entry("53_catch_and_continue", [] { run_virtual(async_main()); });

} // namespace parity::p53_catch_and_continue
