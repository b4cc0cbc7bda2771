//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With return_exceptions nothing is thrown: the error stands at its child's place.

#include "support.hpp"

#include <string>

namespace parity::p06_error_return_exceptions {

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
      co_await gather(square("10"), cube("10"), square("eleven"), cube("11"), return_exceptions);
  for_each(return_values, [](fanout::result<int> const& v) { print("{}", show(v)); });
  print("Finished");
}

program const entry("06_error_return_exceptions", [] { run_virtual(async_main()); });

} // namespace parity::p06_error_return_exceptions
