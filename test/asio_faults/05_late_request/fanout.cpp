//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: keeps what a queued request refers to, and drops one that comes too late

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <tuple>
#include <variant>

namespace asio = boost::asio;

asio::awaitable<void> hops() {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

int main() {
  asio::io_context own;
  asio::io_context other; // where the child runs
  auto signal = std::make_unique<asio::cancellation_signal>();
  auto const done = [&](std::exception_ptr, std::tuple<std::monostate>) { signal.reset(); };

  fanout::gather(own, asio::bind_executor(other, hops()))(
      asio::bind_cancellation_slot(signal->slot(), done));
  own.poll();       // the gather starts its child
  other.poll_one(); // the child begins, and its end is queued
  signal->emit(asio::cancellation_type::terminal);
  for (int turn = 0; signal && turn < 100; ++turn) { // the child ends, and this is heard
    other.poll_one();
    own.poll();
  }
  if (signal) return verdict::wrong("the gather has not completed");
  other.restart();
  other.poll(); // the request
  return verdict::right("the request came to a child that had ended, and was dropped");
}
