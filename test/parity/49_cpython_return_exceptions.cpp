//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Promised values and errors, with return_exceptions: each at its place, and the very same objects.

#include "support.hpp"

#include <exception>
#include <tuple>

namespace parity::p49_cpython_return_exceptions {

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  promise<int> a(ex), b(ex), c(ex), d(ex);
  auto const fut = create_task(ex, gather(a.get_future(), b.get_future(), c.get_future(),
                                          d.get_future(), return_exceptions));
  auto const exc = std::make_exception_ptr(ZeroDivisionError("one"));
  auto const exc2 = std::make_exception_ptr(RuntimeError("two"));
  b.set_value(1);
  c.set_exception(exc);
  a.set_value(3);
  co_await sleep(1 * U);
  log("done", fut.done());
  d.set_exception(exc2);
  co_await sleep(1 * U);
  log("done", fut.done());
  auto const& r = fut.result();
  log(joined(r, ", "));
  log("same objects:", std::get<2>(r).error() == exc && std::get<3>(r).error() == exc2);
}

program const entry("49_cpython_return_exceptions", [] { run_virtual(async_main()); });

} // namespace parity::p49_cpython_return_exceptions
