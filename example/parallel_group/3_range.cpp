//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// As many children as there are words; none is fine too.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <ranges>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<std::string> shout(std::string word) {
  asio::steady_timer timer(co_await asio::this_coro::executor, word.size() * 10ms);
  co_await timer.async_wait(asio::use_awaitable);
  co_return word + "!";
}

asio::awaitable<void> async_main() {
  std::vector<std::string> const words{"gather", "is", "short"};

  // [range_fanout]
  std::vector<std::string> const shouted =
      co_await fanout::gather(words | std::views::transform(shout));
  // [end]

  fmt::print("{}\n", shouted);
}

int main() { fanout::run(async_main()); }
