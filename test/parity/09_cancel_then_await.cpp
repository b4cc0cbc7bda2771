//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather that is cancelled before it has started throws where it is awaited; here the error
// leaves main, and what runs it.

#include "support.hpp"

namespace parity::p09_cancel_then_await {

awaitable<int> square(int num) {
  co_await sleep(U); // simulate a small delay
  co_return (num * num);
}

awaitable<int> cube(int num) {
  co_await sleep(U); // simulate a small delay
  co_return (num * num * num);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const obj = create_task(ex, gather(square(10), cube(10)));
  obj.cancel();
  co_await obj; // this will throw
}

void run() {
  try {
    run_virtual(async_main());
    print("not reached");
  } catch (system_error const& e) {
    print("run raised {}", show(e));
  }
}

program const entry("09_cancel_then_await", [] { run(); });

} // namespace parity::p09_cancel_then_await
