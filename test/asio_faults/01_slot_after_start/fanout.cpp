//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: takes the slot before the first child starts, and clears it before completing

#include "../verdict.hpp"

#include <fanout/gather.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <future>
#include <memory>
#include <tuple>
#include <utility>
#include <variant>

namespace asio = boost::asio;

/// Ends on the pool before its initiation has returned, as it may whenever a thread is held up.
auto ends_meanwhile(asio::thread_pool& pool) {
  return asio::async_initiate<asio::deferred_t const, void()>(
      [&pool](auto handler) {
        std::promise<void> ended;
        asio::post(pool, [&ended, handler = std::move(handler)]() mutable {
          std::move(handler)();
          ended.set_value();
        });
        ended.get_future().wait();
      },
      asio::deferred);
}

int main() {
  asio::thread_pool pool(2);
  bool completed = false;
  bool was_clear = false;
  auto signal = std::make_unique<asio::cancellation_signal>();
  auto const slot = signal->slot();
  // The signal goes with what it cancels.
  auto done = [&, signal = std::move(signal)](std::exception_ptr,
                                              std::tuple<std::monostate>) mutable {
    was_clear = !signal->slot().has_handler();
    signal.reset();
    completed = true;
  };

  fanout::gather(pool, ends_meanwhile(pool))(asio::bind_cancellation_slot(slot, std::move(done)));
  pool.join();
  if (!completed) return verdict::wrong("the gather has not completed");
  if (!was_clear) return verdict::wrong("the slot was not clear when the handler was called");
  return verdict::right("the slot was clear when the handler was called");
}
