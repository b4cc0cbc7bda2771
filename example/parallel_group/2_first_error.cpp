//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The first error cancels the other children, and is thrown when all have ended.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> stock(std::string item, std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
  if (item == "unicorns") throw std::runtime_error("nobody has " + item);
  co_return static_cast<int>(item.size()) * 10;
}

asio::awaitable<void> async_main() {
  // [first_error_fanout]
  auto const ended = co_await fanout::gather(stock("apples", 40ms), stock("unicorns", 80ms),
                                             stock("pears", 10s), fanout::cancel_on_error);
  auto const& [apples, unicorns, pears] = ended;
  fmt::print("{} pieces\n", apples + unicorns + pears);
  // [end]
}

int main() {
  try {
    fanout::run(async_main());
  } catch (std::exception const& e) {
    fmt::print("failed: {}\n", e.what());
  }
}
