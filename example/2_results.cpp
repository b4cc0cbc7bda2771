//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Results stand in the order of the arguments, whatever ends first. Children that are given one by
// one may yield different types and give a tuple; a range of children gives a vector.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <ranges>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> name() {
  co_await fanout::sleep(120ms);
  fmt::print("the name is there\n");
  co_return "Ada";
}

awaitable<int> year() {
  co_await fanout::sleep(40ms);
  fmt::print("the year is there\n");
  co_return 1815;
}

awaitable<void> warm_up() {
  co_await fanout::sleep(80ms);
  fmt::print("warm\n");
}

awaitable<int> square(int n) {
  co_await fanout::sleep((5 - n) * 40ms);
  co_return n* n;
}

awaitable<void> async_main() {
  // [tuple]
  auto const results = co_await fanout::gather(name(), warm_up(), year());
  auto const& [who, nothing, born] = results; // a child that yields nothing: std::monostate
  // [end]
  static_assert(std::is_same_v<decltype(nothing), std::monostate const>);
  fmt::print("{}, born {}\n", who, born);

  // [vector]
  std::vector<int> const squares =
      co_await fanout::gather(std::views::iota(1, 5) | std::views::transform(square));
  // [end]
  fmt::print("{}\n", squares);
}

int main() { fanout::run(async_main()); }
