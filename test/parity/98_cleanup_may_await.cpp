//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// After its cancellation a child can await again, as often as it likes, once it has reset its
// state; and it may even return a value.

#include "support.hpp"

#include <exception>
#include <string>

namespace parity::p98_cleanup_may_await {

awaitable<std::string> worker(std::string name, bool swallow) {
  std::exception_ptr cancelled;
  try {
    co_await sleep(50 * U);
  } catch (system_error const&) {
    log(name, "cancelled");
    cancelled = std::current_exception();
  }
  if (cancelled) {
    co_await asio::this_coro::reset_cancellation_state();
    for (int i = 0; i < 3; ++i) co_await sleep(1 * U);
    auto const r = co_await gather(sleep(1 * U, 1), sleep(1 * U, 2));
    log(name, "cleaned up", r);
    if (!swallow) std::rethrow_exception(cancelled);
  }
  co_return name + " value";
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const p = create_task(ex, worker("p", false));
  auto const q = create_task(ex, worker("q", true));
  auto const f = create_task(ex, gather(p));
  auto const g = create_task(ex, gather(q));
  co_await sleep(1 * U);
  f.cancel();
  try {
    co_await f;
  } catch (system_error const& e) {
    log("f:", e, "p cancelled", p.cancelled());
  }
  g.cancel();
  try {
    co_await g;
  } catch (system_error const& e) {
    log("g:", e, "q cancelled", q.cancelled(), "q result", q.result());
  }
}

program const entry("98_cleanup_may_await", [] { run_virtual(async_main()); });

} // namespace parity::p98_cleanup_may_await
