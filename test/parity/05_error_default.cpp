//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// By default the error of a child is thrown where the gather is awaited. From there it leaves main,
// and what runs it.

#include "support.hpp"

#include <string>

namespace parity::p05_error_default {

awaitable<int> square(std::string num) {
  co_await sleep(U); // simulate a small delay
  co_return to_int(num) * to_int(num);
}

awaitable<int> cube(std::string num) {
  co_await sleep(U); // simulate a small delay
  co_return to_int(num) * to_int(num) * to_int(num);
}

awaitable<void> async_main() {
  print("Started");
  auto const return_values =
      co_await gather(square("10"), cube("10"), square("eleven"), cube("11"));
  print("{}", show(return_values));
  print("Finished");
}

void run() {
  try {
    run_virtual(async_main());
  } catch (ValueError const& e) {
    print("run raised ValueError: {}", e.what());
  }
}

program const entry("05_error_default", [] { run(); });

} // namespace parity::p05_error_default
