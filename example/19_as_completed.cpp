//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// as_completed gives the ends of its children in the order in which they come, while the others run
// on.

#include <fanout/as_completed.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> bake(std::string cake) {
  co_await fanout::sleep(cake.size() * 10ms);
  if (cake == "soufflee") throw std::runtime_error("it fell in");
  co_return "one " + cake;
}

awaitable<void> async_main() {
  // [as_completed]
  std::vector<std::string> const cakes{"cheesecake", "pie", "soufflee", "tart"};
  auto oven = fanout::as_completed(cakes | std::views::transform(bake));
  while (auto const done = co_await oven.next()) {
    if (done->result)
      fmt::print("{}\n", *done->result);
    else
      fmt::print("no {}\n", cakes[done->index]);
  }
  // [end]

  // [close]
  auto more = fanout::as_completed(cakes | std::views::transform(bake), fanout::limit(2));
  auto const first = co_await more.next();
  fmt::print("enough with {}\n", cakes[first->index]);
  co_await more.close(); // cancels the others and waits for them
  // [end]
}

int main() { fanout::run(async_main()); }
