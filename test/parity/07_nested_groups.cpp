//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather of two gathers: the results nest.

#include "support.hpp"

namespace parity::p07_nested_groups {

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
  auto const group2 = create_task(ex, gather(square(20), cube(20)));

  auto const return_values = co_await gather(group1, group2);
  print("{}", show(return_values));
  print("Finished");
}

program const entry("07_nested_groups", [] { run_virtual(async_main()); });

} // namespace parity::p07_nested_groups
