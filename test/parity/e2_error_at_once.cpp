//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A child fails in its first step: later children still start, and the error comes at the await.

#include "support.hpp"

#include <string>

namespace parity::pe2_error_at_once {

awaitable<std::string> fails(std::string name) {
  log(name, "fails");
  throw ValueError(name);
  co_return name;
}

awaitable<std::string> child(std::string name, bool wait) {
  log(name, "starts");
  if (wait) {
    co_await sleep(10ms);
    log(name, "went on");
  }
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = eager_gather(ex, child("a", true), fails("b"), child("c", true), fails("d"));
  log("gather returned, done:", f.done());
  try {
    co_await f;
  } catch (ValueError const& e) {
    log("caught", e.what());
  }
  co_await sleep(20ms);
  log("end");
}

program const entry("e2_error_at_once", [] { run_virtual(async_main()); });

} // namespace parity::pe2_error_at_once
