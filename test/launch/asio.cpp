//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Compiled against an Asio that EXPECTED says something of: whether the library launches children
// itself there. Nothing else may change.

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

static_assert(fanout::detail::has_own_launch == EXPECTED);

boost::asio::awaitable<int> child(int value) { co_return value; }

boost::asio::awaitable<int> sum() {
  auto const values = co_await fanout::gather(child(1), child(2));
  auto const& [one, two] = values;
  co_return one + two;
}
