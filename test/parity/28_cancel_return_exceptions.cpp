//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather that is cancelled throws, also with return_exceptions: the results there were are lost.

#include "support.hpp"

#include <string>
#include <tuple>

namespace parity::p28_cancel_return_exceptions {

awaitable<std::string> child(std::string name, int units) {
  try {
    co_await sleep(units * U);
  } catch (system_error const&) {
    log("cancelled", name);
    throw;
  }
  log("finish", name);
  co_return name;
}

awaitable<std::string> fail() {
  co_await sleep(1 * U);
  log("fail");
  throw ValueError("lost");
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, gather(child("a", 1), fail(), child("c", 40), return_exceptions));
  co_await sleep(7 * U);
  log("cancel():", f.cancel());
  try {
    auto const r = co_await f;
    log("not reached", std::tuple_size_v<decltype(r)>);
  } catch (system_error const& e) {
    log("caught", e);
  }
  log("done", f.done(), "cancelled", f.cancelled());
}

program const entry("28_cancel_return_exceptions", [] { run_virtual(async_main()); });

} // namespace parity::p28_cancel_return_exceptions
