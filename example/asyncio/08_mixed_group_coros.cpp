//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The future of a gather beside plain coroutines: whatever can be awaited can be gathered.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> square(int num) {
  co_await fanout::sleep(20ms);
  co_return (num * num);
}

asio::awaitable<int> cube(int num) {
  co_await fanout::sleep(20ms);
  co_return (num * num * num);
}

asio::awaitable<void> async_main() {
  fmt::print("Started\n");
  auto const executor = co_await asio::this_coro::executor;
  auto const group1 = fanout::create_task(executor, fanout::gather(square(10), cube(10)));

  auto const [values1, square20, square30] =
      co_await fanout::gather(group1, square(20), square(30));
  fmt::print("[[{}], {}, {}]\n", fmt::join(values1, ", "), square20, square30);
  fmt::print("Finished\n");
}

int main() { fanout::run(async_main()); }
