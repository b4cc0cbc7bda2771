//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// return_exceptions belongs to one gather: those inside it, or around it, do not inherit it.

#include "support.hpp"

#include <string>

namespace parity::p40_nested_return_exceptions {

awaitable<int> ok(int v) {
  co_await sleep(2 * U);
  co_return v;
}

awaitable<int> fail(std::string msg) {
  co_await sleep(1 * U);
  throw ValueError(msg);
}

awaitable<void> async_main() {
  {
    auto const r = co_await gather(gather(ok(1), fail("x")), ok(3), return_exceptions);
    log("outer true, inner false:", joined(r, " | "));
  }
  {
    auto const r = co_await gather(gather(ok(1), fail("y"), return_exceptions), ok(3));
    auto const& [inner, three] = r;
    log("outer false, inner true:", joined(inner, " , "), "|", three);
  }
  try {
    co_await gather(gather(ok(1), fail("z")), ok(3));
  } catch (ValueError const& e) {
    log("both false:", e);
  }
  co_await sleep(2 * U);
}

program const entry("40_nested_return_exceptions", [] { run_virtual(async_main()); });

} // namespace parity::p40_nested_return_exceptions
