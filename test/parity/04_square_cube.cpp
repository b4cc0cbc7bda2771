//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The results stand in the order of the arguments.

#include "support.hpp"

namespace parity::p04_square_cube {

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
  auto const return_values = co_await gather(square(10), cube(10), square(11), cube(11));
  print("{}", show(return_values));
  print("Finished");
}

program const entry("04_square_cube", [] { run_virtual(async_main()); });

} // namespace parity::p04_square_cube
