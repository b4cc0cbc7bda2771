//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The future of a gather can be asked whether it is done: here before and after the await.

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
  auto const executor = co_await asio::this_coro::executor;
  auto const group = fanout::create_task(executor, fanout::gather(square(10), cube(10)));
  fmt::print("done: {}\n", group.done());
  auto const values = co_await group;
  fmt::print("[{}]\n", fmt::join(values, ", "));
  fmt::print("done: {}\n", group.done());
}

int main() { fanout::run(async_main()); }
