//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: A request that coroutines do not listen to vanishes silently, and with it the next one,
//       which one of them does listen to

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <chrono>

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

  asio::experimental::make_parallel_group(
      asio::co_spawn(context, waits(), asio::deferred),
      asio::co_spawn(context, listens_to_partial(heard), asio::deferred))
      .async_wait(asio::experimental::wait_for_all(),
                  asio::bind_cancellation_slot(signal.slot(), [](auto...) {}));
  context.poll();
  signal.emit(cancellation_type::total); // neither listens to it
  context.poll();
  signal.emit(cancellation_type::partial);
  context.poll();
  if (heard) return verdict::mended("passes on partial after total");
  return verdict::fault("the coroutine that listens to partial has not heard it after total");
}
