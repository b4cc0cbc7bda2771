//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two ranges.
// expect: fanout: a range of children stands alone, before the policies: gather it by itself, as in f(gather(range), a)

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <utility>
#include <vector>

auto operation(std::vector<boost::asio::awaitable<int>> a,
               std::vector<boost::asio::awaitable<int>> b) {
  return fanout::gather(std::move(a), std::move(b));
}
