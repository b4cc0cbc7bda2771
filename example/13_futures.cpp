//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task runs even if nothing waits for it. Its future can be awaited any number of times, asked,
// named and cancelled. A promise is a future that is set by hand, by code that is no coroutine.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> count(std::string what, std::chrono::milliseconds duration) {
  fmt::print("counting {}\n", what);
  co_await fanout::sleep(duration);
  co_return static_cast<int>(what.size());
}

// Calls `answer` on a thread of its own.
std::jthread ask(std::function<void(std::string)> answer) {
  return std::jthread([answer = std::move(answer)] { answer("forty-two"); });
}

asio::awaitable<void> take_stock() {
  // [task]
  auto const executor = co_await asio::this_coro::executor;
  auto const apples = fanout::create_task(executor, count("apples", 40ms), "apples");
  auto const figs = fanout::create_task(executor, count("figs", 80ms), "figs");
  fmt::print("nothing has run yet\n");
  // [end]

  // [callback]
  apples.add_done_callback([](fanout::future<int> const& counted) {
    fmt::print("{}: {}\n", counted.name(), counted.result());
  });
  // [end]

  // [wait]
  auto const [first, second, again] = co_await fanout::gather(apples, figs, apples);
  fmt::print("{} and {}, and {} as before\n", first, second, again);
  // [end]

  // [cancel]
  auto const stones = fanout::create_task(executor, count("stones", 1h), "stones");
  co_await fanout::sleep(10ms);
  stones.cancel();
  try {
    co_await stones;
  } catch (boost::system::system_error const&) {
    fmt::print("{}: cancelled {}\n", stones.name(), stones.cancelled());
  }
  // [end]

  // [promise]
  auto const promise = std::make_shared<fanout::promise<std::string>>(executor);
  auto const thread = ask([promise](std::string text) { promise->set_value(std::move(text)); });
  fmt::print("the answer is {}\n", co_await promise->get_future());
  // [end]
}

int main() { fanout::run(take_stock()); }
