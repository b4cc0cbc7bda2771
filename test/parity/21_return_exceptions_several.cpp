//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With return_exceptions the gather waits for all, and every error stands at its own place.

#include "support.hpp"

#include <string>
#include <tuple>

namespace parity::p21_return_exceptions_several {

awaitable<int> ok(int v, int units) {
  co_await sleep(units * U);
  log("ok", v);
  co_return v;
}

template <class Error>
awaitable<int> fail(Error e, int units) {
  co_await sleep(units * U);
  log("fail", e);
  throw e;
}

std::string kind_or_value(fanout::result<int> const& x) { return x ? show(*x) : kind(x.error()); }

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f =
      create_task(ex, gather(fail(ValueError("first"), 2), ok(1, 15), fail(IndexError("middle"), 6),
                             ok(2, 4), fail(RuntimeError("last"), 1), return_exceptions));
  co_await sleep(11 * U);
  log("after all errors, done:", f.done());
  auto const r = co_await f;
  std::apply([](auto const&... x) { log("kinds:", kind_or_value(x)...); }, r);
  log("has exception:", f.exception() != nullptr);
}

program const entry("21_return_exceptions_several", [] { run_virtual(async_main()); });

} // namespace parity::p21_return_exceptions_several
