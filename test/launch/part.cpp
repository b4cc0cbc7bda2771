//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// One of two files of a program, which launch children in different ways: NAME and OWN say how.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <vector>

namespace asio = boost::asio;

static_assert(fanout::detail::has_own_launch == OWN);

static asio::awaitable<int> child(int value) {
  co_await asio::post(asio::use_awaitable);
  co_return value;
}

// Has the same name in both files, so that what is the same to the linker is linked once.
inline int sum_of_three(asio::io_context& context) {
  int sum = 0;
  std::vector<asio::awaitable<int>> children;
  for (int i = 1; i <= 3; ++i) children.push_back(child(i));
  fanout::gather(context,
                 std::move(children))([&sum](std::exception_ptr, std::vector<int> const& values) {
    for (int const value : values) sum += value;
  });
  context.run();
  return sum;
}

int NAME() {
  asio::io_context context(1);
  return sum_of_three(context);
}
