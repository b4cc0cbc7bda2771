//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A future that is asked before its end says so, and nothing else changes.

#include "support.hpp"

#include <functional>
#include <utility>

namespace parity::p30_invalid_state {

awaitable<int> one() {
  co_await sleep(1 * U);
  co_return 1;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(one(), one()));
  std::pair<char const*, std::function<void()>> const calls[] = {
      {"result()", [&] { static_cast<void>(f.result()); }},
      {"exception()", [&] { static_cast<void>(f.exception()); }}};
  for (auto const& [name, call] : calls) {
    try {
      call();
      log("not reached");
    } catch (fanout::invalid_state const& e) {
      log(name, "->", kind(e));
    }
  }
  log("done", f.done(), "cancelled", f.cancelled());
  log(co_await f);
  log(f.result());
  log("has exception:", f.exception() != nullptr);
}

program const entry("30_invalid_state", [] { run_virtual(async_main()); });

} // namespace parity::p30_invalid_state
