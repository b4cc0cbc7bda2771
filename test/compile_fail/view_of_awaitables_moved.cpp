//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Moving a view does not move what it refers to.
// expect: fanout: this view does not own its children, which cannot be copied: gather the container itself, as in gather(std::move(range)), or a view that moves them

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>

#include <span>
#include <utility>

auto operation(std::span<boost::asio::awaitable<int>> children) {
  return fanout::gather(std::move(children));
}
