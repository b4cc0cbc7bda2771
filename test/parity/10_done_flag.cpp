//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The future of a gather before and after its end.

#include "support.hpp"

namespace parity::p10_done_flag {

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
  print("done: {}", obj.done());
  print("{}", show(co_await obj));
  print("done: {}", obj.done());
}

program const entry("10_done_flag", [] { run_virtual(async_main()); });

} // namespace parity::p10_done_flag
