//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// By default the first error, in time, ends the gather at once, with that very exception. The other
// children are not cancelled: they run on, and may outlive the scope that started them. So they own
// what they use, here by taking their arguments by value.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>

using boost::asio::awaitable;
using namespace std::chrono_literals;

struct sold_out : std::runtime_error {
  using std::runtime_error::runtime_error;
};

awaitable<void> order(std::string what, std::chrono::milliseconds duration) {
  co_await fanout::sleep(duration);
  if (what == "flowers") throw sold_out("no flowers today");
  fmt::print("{} ordered\n", what);
}

awaitable<void> async_main() {
  // [errors]
  try {
    co_await fanout::gather(order("cake", 40ms), order("flowers", 80ms), order("music", 160ms));
  } catch (sold_out const& e) {
    fmt::print("failed: {}\n", e.what());
  }
  // [end]
  co_await fanout::sleep(160ms); // what still ran at the end of main would be cancelled by run
  fmt::print("main is done\n");
}

int main() { fanout::run(async_main()); }
