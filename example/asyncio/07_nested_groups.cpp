//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather of two gathers. Each group is a task, whose future is gathered like any other child; the
// results nest as the groups do.

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
  auto const group2 = fanout::create_task(executor, fanout::gather(square(20), cube(20)));

  auto const [values1, values2] = co_await fanout::gather(group1, group2);
  fmt::print("[[{}], [{}]]\n", fmt::join(values1, ", "), fmt::join(values2, ", "));
  fmt::print("Finished\n");
}

int main() { fanout::run(async_main()); }
