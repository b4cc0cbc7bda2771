//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two children fail. The first one in time counts, whatever its place; the other error is dropped,
// and the rest run on.

#include "support.hpp"

#include <string>

namespace parity::p19_first_error_in_time_wins {

awaitable<std::string> fail(std::string name, int units) {
  co_await sleep(units * U);
  log("fails:", name);
  throw ValueError(name);
}

awaitable<std::string> ok(std::string name, int units) {
  co_await sleep(units * U);
  log("finishes:", name);
  co_return name;
}

awaitable<void> async_main() {
  try {
    co_await gather(fail("a", 7), fail("b", 2), ok("c", 10));
    log("not reached");
  } catch (ValueError const& e) {
    log("caught", e);
  }
  co_await sleep(15 * U);
  log("end");
}

program const entry("19_first_error_in_time_wins", [] { run_virtual(async_main()); });

} // namespace parity::p19_first_error_in_time_wins
