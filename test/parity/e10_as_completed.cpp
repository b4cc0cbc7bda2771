//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// as_completed: those that end at once come first, in the order of the arguments.

#include "support.hpp"

#include <fanout/as_completed.hpp>

#include <vector>

namespace parity::pe10_as_completed {

awaitable<int> child(int n, std::chrono::milliseconds wait) {
  log("child", n);
  if (wait > wait.zero()) co_await sleep(wait);
  co_return n;
}

awaitable<void> async_main() {
  std::vector<awaitable<int>> children;
  children.push_back(child(1, 20ms));
  children.push_back(child(2, 0ms));
  children.push_back(child(3, 10ms));
  children.push_back(child(4, 0ms));
  auto ends = fanout::as_completed(std::move(children), eager);
  while (auto const next = co_await ends.next()) {
    int const r = next->result.value();
    if (r == 2 || r == 4)
      log("first that ended at once");
    else
      log(r);
  }
}

program const entry("e10_as_completed", [] { run_virtual(async_main()); });

} // namespace parity::pe10_as_completed
