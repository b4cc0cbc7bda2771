//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A view that owns its container is moved in.
// expect: fanout: this range cannot be copied: move it, as in gather(std::move(range))

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <ranges>
#include <utility>
#include <vector>

boost::asio::awaitable<int> get(int number);

auto operation(std::vector<int> numbers) {
  auto children = std::move(numbers) | std::views::transform(get);
  return fanout::gather(children);
}
