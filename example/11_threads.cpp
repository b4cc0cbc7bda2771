//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// bind_executor(executor, child) runs one child elsewhere. Here the children compute on a pool of
// threads, while the coroutine that awaits them stays on its own.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <ranges>
#include <thread>

namespace asio = boost::asio;

bool is_prime(int n) {
  auto const divides = [n](int d) { return n % d == 0; };
  auto const candidates =
      std::views::iota(2) | std::views::take_while([n](int d) { return d * d <= n; });
  return n > 1 && std::ranges::none_of(candidates, divides);
}

// Runs on a thread of the pool: it owns what it uses, and shares nothing.
asio::awaitable<int> count_primes(int from, int to) {
  co_return static_cast<int>(std::ranges::count_if(std::views::iota(from, to), is_prime));
}

asio::awaitable<void> async_main() {
  auto const here = std::this_thread::get_id();

  // [pool]
  asio::thread_pool pool(4);
  auto const on_pool = [&pool](int i) {
    return asio::bind_executor(pool, count_primes(i * 25'000, (i + 1) * 25'000));
  };
  auto const counts =
      co_await fanout::gather(std::views::iota(0, 4) | std::views::transform(on_pool));
  // [end]

  fmt::print("{} primes below 100000\n", std::reduce(counts.begin(), counts.end()));
  fmt::print("back on the same thread: {}\n", here == std::this_thread::get_id());
}

int main() { fanout::run(async_main()); }
