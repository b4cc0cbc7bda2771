//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With Asio alone: as many children as there are words. The group needs at least one, and all of
// them run at once.

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
#include <fmt/ranges.h>

#include <chrono>
#include <exception>
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

  // [range_asio]
  std::vector<std::string> shouted;
  if (!words.empty()) {
    auto const executor = co_await asio::this_coro::executor;
    using operation = decltype(asio::co_spawn(executor, shout(""), asio::deferred));
    std::vector<operation> operations;
    operations.reserve(words.size());
    for (std::string const& word : words)
      operations.push_back(asio::co_spawn(executor, shout(word), asio::deferred));
    auto ended = co_await asio::experimental::make_parallel_group(std::move(operations))
                     .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    auto& [order, errors, values] = ended;
    for (std::size_t const i : order)
      if (errors[i]) std::rethrow_exception(errors[i]);
    shouted = std::move(values);
  }
  // [end]

  fmt::print("{}\n", shouted);
}

int main() {
  asio::io_context context;
  asio::co_spawn(context, async_main(), asio::detached);
  context.run();
}
