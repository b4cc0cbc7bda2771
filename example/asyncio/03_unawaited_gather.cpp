//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A gather that is not awaited. asyncio.gather starts its children by itself; here create_task
// starts them and gives a future. When main ends, run does not wait for them: it cancels what is
// left.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <chrono>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> square(int num) {
  co_await fanout::sleep(1s);
  fmt::print("not reached: square {}\n", num);
  co_return (num * num);
}

asio::awaitable<int> cube(int num) {
  co_await fanout::sleep(1s);
  fmt::print("not reached: cube {}\n", num);
  co_return (num * num * num);
}

asio::awaitable<void> async_main() {
  auto const executor = co_await asio::this_coro::executor;
  auto const result =
      fanout::create_task(executor, fanout::gather(square(10), cube(10), square(11), cube(11),
                                                   fanout::return_exceptions));
  fmt::print("{}\n", result.done() ? "done" : "pending");
}

int main() {
  fanout::run(async_main());
  fmt::print("run returned\n");
}
