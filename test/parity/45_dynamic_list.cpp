//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A list of children made at run time; and one gather after another.

#include "support.hpp"

#include <numeric>
#include <ranges>
#include <vector>

namespace parity::p45_dynamic_list {

awaitable<int> square(int i) {
  co_await sleep(i % 2 != 0 ? 1 * U : 2 * U);
  co_return i* i;
}

awaitable<std::vector<int>> squares(int n) {
  co_return co_await gather(std::views::iota(0, n) | std::views::transform(square));
}

awaitable<void> async_main() {
  log(co_await squares(10));
  int total = 0;
  for (int i = 0; i < 5; ++i) {
    auto const r = co_await squares(i);
    total += std::accumulate(r.begin(), r.end(), 0);
  }
  log("total", total);
}

program const entry("45_dynamic_list", [] { run_virtual(async_main()); });

} // namespace parity::p45_dynamic_list
