//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// return_exceptions with children that all end at once.

#include "support.hpp"

#include <string>
#include <utility>
#include <vector>

namespace parity::pe3_return_exceptions {

awaitable<int> child(int n) {
  log("child", n);
  if (n % 2 != 0) throw ValueError(std::to_string(n));
  co_return n;
}

/// Python's `repr`, of a value or an error.
std::string python_repr(fanout::result<int> const& r) {
  try {
    return std::to_string(r.value());
  } catch (ValueError const& e) {
    return "ValueError(" + std::string(e.what()) + ")";
  }
}

awaitable<std::vector<std::string>> all() {
  std::vector<awaitable<int>> children;
  for (int n = 0; n < 4; ++n) children.push_back(child(n));
  std::vector<std::string> texts;
  for (auto const& r : co_await gather(std::move(children), return_exceptions, eager))
    texts.push_back(python_repr(r));
  co_return texts;
}

awaitable<void> async_main() {
  auto const ex = co_await asio::this_coro::executor;
  auto const f = create_task(ex, all(), eager);
  log("done on return:", f.done());
  log(co_await f);
}

program const entry("e3_return_exceptions", [] { run_virtual(async_main()); });

} // namespace parity::pe3_return_exceptions
