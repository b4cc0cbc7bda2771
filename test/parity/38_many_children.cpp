//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Thousands of children: all start in order before any of them goes on, and the results are in
// order.

#include "support.hpp"

#include <algorithm>
#include <numeric>
#include <ranges>
#include <vector>

namespace parity::p38_many_children {

constexpr int N = 5000;
std::vector<int> started;
int finished = 0;

awaitable<int> child(int i) {
  started.push_back(i);
  co_await sleep(i % 2 != 0 ? 0 * U : U);
  ++finished;
  co_return i;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const range = std::views::iota(0, N);
  auto const f = create_task(ex, gather(range | std::views::transform(child)));
  log("started inside gather():", started.size());
  auto const r = co_await f;
  log("children", r.size(), "finished", finished);
  log("start order kept:", std::ranges::equal(started, range));
  log("result order kept:", std::ranges::equal(r, range));
  log("sum", std::accumulate(r.begin(), r.end(), 0));
}

program const entry("38_many_children", [] { run_virtual(async_main()); });

} // namespace parity::p38_many_children
