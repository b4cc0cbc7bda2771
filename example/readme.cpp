//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The first example of README.md. It needs Boost alone:
//
//     g++ -std=c++20 -I include example/readme.cpp -o readme

#include <fanout.hpp>

#include <chrono>
#include <iostream>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

// [readme]
using boost::asio::awaitable;

awaitable<int> price(std::string shop) { // stands for a call over the network
  co_await fanout::sleep(shop.size() * 30ms);
  if (shop == "West") throw std::runtime_error("sold out");
  co_return static_cast<int>(shop.size()) * 11;
}

awaitable<void> async_main() {
  std::vector<std::string> const shops{"Corner", "West", "Harbour", "Interminable Warehouses"};
  auto const prices = co_await fanout::gather(
      shops | std::views::transform(price), // a call is made when its child starts
      fanout::limit(3),                     // at most three run at once
      fanout::deadline(400ms),              // then those that still run are cancelled
      fanout::return_exceptions);           // an error is a result like any other
  for (auto const& p : prices)
    std::cout << (p ? std::to_string(*p) : fanout::is_timed_out(p) ? "too late" : "failed") << '\n';
}

int main() { fanout::run(async_main()); }
// [end]
