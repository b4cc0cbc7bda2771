//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The function of a group refers to the group.
// expect: fanout: with_task_group takes a callable with a parameter of type task_group&, which returns a child

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

auto operation() {
  return fanout::with_task_group(
      [](fanout::task_group) -> boost::asio::awaitable<void> { co_return; });
}
