//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The second of five promises fails, and so does their gather. What becomes of the others changes
// nothing any more.

#include "support.hpp"

#include <exception>

namespace parity::p48_cpython_one_exception {

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  promise<int> a(ex), b(ex), c(ex), d(ex), e(ex);
  auto const fut = create_task(
      ex, gather(a.get_future(), b.get_future(), c.get_future(), d.get_future(), e.get_future()));
  int called = 0;
  fut.add_done_callback([&called](auto const&) { ++called; });
  auto const exc = std::make_exception_ptr(ZeroDivisionError("zde"));
  a.set_value(1);
  b.set_exception(exc);
  co_await sleep(1 * U);
  log("done", fut.done(), "called", called, "same error", fut.exception() == exc);
  c.set_value(3);
  log("d.cancel():", d.cancel());
  e.set_exception(std::make_exception_ptr(RuntimeError("late")));
  co_await sleep(1 * U);
  log("still", fut.exception(), "called", called);
}

program const entry("48_cpython_one_exception", [] { run_virtual(async_main()); });

} // namespace parity::p48_cpython_one_exception
