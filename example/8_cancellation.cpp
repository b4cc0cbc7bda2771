//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Cancelling a gather, through the cancellation slot of its completion handler, cancels every child
// that still runs. It completes when all of them have ended. A child may await while it cleans up,
// once it has reset its cancellation state.

#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// [clean-up]
asio::awaitable<void> session(std::string name, std::chrono::milliseconds to_say_goodbye) {
  std::exception_ptr cancelled;
  try {
    co_await fanout::sleep(1h);
  } catch (...) { // nothing can be awaited in here
    cancelled = std::current_exception();
  }
  if (!cancelled) co_return;

  // Without this line the next co_await would throw at once.
  co_await asio::this_coro::reset_cancellation_state();
  co_await fanout::sleep(to_say_goodbye);
  fmt::print("{} said goodbye\n", name);
  std::rethrow_exception(cancelled);
}
// [end]

int main() {
  asio::io_context context;

  // [slot]
  asio::cancellation_signal stop;
  auto sessions = fanout::gather(context, session("Ann", 120ms), session("Bob", 60ms));
  std::move(sessions)(
      asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr error, auto const&) {
        fmt::print("the gather is cancelled: {}\n", fanout::is_cancelled(error));
      }));
  // [end]

  asio::steady_timer timer(context, 60ms);
  timer.async_wait([&stop](auto const&) {
    fmt::print("stop\n");
    stop.emit(asio::cancellation_type::terminal);
  });
  context.run();
}
