//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: takes all memory of the gather from it, a few blocks for any number of children
// with: ../support/allocations.cpp

#include "../verdict.hpp"
#include "counting_allocator.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

namespace asio = boost::asio;

asio::awaitable<int> one() { co_return 1; }

int main() {
  asio::io_context context;
  std::vector<asio::awaitable<int>> children;
  for (int i = 0; i < 1000; ++i) children.push_back(one());
  std::size_t results = 0;
  std::size_t taken = 0;
  auto const done = [&](std::exception_ptr, std::vector<int> const& numbers) {
    results = numbers.size();
  };

  fanout_test::heap_mark const start;
  fanout::gather(context,
                 std::move(children))(asio::bind_allocator(counting_allocator<int>(taken), done));
  context.run();
  auto const allocations = start.since().allocations;
  if (results != 1000) return verdict::wrong("the results are not there");
  std::printf("%zu allocations, %zu bytes by the allocator\n", allocations, taken);
  if (taken < 1000 * sizeof(int)) return verdict::wrong("the results are not in its memory");
  if (allocations > 20) return verdict::wrong("there are allocations for each child");
  return verdict::right("no allocation for a child, and the gather's are by the allocator");
}
