//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: With `throw_if_cancelled(false)` a request that comes between two operations is lost: the
//       next one starts and waits
// see: chriskohlhoff/asio#1574

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>

namespace asio = boost::asio;

/// Is cancelled between two operations: nothing waits that could hear of it.
asio::awaitable<void> first(asio::cancellation_signal& signal) {
  auto const executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
  signal.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> second() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> one_after_the_other(asio::cancellation_signal& signal) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await first(signal);
  co_await second();
}

int main() {
  asio::cancellation_signal signal;
  asio::io_context context;
  bool completed = false;
  auto const done = [&](std::exception_ptr) { completed = true; };

  asio::co_spawn(context, one_after_the_other(signal),
                 asio::bind_cancellation_slot(signal.slot(), done));
  context.poll();
  if (completed) return verdict::mended("ends the operation that starts after the request");
  return verdict::fault("the operation that started after the request waits for an hour");
}
