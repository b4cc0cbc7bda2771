//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather is cancelled before any child has run: none of them starts. It is done a little later,
// not inside cancel().

#include "support.hpp"

namespace parity::p24_cancel_before_start {

awaitable<void> child(int n) {
  log("not reached", n);
  co_await sleep(1 * U);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(child(1), child(2)));
  log("cancel():", f.cancel());
  log("right after: done", f.done(), "cancelled", f.cancelled());
  try {
    co_await f;
    log("not reached");
  } catch (system_error const& e) {
    log("caught", e);
  }
  log("at the end: done", f.done(), "cancelled", f.cancelled());
  log("exception():", exception_of(f));
  co_await sleep(3 * U);
  log("end");
}

program const entry("24_cancel_before_start", [] { run_virtual(async_main()); });

} // namespace parity::p24_cancel_before_start
