//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The future of a gather is thrown away: the children run to their end all the same.

#include "support.hpp"

#include <string>

namespace parity::p41_future_dropped {

awaitable<void> child(std::string name, int units) {
  log("start", name);
  co_await sleep(units * U);
  log("finish", name);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  static_cast<void>(create_task(ex, gather(child("a", 1), child("b", 2))));
  log("dropped");
  co_await sleep(8 * U);
  log("end");
}

program const entry("41_future_dropped", [] { run_virtual(async_main()); });

} // namespace parity::p41_future_dropped
