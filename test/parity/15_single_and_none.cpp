//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// One child, and children that return nothing: each has its place.

#include "support.hpp"

#include <tuple>

namespace parity::p15_single_and_none {

awaitable<int> seven() {
  co_await sleep(1 * U);
  co_return 7;
}

awaitable<void> nothing() { co_await sleep(1 * U); }

awaitable<void> async_main() {
  auto const one = co_await gather(seven());
  log(std::tuple_size_v<decltype(one)>, joined(one));
  auto const three = co_await gather(nothing(), seven(), nothing());
  log(std::tuple_size_v<decltype(three)>, joined(three));
}

program const entry("15_single_and_none", [] { run_virtual(async_main()); });

} // namespace parity::p15_single_and_none
