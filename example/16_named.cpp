//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// named gives a child a name; with_index wraps the error that ends a gather in a gather_error,
// which tells whose it is. The cause is nested in it.

#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<double> quote(std::string symbol) {
  co_await fanout::sleep(20ms);
  if (symbol == "MSTF") throw std::runtime_error("no such symbol");
  co_return 42.5;
}

awaitable<void> async_main() {
  // [named]
  try {
    co_await fanout::gather(fanout::named("quote of AAPL", quote("AAPL")),
                            fanout::named("quote of MSTF", quote("MSTF")), fanout::with_index,
                            fanout::cancel_on_error);
  } catch (fanout::gather_error const& e) {
    fmt::print("{}\n", e.what());
    fmt::print("{}, {}\n", e.index(), e.name());
    try {
      std::rethrow_exception(e.cause());
    } catch (std::runtime_error const& cause) {
      fmt::print("{}\n", cause.what());
    }
  }
  // [end]
}

int main() { fanout::run(async_main()); }
