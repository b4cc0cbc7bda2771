//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// One promise is cancelled: by default that ends the gather, with return_exceptions it is a result.

#include "support.hpp"

#include <exception>

namespace parity::p50_cpython_one_cancellation {

awaitable<void> by_default() {
  auto const ex = co_await asio::this_coro::executor;
  promise<int> a(ex), b(ex), c(ex), d(ex), e(ex);
  auto const fut = create_task(
      ex, gather(a.get_future(), b.get_future(), c.get_future(), d.get_future(), e.get_future()));
  a.set_value(1);
  b.cancel();
  co_await sleep(1 * U);
  log("done", fut.done(), "cancelled", fut.cancelled(), "exception", exception_of(fut));
  c.set_value(3);
  d.cancel();
  e.set_exception(std::make_exception_ptr(RuntimeError("ignored")));
  co_await sleep(1 * U);
  log("still", exception_of(fut));
}

awaitable<void> with_return_exceptions() {
  auto const ex = co_await asio::this_coro::executor;
  promise<int> a(ex), b(ex), c(ex), d(ex), e(ex), f(ex);
  auto const fut =
      create_task(ex, gather(a.get_future(), b.get_future(), c.get_future(), d.get_future(),
                             e.get_future(), f.get_future(), return_exceptions));
  a.set_value(1);
  b.set_exception(std::make_exception_ptr(ZeroDivisionError("zde")));
  c.cancel();
  co_await sleep(1 * U);
  log("done", fut.done());
  d.set_value(3);
  e.cancel();
  f.set_exception(std::make_exception_ptr(RuntimeError("rte")));
  log(joined(co_await fut, ", "));
}

awaitable<void> async_main() {
  co_await by_default();
  co_await with_return_exceptions();
}

program const entry("50_cpython_one_cancellation", [] { run_virtual(async_main()); });

} // namespace parity::p50_cpython_one_cancellation
