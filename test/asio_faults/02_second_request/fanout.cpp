//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: passes every request on

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <tuple>
#include <variant>

namespace asio = boost::asio;
using asio::cancellation_type;

asio::awaitable<void> waits() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

int main() {
  asio::cancellation_signal signal;
  asio::io_context context;
  bool completed = false;

  fanout::gather(context, waits(), waits())(asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr error, std::tuple<std::monostate, std::monostate>) {
        completed = fanout::is_cancelled(error);
      }));
  context.poll();
  signal.emit(cancellation_type::total); // coroutines do not react to it by default
  context.poll();
  if (completed) return verdict::wrong("total has cancelled coroutines that do not listen to it");
  signal.emit(cancellation_type::terminal);
  context.poll();
  if (!completed) return verdict::wrong("terminal after total has cancelled nothing");
  return verdict::right("terminal after total has cancelled both");
}
