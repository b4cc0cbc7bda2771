//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The container must be there at the end.
// expect: deleted

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <vector>

boost::asio::awaitable<int> child();

auto operation() {
  return fanout::gather(child(), fanout::completion_order(std::vector<std::size_t>()));
}
