//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A named awaitable runs once, too.
// expect: fanout: this child cannot be copied: move it

#include <fanout/gather.hpp>
#include <fanout/named.hpp>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> child();

auto operation() {
  auto named = fanout::named("a", child());
  return fanout::gather(named);
}
