//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather that is cancelled before its children have started. What awaits it gets Asio's error
// operation_aborted, which asyncio calls CancelledError; here it leaves async_main, and then run.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

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
  group.cancel();
  co_await group; // throws
}

int main() {
  try {
    fanout::run(async_main());
    fmt::print("not reached\n");
  } catch (boost::system::system_error const& e) {
    if (!fanout::is_cancelled(e.code())) throw;
    fmt::print("run raised CancelledError\n");
  }
}
