//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: passes every request on to every child, which hears what it listens to

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

asio::awaitable<void> listens_to_partial(bool& heard) {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_partial_cancellation());
  try {
    co_await waits();
  } catch (boost::system::system_error const&) {
    heard = true;
  }
}

int main() {
  asio::cancellation_signal signal;
  asio::io_context context;
  bool heard = false;

  fanout::gather(context, waits(), listens_to_partial(heard))(asio::bind_cancellation_slot(
      signal.slot(), [](std::exception_ptr, std::tuple<std::monostate, std::monostate>) {}));
  context.poll();
  signal.emit(cancellation_type::total); // neither listens to it
  context.poll();
  if (heard) return verdict::wrong("total has reached a coroutine that does not listen to it");
  signal.emit(cancellation_type::partial);
  context.poll();
  if (!heard) return verdict::wrong("the coroutine that listens to partial has not heard it");
  return verdict::right("the coroutine that listens to partial has heard it after total");
}
