//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A coroutine, a task, the future of a promise, a nested gather and a task that has already ended,
// all in one call.

#include "support.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <string>
#include <tuple>

namespace parity::p17_mixed_kinds {

awaitable<std::string> child(std::string name, int units) {
  co_await sleep(units * U);
  log("finished", name);
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const finished = create_task(ex, child("finished-before", 1));
  co_await finished;
  promise<std::string> fut(ex);
  asio::basic_waitable_timer<virtual_clock> later(ex, 4 * U);
  later.async_wait([&fut](boost::system::error_code) { fut.set_value("future"); });
  auto const t = create_task(ex, child("task", 6));
  auto const inner = create_task(ex, gather(child("inner1", 8), child("inner2", 2)));
  auto const r = co_await gather(child("coro", 10), t, fut.get_future(), inner, finished);
  log(std::get<0>(r));
  log(std::get<1>(r));
  log(std::get<2>(r));
  log(joined(std::get<3>(r)));
  log(std::get<4>(r));
}

program const entry("17_mixed_kinds", [] { run_virtual(async_main()); });

} // namespace parity::p17_mixed_kinds
