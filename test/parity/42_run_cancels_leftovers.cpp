//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A sibling still runs when main ends: it is cancelled, and its clean-up, which awaits, is waited
// for. Only then main's value is returned.

#include "support.hpp"

#include <exception>

namespace parity::p42_run_cancels_leftovers {

awaitable<void> fail() {
  co_await sleep(1 * U);
  throw ValueError("boom");
}

awaitable<void> slow() {
  std::exception_ptr cancelled;
  try {
    co_await sleep(50 * U);
    log("not reached");
  } catch (system_error const&) {
    log("leftover cancelled");
    cancelled = std::current_exception();
  }
  if (!cancelled) co_return;
  co_await asio::this_coro::reset_cancellation_state();
  co_await sleep(1 * U);
  log("leftover cleaned up");
  std::rethrow_exception(cancelled);
}

awaitable<int> async_main() {
  try {
    co_await gather(fail(), slow());
  } catch (ValueError const& e) {
    log("caught", e);
  }
  log("main returns");
  co_return 5;
}

program const entry("42_run_cancels_leftovers",
                    [] { log("run returned", run_virtual(async_main())); });

} // namespace parity::p42_run_cancels_leftovers
