//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// One of three divisions fails. With return_exceptions the others are not lost, and the exception
// stands among their results.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<double> divide(double x, double y) {
  fmt::print("Dividing {} by {}\n", x, y);
  co_await fanout::sleep(20ms);
  if (y == 0) throw std::domain_error("Cannot divide by zero");
  co_return x / y;
}

void show(fanout::result<double> const& r) {
  try {
    fmt::print("Result: {:.1f}\n", r.value());
  } catch (std::domain_error const& e) {
    fmt::print("Error: {}\n", e.what());
  }
}

awaitable<void> async_main() {
  auto const results = co_await fanout::gather(divide(10, 2), divide(20, 0), divide(30, 5),
                                               fanout::return_exceptions);
  auto const& [first, second, third] = results;
  show(first);
  show(second);
  show(third);
}

int main() { fanout::run(async_main()); }
