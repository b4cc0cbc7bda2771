//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two coroutines take turns: while one sleeps, the other goes on. The gather
// completes when both have ended.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> display_nums() {
  for (int n = 0; n < 5; ++n) {
    fmt::print("{}\n", n);
    co_await fanout::sleep(20ms);
  }
}

awaitable<void> display_letters() {
  for (char letter = 'A'; letter <= 'E'; ++letter) {
    fmt::print("{}\n", letter);
    co_await fanout::sleep(20ms);
  }
}

awaitable<void> async_main() {
  fmt::print("Started\n");
  co_await fanout::gather(display_nums(), display_letters());
  fmt::print("Finished\n");
}

int main() { fanout::run(async_main()); }
