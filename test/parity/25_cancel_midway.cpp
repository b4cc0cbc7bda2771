//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather is cancelled midway: what has ended keeps its result, the rest is cancelled in the order
// of the arguments.

#include "support.hpp"

#include <string>
#include <vector>

namespace parity::p25_cancel_midway {

awaitable<std::string> child(std::string name, int units) {
  log("start", name);
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
  std::vector const ts{create_task(ex, child("a", 2)), create_task(ex, child("b", 30)),
                       create_task(ex, child("c", 40))};
  auto const f = create_task(ex, gather(ts));
  co_await sleep(8 * U);
  log("cancel():", f.cancel());
  log("right after: outer done", f.done(), "b done", ts[1].done(), "b cancelled",
      ts[1].cancelled());
  try {
    co_await f;
  } catch (system_error const& e) {
    log("caught", e);
  }
  log("outer: done", f.done(), "cancelled", f.cancelled());
  log("a result", ts[0].result());
  log("b cancelled", ts[1].cancelled(), "c cancelled", ts[2].cancelled());
  log("cancel() again:", f.cancel());
}

program const entry("25_cancel_midway", [] { run_virtual(async_main()); });

} // namespace parity::p25_cancel_midway
