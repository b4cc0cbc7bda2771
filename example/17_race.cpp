//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// race: the first child to end decides, and the others are cancelled. Children of several types
// give a variant.

#include <fanout/race.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <variant>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> hare() {
  co_await fanout::sleep(10s);
  co_return "the hare, after a nap";
}

awaitable<std::string> tortoise() {
  co_await fanout::sleep(40ms);
  co_return "the tortoise";
}

awaitable<void> async_main() {
  // [race]
  auto const first = co_await fanout::race(hare(), tortoise());
  fmt::print("{}, number {}\n", first.value, first.index);
  // [end]

  // [race_sleep]
  auto const heard = co_await fanout::race(hare(), fanout::sleep(80ms));
  if (std::holds_alternative<std::monostate>(heard.value)) fmt::print("nobody has come\n");
  // [end]

  // [race_all]
  auto const all = co_await fanout::race(hare(), tortoise(), fanout::return_exceptions);
  auto const& [of_hare, of_tortoise] = all.value;
  fmt::print("{}, and the hare was {}\n", *of_tortoise,
             fanout::is_cancelled(of_hare) ? "called back" : "there too");
  // [end]
}

int main() { fanout::run(async_main()); }
