//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: A wait for an `experimental::promise` that is cancelled completes inside the call that
//       cancels, and not on the executor of its handler
// see: chriskohlhoff/asio#1705

#include "../verdict.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/experimental/promise.hpp>
#include <boost/asio/experimental/use_promise.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace asio = boost::asio;

int main() {
  asio::io_context own;   // where the handler belongs
  asio::io_context other; // where the promise is from
  asio::cancellation_signal signal;
  asio::steady_timer timer(other, std::chrono::hours(1));
  bool completed = false;

  auto promise = timer.async_wait(asio::experimental::use_promise);
  promise(asio::bind_cancellation_slot(
      signal.slot(),
      asio::bind_executor(own, [&](boost::system::error_code) { completed = true; })));
  signal.emit(asio::cancellation_type::terminal);
  if (completed) return verdict::fault("the handler was called inside emit()");
  own.run();
  if (completed) return verdict::mended("calls the handler on its executor");
  return verdict::fault("nothing is left to run, and the handler was not called");
}
