//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Children end in the reverse order; the results stand in the order of the arguments.

#include "support.hpp"

#include <string>

namespace parity::p13_result_order {

awaitable<std::string> work(std::string name, int units) {
  co_await sleep(units * U);
  log("finished", name);
  co_return name;
}

awaitable<void> async_main() {
  auto const r = co_await gather(work("a", 6), work("b", 4), work("c", 2));
  log("results:", joined(r));
}

program const entry("13_result_order", [] { run_virtual(async_main()); });

} // namespace parity::p13_result_order
