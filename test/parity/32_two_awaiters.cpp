//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two tasks await one gather: the children run once, both get the result. A future that is done can
// be awaited again.

#include "support.hpp"

#include <string>
#include <tuple>

namespace parity::p32_two_awaiters {

using outer = future<std::tuple<int, int>>;

awaitable<int> child(int n) {
  log("child", n);
  co_await sleep(1 * U);
  co_return n;
}

awaitable<void> waiter(std::string name, outer f) {
  log(name, "got", co_await f);
  log(name, "again", co_await f);
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  outer const f = create_task(ex, gather(child(1), child(2)));
  auto const w1 = create_task(ex, waiter("w1", f));
  auto const w2 = create_task(ex, waiter("w2", f));
  co_await w1;
  co_await w2;
  log("main", co_await f);
}

program const entry("32_two_awaiters", [] { run_virtual(async_main()); });

} // namespace parity::p32_two_awaiters
