//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// One of three divisions fails; return_exceptions keeps its error beside the quotients.

#include "support.hpp"

namespace parity::p12_divide {

awaitable<double> divide(int x, int y) {
  print("Dividing {} by {}", x, y);
  co_await sleep(U);
  if (y == 0) throw ZeroDivisionError("Cannot divide by zero");
  co_return double(x) / y;
}

void print_result(fanout::result<double> const& r) {
  try {
    print("Result: {:.1f}", r.value());
  } catch (ZeroDivisionError const& e) {
    print("Error: {}", e.what());
  }
}

awaitable<void> async_main() {
  // run three coroutines at once and get the results
  // one of them will throw an exception
  auto const result = co_await gather(divide(10, 2), divide(20, 0), divide(30, 5),
                                      return_exceptions); // capture exceptions
  // print the results or handle the exceptions
  for_each(result, print_result);
}

program const entry("12_divide", [] { run_virtual(async_main()); });

} // namespace parity::p12_divide
