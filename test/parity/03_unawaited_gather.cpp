//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather that is a task and that nobody awaits is pending. Who runs the program cancels what is
// left of it when main has ended.

#include "support.hpp"

namespace parity::p03_unawaited_gather {

awaitable<int> square(int num) {
  co_await sleep(U); // simulate a small delay
  print("not reached: square {}", num);
  co_return (num * num);
}

awaitable<int> cube(int num) {
  co_await sleep(U); // simulate a small delay
  print("not reached: cube {}", num);
  co_return (num * num * num);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const result =
      create_task(ex, gather(square(10), cube(10), square(11), cube(11), return_exceptions));
  print("{}", result.done() ? "done" : "pending");
}

program const entry("03_unawaited_gather", [] {
  run_virtual(async_main());
  print("run returned");
});

} // namespace parity::p03_unawaited_gather
