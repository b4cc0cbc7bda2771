//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Three coroutines run at once. They start in the order of the arguments, and those that sleep
// equally long wake in the order in which they fell asleep.
//
// The Python program: see the documentation of asyncio, the example of gather.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> factorial(std::string name, int number) {
  int f = 1;
  for (int i = 2; i <= number; ++i) {
    fmt::print("Task {}: Compute factorial({})...\n", name, i);
    co_await fanout::sleep(20ms);
    f *= i;
  }
  fmt::print("Task {}: factorial({}) = {}\n", name, number, f);
}

awaitable<void> async_main() {
  co_await fanout::gather(factorial("A", 2), factorial("B", 3), factorial("C", 4));
}

int main() { fanout::run(async_main()); }
