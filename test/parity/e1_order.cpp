//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Eager children run to their first wait inside the call, in the order of the arguments.

#include "support.hpp"

#include <string>

namespace parity::pe1_order {

awaitable<std::string> child(std::string name, int n) {
  log(name, "starts");
  for (int i = 0; i < n; ++i) {
    co_await turn();
    log(name, "step", i + 1);
  }
  log(name, "ends");
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  log("before");
  auto const f = eager_gather(ex, child("a", 1), child("b", 0), child("c", 2));
  log("gather returned, done:", f.done());
  log(co_await f);
}

program const entry("e1_order", [] { run_virtual(async_main()); });

} // namespace parity::pe1_order
