//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Children whose types are local to this file cause no warning, in the default mode or another.

#include <fanout/gather.hpp>

namespace {

using boost::asio::awaitable;

awaitable<int> one() { co_return 1; }

struct local {
  awaitable<int> operator()() { co_return 2; }
};

awaitable<int> sum() {
  auto lambda = []() -> awaitable<int> { co_return 3; };
  auto [a, b, c] = co_await fanout::gather(one(), local(), lambda);
  co_return a + b + c;
}

} // namespace

static awaitable<bool> succeed() {
  auto lambda = []() -> awaitable<int> { co_return 4; };
  auto [a, b] = co_await fanout::gather(lambda, local(), fanout::return_exceptions);
  co_return a.has_value() && b.has_value();
}

boost::asio::awaitable<bool> local_children() {
  co_return co_await sum() == 6 && co_await succeed();
}
