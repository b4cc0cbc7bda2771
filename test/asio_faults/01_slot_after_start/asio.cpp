//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// asio: The group takes the parent's cancellation slot after it has started the children. If
//       they have ended by then, on another thread, it writes into freed memory
// see: chriskohlhoff/asio#1630, chriskohlhoff/asio#1756
// sign: AddressSanitizer

#include "../verdict.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
// Does not compile when it is included first.
#include <boost/asio/experimental/parallel_group.hpp>

#include <array>
#include <cstddef>
#include <future>
#include <memory>
#include <utility>

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
  auto signal = std::make_unique<asio::cancellation_signal>();
  auto const slot = signal->slot();
  // The signal goes with what it cancels.
  auto done = [signal = std::move(signal)](std::array<std::size_t, 1>) mutable { signal.reset(); };

  asio::experimental::make_parallel_group(ends_meanwhile(pool))
      .async_wait(asio::experimental::wait_for_all(),
                  asio::bind_cancellation_slot(slot, std::move(done)));
  pool.join();
  return verdict::mended("leaves the slot of a group that has completed alone");
}
