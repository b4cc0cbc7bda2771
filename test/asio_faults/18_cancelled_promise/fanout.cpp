//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: posts the end of a wait to the executor of the handler

#include "../verdict.hpp"

#include <fanout/future.hpp>
#include <fanout/promise.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace asio = boost::asio;

int main() {
  asio::io_context own;   // where the handler belongs
  asio::io_context other; // where the promise is from
  asio::cancellation_signal signal;
  bool cancelled = false;

  fanout::promise<int> promise(other);
  auto const future = promise.get_future();
  future(asio::bind_cancellation_slot(signal.slot(),
                                      asio::bind_executor(own, [&](std::exception_ptr error, int) {
                                        cancelled = fanout::is_cancelled(error);
                                      })));
  signal.emit(asio::cancellation_type::terminal);
  if (cancelled) return verdict::wrong("the handler was called inside emit()");
  other.poll();
  own.poll();
  if (!cancelled) return verdict::wrong("the handler was not called");
  return verdict::right("the handler was called on its executor");
}
