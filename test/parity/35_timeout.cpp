//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A time limit over a gather: the children that have not ended are cancelled, one that has ended
// keeps its result.

#include "support.hpp"

#include <fanout/timeout.hpp>

#include <string>

namespace parity::p35_timeout {

using fanout::timeout;

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

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const a = create_task(ex, child("a", 1));
  try {
    co_await timeout<virtual_clock>(7 * U, gather(a, child("b", 40)));
  } catch (fanout::deadline_exceeded const& e) {
    log(kind(e), "from wait_for");
  }
  log("a result", a.result());
  try {
    co_await timeout<virtual_clock>(7 * U,
                                    gather(child("c", 1), child("d", 40), return_exceptions));
  } catch (fanout::deadline_exceeded const& e) {
    log(kind(e), "from timeout()");
  }
  auto const r = co_await timeout<virtual_clock>(20 * U, gather(child("e", 1), child("f", 2)));
  log("in time:", joined(r));
}

program const entry("35_timeout", [] { run_virtual(async_main()); });

} // namespace parity::p35_timeout
