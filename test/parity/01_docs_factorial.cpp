//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Three coroutines run at once. They start in the order of the arguments, and timers of one length
// wake in the order in which they were started.

#include "support.hpp"

#include <string>

namespace parity::p01_docs_factorial {

awaitable<void> factorial(std::string name, int number) {
  int f = 1;
  for (int i = 2; i <= number; ++i) {
    print("Task {}: Compute factorial({})...", name, i);
    co_await sleep(U);
    f *= i;
  }
  print("Task {}: factorial({}) = {}", name, number, f);
}

awaitable<void> async_main() {
  co_await gather(factorial("A", 2), factorial("B", 3), factorial("C", 4));
}

program const entry("01_docs_factorial", [] { run_virtual(async_main()); });

} // namespace parity::p01_docs_factorial
