//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A sleep of zero gives everybody else who is ready one turn: children alternate without timers.

#include "support.hpp"

#include <string>

namespace parity::p54_sleep_zero_yields {

awaitable<std::string> child(std::string name) {
  for (int i = 0; i < 3; ++i) {
    log(name, i);
    co_await sleep(0 * U);
  }
  co_return name;
}

awaitable<void> async_main() { log(joined(co_await gather(child("x"), child("y"), child("z")))); }

program const entry("54_sleep_zero_yields", [] { run_virtual(async_main()); });

} // namespace parity::p54_sleep_zero_yields
