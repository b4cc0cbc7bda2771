//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: A request that waits in the queue of the child's executor may reach a signal that has
//       died with its child
// see: chriskohlhoff/asio#1332
// sign: AddressSanitizer

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>

namespace asio = boost::asio;

asio::awaitable<void> hops() {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

int main() {
  asio::io_context own;
  asio::io_context other; // where the child runs
  auto signal = std::make_unique<asio::cancellation_signal>();
  auto const done = [&](std::exception_ptr) { signal.reset(); }; // it goes with what it cancels

  asio::co_spawn(other, hops(),
                 asio::bind_cancellation_slot(signal->slot(), asio::bind_executor(own, done)));
  other.poll_one(); // the child starts, and its end is queued
  signal->emit(asio::cancellation_type::terminal);
  while (signal) { // the child ends, and this is heard
    other.poll_one();
    own.poll();
  }
  other.restart();
  other.poll(); // the request
  return verdict::mended("keeps the signal until the request has been delivered");
}
