//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two greetings at once. Both begin before either ends, and the quick one ends first.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> say_hello(std::string name, std::chrono::milliseconds duration) {
  fmt::print("Hello, {}!\n", name);
  co_await fanout::sleep(duration);
  fmt::print("Goodbye, {}!\n", name);
  co_return name + " is done";
}

awaitable<void> async_main() {
  auto const results =
      co_await fanout::gather(say_hello("Mr. Turtle", 40ms), say_hello("Mr. Wolf", 80ms));
  auto const& [turtle, wolf] = results;
  fmt::print("['{}', '{}']\n", turtle, wolf);
}

int main() { fanout::run(async_main()); }
