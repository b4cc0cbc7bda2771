//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With Asio alone: the first error cancels the other children, and is thrown when all have ended.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <exception>
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
  // [first_error_asio]
  auto const executor = co_await asio::this_coro::executor;
  auto const ended = co_await asio::experimental::make_parallel_group(
                         asio::co_spawn(executor, stock("apples", 40ms), asio::deferred),
                         asio::co_spawn(executor, stock("unicorns", 80ms), asio::deferred),
                         asio::co_spawn(executor, stock("pears", 10s), asio::deferred))
                         .async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  auto const& [order, apples_error, apples, unicorns_error, unicorns, pears_error, pears] = ended;
  std::array const errors{apples_error, unicorns_error, pears_error};
  for (std::size_t const i : order)
    if (errors[i]) std::rethrow_exception(errors[i]);
  fmt::print("{} pieces\n", apples + unicorns + pears);
  // [end]
}

int main() {
  asio::io_context context;
  asio::co_spawn(context, async_main(), [](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (std::exception const& e) {
      fmt::print("failed: {}\n", e.what());
    }
  });
  context.run();
}
