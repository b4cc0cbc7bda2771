//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// limit(n) keeps at most n children running; the next starts as one ends. A lazy range is advanced
// as its children start, so that a range of a million costs no more memory than its results.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <ranges>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<int> work(int n) {
  fmt::print("{} starts\n", n);
  co_await fanout::sleep(n == 1 ? 80ms : 160ms);
  fmt::print("{} ends\n", n);
  co_return n * 100;
}

awaitable<void> async_main() {
  // [limit]
  auto const jobs = std::views::iota(1, 6) | std::views::transform(work);
  auto const results = co_await fanout::gather(jobs, fanout::limit(2));
  // [end]
  fmt::print("{}\n", results);
}

int main() { fanout::run(async_main()); }
