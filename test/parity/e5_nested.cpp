//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather in a gather, both eager: depth first.

#include "support.hpp"

#include <string>
#include <tuple>

namespace parity::pe5_nested {

using pair = std::tuple<std::string, std::string>;

awaitable<std::string> leaf(std::string name, bool wait) {
  log(name, "starts");
  if (wait) {
    co_await turn();
    log(name, "goes on");
  }
  co_return name;
}

awaitable<pair> inner(std::string name, bool wait) {
  log(name, "starts");
  auto r = co_await gather(leaf(name + "1", wait), leaf(name + "2", false), eager);
  log(name, "ends");
  co_return r;
}

awaitable<void> async_main() {
  log(co_await gather(inner("a", false), inner("b", true), leaf("c", false), eager));
}

program const entry("e5_nested", [] { run_virtual(async_main()); });

} // namespace parity::pe5_nested
