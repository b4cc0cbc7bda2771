//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// To cancel a gather that has succeeded is too late, and changes nothing.

#include "support.hpp"

namespace parity::p27_cancel_after_success {

awaitable<int> one() {
  co_await sleep(1 * U);
  co_return 1;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(one(), one()));
  log(co_await f);
  log("cancel():", f.cancel());
  log("done", f.done(), "cancelled", f.cancelled());
  log("result", f.result());
  log("awaited again", co_await f);
}

program const entry("27_cancel_after_success", [] { run_virtual(async_main()); });

} // namespace parity::p27_cancel_after_success
