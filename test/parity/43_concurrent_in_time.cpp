//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Five sleeps together take as long as one.

#include "support.hpp"

#include <ranges>

namespace parity::p43_concurrent_in_time {

awaitable<void> async_main() {
  auto const t0 = virtual_clock::now();
  auto const r = co_await gather(std::views::iota(0, 5) |
                                 std::views::transform([](int i) { return sleep(5 * U, i); }));
  auto const dt = virtual_clock::now() - t0;
  log(r);
  log("not faster than one:", dt >= 5 * U);
  log("faster than the sum:", dt < 20 * U);
}

program const entry("43_concurrent_in_time", [] { run_virtual(async_main()); });

} // namespace parity::p43_concurrent_in_time
