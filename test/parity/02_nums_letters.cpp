//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two coroutines alternate at every sleep. The one that gathers them goes on when both have ended.

#include "support.hpp"

namespace parity::p02_nums_letters {

awaitable<void> display_nums() {
  for (int n = 0; n < 5; ++n) {
    print("{}", n);
    co_await sleep(U); // simulate a small delay
  }
}

awaitable<void> display_letters() {
  for (char let = 'A'; let <= 'E'; ++let) {
    print("{}", let);
    co_await sleep(U); // simulate a small delay
  }
}

awaitable<void> async_main() {
  print("Started");
  co_await gather(display_nums(), display_letters());
  print("Finished");
}

program const entry("02_nums_letters", [] { run_virtual(async_main()); });

} // namespace parity::p02_nums_letters
