//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather beside plain coroutines.

#include "support.hpp"

namespace parity::p08_mixed_group_coros {

awaitable<int> square(int num) {
  co_await sleep(U); // simulate a small delay
  co_return (num * num);
}

awaitable<int> cube(int num) {
  co_await sleep(U); // simulate a small delay
  co_return (num * num * num);
}

awaitable<void> async_main() {
  print("Started");
  auto const ex = co_await asio::this_coro::executor;
  auto const group1 = create_task(ex, gather(square(10), cube(10)));

  auto const return_values = co_await gather(group1, square(20), square(30));
  print("{}", show(return_values));
  print("Finished");
}

program const entry("08_mixed_group_coros", [] { run_virtual(async_main()); });

} // namespace parity::p08_mixed_group_coros
