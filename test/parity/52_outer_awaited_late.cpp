//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather failed long before anybody awaited it: the error is kept, and every await throws it.

#include "support.hpp"

#include <string>

namespace parity::p52_outer_awaited_late {

awaitable<std::string> fail() {
  co_await sleep(1 * U);
  throw ValueError("kept");
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(fail(), sleep<std::string>(2 * U, "ok")));
  co_await sleep(8 * U);
  log("done", f.done());
  for (int i = 0; i < 2; ++i) {
    try {
      co_await f;
    } catch (ValueError const& e) {
      log("caught", e);
    }
  }
  try {
    static_cast<void>(f.result());
  } catch (ValueError const& e) {
    log("result() raises", e);
  }
  log("exception() gives", f.exception());
}

program const entry("52_outer_awaited_late", [] { run_virtual(async_main()); });

} // namespace parity::p52_outer_awaited_late
