//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Results of different types, each by its name.

#include "support.hpp"

#include <string>

namespace parity::p44_heterogeneous {

awaitable<int> number() {
  co_await sleep(2 * U);
  co_return 42;
}

awaitable<std::string> text() {
  co_await sleep(1 * U);
  co_return "text";
}

awaitable<double> real() { co_return 2.5; }

awaitable<bool> flag() { co_return true; }

awaitable<void> async_main() {
  auto const results = co_await gather(number(), text(), real(), flag());
  auto const& [n, s, d, f] = results;
  log(n, s, d, f);
}

program const entry("44_heterogeneous", [] { run_virtual(async_main()); });

} // namespace parity::p44_heterogeneous
