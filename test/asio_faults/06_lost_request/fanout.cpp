//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: remembers the request, and starts no child after it

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <tuple>
#include <variant>

namespace asio = boost::asio;

/// Is cancelled between two operations: nothing waits that could hear of it.
asio::awaitable<void> first(asio::cancellation_signal& signal) {
  co_await asio::this_coro::throw_if_cancelled(false);
  auto const executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
  signal.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> second() {
  co_await asio::this_coro::throw_if_cancelled(false);
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

int main() {
  asio::cancellation_signal signal;
  asio::io_context context;
  bool cancelled = false;

  fanout::gather(context, first(signal), second(), fanout::limit(1))(asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr error, std::tuple<std::monostate, std::monostate>) {
        cancelled = fanout::is_cancelled(error);
      }));
  context.poll();
  if (!cancelled) return verdict::wrong("the child that started after the request waits");
  return verdict::right("the second child was not started, and the gather ended as cancelled");
}
