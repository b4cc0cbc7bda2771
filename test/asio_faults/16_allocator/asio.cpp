//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: The allocator of the handler is not used, and a group makes 7 allocations for a child
//       beside its frame
// see: chriskohlhoff/asio#1278, chriskohlhoff/asio#1427
// with: ../support/allocations.cpp

#include "../verdict.hpp"
#include "counting_allocator.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

namespace asio = boost::asio;

asio::awaitable<int> one() { co_return 1; }

int main() {
  asio::io_context context;
  std::vector<decltype(asio::co_spawn(context, one(), asio::deferred))> children;
  for (int i = 0; i < 1000; ++i) children.push_back(asio::co_spawn(context, one(), asio::deferred));
  std::size_t results = 0;
  std::size_t taken = 0;
  auto const done = [&](std::vector<std::size_t>, std::vector<std::exception_ptr>,
                        std::vector<int> const& numbers) { results = numbers.size(); };

  fanout_test::heap_mark const start;
  asio::experimental::make_parallel_group(std::move(children))
      .async_wait(asio::experimental::wait_for_all(),
                  asio::bind_allocator(counting_allocator<int>(taken), done));
  context.run();
  auto const allocations = start.since().allocations;
  if (results != 1000) return verdict::fault("the results are not there");
  std::printf("%zu allocations, %zu bytes by the allocator\n", allocations, taken);
  if (taken > 0 && allocations <= 1000) return verdict::mended("uses the allocator");
  return verdict::fault("the group takes its memory elsewhere");
}
