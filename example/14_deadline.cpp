//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// deadline(d) ends the whole gather at a moment. With return_exceptions it delivers what is there
// by then: the places of the others hold deadline_exceeded.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <ranges>
#include <string>
#include <vector>

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<int> price(std::string shop) {
  co_await fanout::sleep(shop.size() * 20ms);
  co_return static_cast<int>(shop.size()) * 11;
}

awaitable<void> async_main() {
  // [deadline]
  std::vector<std::string> const shops{"Corner", "Aleph", "Interminable Warehouses"};
  auto const prices = co_await fanout::gather(shops | std::views::transform(price),
                                              fanout::deadline(200ms), fanout::return_exceptions);
  for (std::size_t i = 0; i < shops.size(); ++i)
    fmt::print("{}: {}\n", shops[i], prices[i] ? std::to_string(*prices[i]) : "no answer");
  // [end]

  try {
    co_await fanout::gather(shops | std::views::transform(price), fanout::deadline(200ms));
  } catch (fanout::deadline_exceeded const& e) {
    fmt::print("{}\n", e.what());
  }
}

int main() { fanout::run(async_main()); }
