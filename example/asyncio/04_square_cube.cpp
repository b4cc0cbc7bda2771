//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What the children return stands in the order of the arguments: in a list there, in a tuple here.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<int> square(int num) {
  co_await fanout::sleep(20ms);
  co_return (num * num);
}

awaitable<int> cube(int num) {
  co_await fanout::sleep(20ms);
  co_return (num * num * num);
}

awaitable<void> async_main() {
  fmt::print("Started\n");
  auto const return_values = co_await fanout::gather(square(10), cube(10), square(11), cube(11));
  fmt::print("[{}]\n", fmt::join(return_values, ", "));
  fmt::print("Finished\n");
}

int main() { fanout::run(async_main()); }
