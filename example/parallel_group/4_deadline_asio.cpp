//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With Asio alone: whatever answered within 150 milliseconds. The clock is one more child, whose
// end cancels the others; what all of them yielded comes back in one long tuple.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<std::string> ask(std::string who, std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
  co_return who + " answered";
}

// [deadline_asio]
void show(std::exception_ptr error, std::string const& answer) {
  fmt::print("{}\n", error ? "no answer in time" : answer);
}

asio::awaitable<void> ask_all() {
  auto const executor = co_await asio::this_coro::executor;
  auto ended = co_await asio::experimental::make_parallel_group(
                   asio::co_spawn(executor, ask("Ceres", 40ms), asio::deferred),
                   asio::co_spawn(executor, ask("Pluto", 10s), asio::deferred),
                   asio::co_spawn(executor, ask("Eris", 80ms), asio::deferred))
                   .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  auto const& [order, ceres_error, ceres, pluto_error, pluto, eris_error, eris] = ended;
  show(ceres_error, ceres);
  show(pluto_error, pluto);
  show(eris_error, eris);
}

asio::awaitable<void> async_main() {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer clock(co_await asio::this_coro::executor, 150ms);
  co_await (ask_all() || clock.async_wait(asio::use_awaitable));
}
// [end]

int main() {
  asio::io_context context;
  asio::co_spawn(context, async_main(), asio::detached);
  context.run();
}
