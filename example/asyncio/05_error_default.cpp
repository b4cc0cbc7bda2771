//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A child that fails, by default: its exception is thrown where the gather is awaited. It
// is not caught there, so it leaves async_main, and then run.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>

using boost::asio::awaitable;
using namespace std::chrono_literals;

// Python's int(text); std::invalid_argument stands for its ValueError.
int to_int(std::string const& text) {
  int number = 0;
  auto const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end)
    throw std::invalid_argument("invalid literal for int() with base 10: '" + text + "'");
  return number;
}

awaitable<int> square(std::string text) {
  co_await fanout::sleep(20ms);
  int const num = to_int(text);
  co_return (num * num);
}

awaitable<int> cube(std::string text) {
  co_await fanout::sleep(20ms);
  int const num = to_int(text);
  co_return (num * num * num);
}

awaitable<void> async_main() {
  fmt::print("Started\n");
  auto const return_values =
      co_await fanout::gather(square("10"), cube("10"), square("eleven"), cube("11"));
  fmt::print("[{}]\n", fmt::join(return_values, ", "));
  fmt::print("Finished\n");
}

int main() {
  try {
    fanout::run(async_main());
  } catch (std::invalid_argument const& e) {
    fmt::print("run raised ValueError: {}\n", e.what());
  }
}
