//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// first_success: the first child to succeed decides. With stagger the next mirror is asked only
// when the one before it takes too long, or fails: a hedged request.

#include <fanout/error.hpp>
#include <fanout/first_success.hpp>
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

awaitable<std::string> get(std::string mirror) {
  fmt::print("asking {}\n", mirror);
  if (mirror == "broken") throw std::runtime_error("out of order");
  co_await fanout::sleep(mirror == "slow" ? 10s : 20ms);
  co_return "the page, from " + mirror;
}

awaitable<void> async_main() {
  // [first_success]
  std::vector<std::string> const mirrors{"broken", "slow", "quick", "spare"};
  auto const page =
      co_await fanout::first_success(mirrors | std::views::transform(get), fanout::stagger(60ms));
  fmt::print("{}\n", page.value);
  // [end]

  // [all_failed]
  try {
    co_await fanout::first_success(get("broken"), get("broken"));
  } catch (fanout::all_failed const& e) {
    fmt::print("{} failures, the first: {}\n", e.failures().size(), e.failures().front().index);
  }
  // [end]

  // [quorum]
  std::vector<std::string> const replicas{"north", "south", "slow"};
  auto const two =
      co_await fanout::first_success(replicas | std::views::transform(get), fanout::quorum(2));
  for (auto const& each : two) fmt::print("{}\n", each.value);
  // [end]
}

int main() { fanout::run(async_main()); }
