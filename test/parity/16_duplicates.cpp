//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task that is given several times runs once, and its result stands at every place. So does a
// gather.

#include "support.hpp"

#include <string>

namespace parity::p16_duplicates {

awaitable<std::string> child(std::string name) {
  log("run", name);
  co_await sleep(1 * U);
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const t = create_task(ex, child("t"));
  auto const u = create_task(ex, child("u"));
  auto const r = co_await gather(t, t, u, t);
  log("results:", joined(r));
  auto const g = create_task(ex, gather(child("x"), child("y")));
  auto const rows = co_await gather(g, g);
  for_each(rows, [](auto const& row) { log("row:", joined(row)); });
}

program const entry("16_duplicates", [] { run_virtual(async_main()); });

} // namespace parity::p16_duplicates
