//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task that awaits a gather is cancelled. It goes on when the gather is done, so only after the
// slowest clean-up.

#include "support.hpp"

#include <exception>
#include <string>

namespace parity::p112_cancelled_awaiter_waits {

awaitable<void> child(std::string name, int cleanup) {
  std::exception_ptr cancelled;
  try {
    co_await sleep(50 * U);
  } catch (system_error const&) {
    log("cancelled", name);
    cancelled = std::current_exception();
  }
  if (!cancelled) co_return;
  if (cleanup != 0) {
    co_await asio::this_coro::reset_cancellation_state();
    co_await sleep(cleanup * U);
    log("cleaned up", name);
  }
  std::rethrow_exception(cancelled);
}

awaitable<void> runner() {
  try {
    co_await gather(child("a", 0), child("b", 8), return_exceptions);
    log("not reached");
  } catch (system_error const&) {
    log("runner cancelled");
    throw;
  }
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const t = create_task(ex, runner());
  co_await sleep(1 * U);
  log("t.cancel():", t.cancel());
  co_await sleep(2 * U);
  log("t done", t.done());
  try {
    co_await t;
  } catch (system_error const& e) {
    log("main caught", e, "t cancelled", t.cancelled());
  }
}

program const entry("112_cancelled_awaiter_waits", [] { run_virtual(async_main()); });

} // namespace parity::p112_cancelled_awaiter_waits
