//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: After a terminal request the next `co_await` of the coroutine throws at once: a worker
//       whose first job was cancelled does not do the second

#include "../verdict.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> job(std::chrono::seconds takes) {
  asio::steady_timer timer(co_await asio::this_coro::executor, takes);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> worker(int& done) {
  for (auto const takes : {3600s, 0s}) {
    try {
      co_await job(takes);
      ++done;
    } catch (boost::system::system_error const&) { // this job was cancelled: on to the next
    }
  }
}

int main() {
  asio::cancellation_signal too_late;
  asio::io_context context;
  int done = 0;

  asio::co_spawn(context, worker(done),
                 asio::bind_cancellation_slot(too_late.slot(), asio::detached));
  context.poll();
  too_late.emit(asio::cancellation_type::terminal); // the first job takes too long
  context.run();
  if (done == 1) return verdict::mended("lets the next job run");
  return verdict::fault("the second job has not been done either");
}
