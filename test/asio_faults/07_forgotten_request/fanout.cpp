//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: gives each child a state of its own, and never resets that of the coroutine that awaits

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace asio = boost::asio;
using asio::cancellation_type;

asio::awaitable<void> cleans_up() {
  co_await asio::this_coro::reset_cancellation_state();
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

asio::awaitable<cancellation_type> is_cancelled(asio::cancellation_signal& signal) {
  co_await asio::this_coro::throw_if_cancelled(false);
  signal.emit(cancellation_type::terminal);
  co_await fanout::gather(cleans_up());
  auto const state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled();
}

int main() {
  asio::cancellation_signal signal;
  asio::io_context context;
  auto known = cancellation_type::none;
  auto const done = [&](std::exception_ptr, cancellation_type type) { known = type; };

  asio::co_spawn(context, is_cancelled(signal), asio::bind_cancellation_slot(signal.slot(), done));
  context.run();
  if (known != cancellation_type::terminal) return verdict::wrong("the request is forgotten");
  return verdict::right("the coroutine knows that it was cancelled");
}
