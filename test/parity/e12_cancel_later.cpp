//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An eager gather is cancelled while one child waits and one has ended.

#include "support.hpp"

#include <string>

namespace parity::pe12_cancel_later {

awaitable<std::string> child(std::string name, bool wait) {
  log(name, "starts");
  try {
    if (wait) co_await sleep(1s);
  } catch (system_error const&) {
    log(name, "cancelled");
    throw;
  }
  co_return name;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = eager_gather(ex, child("a", true), child("b", false), child("c", true));
  log("done:", f.done(), "cancel:", f.cancel());
  try {
    co_await f;
  } catch (system_error const&) {
    log("cancelled");
  }
  auto const g = eager_gather(ex, child("d", false));
  bool const done = g.done(), cancel = g.cancel();
  log("done:", done, "cancel:", cancel, co_await g);
}

program const entry("e12_cancel_later", [] { run_virtual(async_main()); });

} // namespace parity::pe12_cancel_later
