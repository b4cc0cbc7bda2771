//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A cancelled gather ends when the slowest clean-up has ended: nothing of it runs any more.
// Python's ends with the first.

#include "support.hpp"

#include <exception>

namespace parity::p61_cancel_fast_and_slow_default {

awaitable<void> fast() {
  try {
    co_await sleep(50 * U);
  } catch (system_error const&) {
    log("fast cancelled");
    throw;
  }
}

awaitable<void> slow() {
  std::exception_ptr cancelled;
  try {
    co_await sleep(50 * U);
  } catch (system_error const&) {
    log("slow cancelled, cleans up");
    cancelled = std::current_exception();
  }
  if (!cancelled) co_return;
  co_await asio::this_coro::reset_cancellation_state();
  co_await sleep(4 * U);
  log("slow cleaned up");
  std::rethrow_exception(cancelled);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const s = create_task(ex, slow());
  auto const f = create_task(ex, gather(fast(), s));
  co_await sleep(1 * U);
  log("cancel():", f.cancel());
  try {
    co_await f;
  } catch (system_error const& e) {
    log("caught", e);
  }
  log("slow done", s.done());
  log("cancel() of the done outer:", f.cancel());
  co_await sleep(6 * U);
  log("slow done", s.done(), "cancelled", s.cancelled());
}

program const entry("61_cancel_fast_and_slow_default", [] { run_virtual(async_main()); });

} // namespace parity::p61_cancel_fast_and_slow_default
