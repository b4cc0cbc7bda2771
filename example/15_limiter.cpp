//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A limiter is a limit that many share: here two gathers, and a coroutine of its own, which
// together run at most two queries at once. What comes first is served first.

#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ranges>

using boost::asio::awaitable;
using namespace std::chrono_literals;

int running = 0;
int most = 0;

awaitable<int> query(int n) {
  most = std::max(most, ++running);
  co_await fanout::sleep(30ms);
  --running;
  co_return n* n;
}

awaitable<int> report(fanout::limiter& database) {
  // [acquire]
  auto const permit = co_await database.acquire(); // until the end of the block
  co_return co_await query(7);
  // [end]
}

awaitable<void> async_main() {
  // [limiter]
  fanout::limiter database(2);
  auto const small = std::views::iota(1, 5) | std::views::transform(query);
  auto const large = std::views::iota(100, 105) | std::views::transform(query);
  auto const all = co_await fanout::gather(fanout::gather(small, fanout::limit(database)),
                                           fanout::gather(large, fanout::limit(database)),
                                           report(database), fanout::cancel_on_error);
  // [end]
  auto const& [squares, large_squares, one] = all;
  fmt::print("{} and {} queries and a report, at most {} at once\n", squares.size(),
             large_squares.size(), most);
}

int main() { fanout::run(async_main()); }
