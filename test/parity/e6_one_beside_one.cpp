//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// One that ends at once beside one that waits: a ready handler runs before that one goes on.

#include "support.hpp"

namespace parity::pe6_one_beside_one {

awaitable<int> at_once() {
  log("at once");
  co_return 1;
}

awaitable<int> waits() {
  log("waits");
  co_await sleep(10ms);
  log("waited");
  co_return 2;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  asio::post(ex, [] { log("ready handler"); });
  auto const f = eager_gather(ex, at_once(), waits());
  log("done:", f.done());
  log(co_await f);
}

program const entry("e6_one_beside_one", [] { run_virtual(async_main()); });

} // namespace parity::pe6_one_beside_one
