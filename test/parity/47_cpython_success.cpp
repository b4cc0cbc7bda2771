//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather of promised values is not done before the last of them is set; its callback runs once.

#include "support.hpp"

#include <vector>

namespace parity::p47_cpython_success {

template <class... Policy>
awaitable<void> check(Policy... policy) {
  auto const ex = co_await asio::this_coro::executor;
  promise<int> a(ex), b(ex), c(ex);
  auto const fut =
      create_task(ex, gather(a.get_future(), b.get_future(), c.get_future(), policy...));
  std::vector<bool> calls;
  fut.add_done_callback([&](auto const& f) { calls.push_back(same(f, fut)); });
  b.set_value(1);
  a.set_value(2);
  co_await sleep(1 * U);
  log("called", calls.size(), "done", fut.done());
  c.set_value(3);
  co_await sleep(1 * U);
  log("called", calls.size(), "with the future", calls.at(0), "done", fut.done());
  log(fut.result());
}

awaitable<void> async_main() {
  co_await check();
  co_await check(return_exceptions);
}

program const entry("47_cpython_success", [] { run_virtual(async_main()); });

} // namespace parity::p47_cpython_success
