//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Cancelling the outer one of nested gathers reaches every child that has not ended, depth first in
// the order of the arguments; return_exceptions of an inner one does not stop it.

#include "support.hpp"

#include <string>

namespace parity::p78_nested_cancel_outer {

awaitable<std::string> child(std::string name, int units = 50) {
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
  auto const in1 =
      create_task(ex, gather(child("b"), child("c", 1), child("d"), return_exceptions));
  auto const in2 = create_task(ex, gather(gather(child("e")), child("f")));
  auto const outer = create_task(ex, gather(child("a"), in1, in2, child("g")));
  co_await sleep(7 * U);
  log("outer.cancel():", outer.cancel());
  log("done right after:", outer.done(), in1.done(), in2.done());
  try {
    co_await outer;
  } catch (system_error const& e) {
    log("caught", e);
  }
  co_await sleep(1 * U);
  auto const tell = [](char const* name, auto const& f) {
    log(name, "done", f.done(), "cancelled", f.cancelled(), "exception", exception_of(f));
  };
  tell("in1", in1);
  tell("in2", in2);
}

program const entry("78_nested_cancel_outer", [] { run_virtual(async_main()); });

} // namespace parity::p78_nested_cancel_outer
