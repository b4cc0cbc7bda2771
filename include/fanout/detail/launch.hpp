//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LAUNCH_HPP
#define FANOUT_DETAIL_LAUNCH_HPP

// Starts a coroutine on the calling thread. This is one of two headers that name the inside of
// Asio; the other one is co_await.hpp.

#include <fanout/config.hpp>
#include <fanout/fwd.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#if defined(FANOUT_LAUNCH_CO_SPAWN)
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#else
#include <boost/asio/use_awaitable.hpp>
#endif

#include <cstddef>
#include <exception>
#include <utility>

namespace fanout::detail {

// How many coroutines this thread has launched; the tests read it.
inline thread_local std::size_t launches = 0;

// Both launches run the coroutine at once, on this thread, which must be one of `executor`'s, until
// it suspends. `owner` keeps `slot` alive.
#if defined(FANOUT_LAUNCH_CO_SPAWN)

// The slot is touched after the coroutine has ended, which must not throw.
inline constexpr bool runner_may_complete = false;

template <class Executor>
using launchable = asio::awaitable<void, Executor>;

template <class Executor, class Owner>
void launch(launchable<Executor> coroutine, Executor const& executor, asio::cancellation_slot slot,
            Owner owner) {
  ++launches;
  asio::co_spawn(executor, std::move(coroutine),
                 asio::bind_cancellation_slot(slot, [owner](std::exception_ptr) {}));
}

#else

// It is enough that the coroutine has an `owner` until its end. What it throws leaves the call that
// has resumed it.
inline constexpr bool runner_may_complete = true;

template <class Executor>
using launchable = asio::awaitable<asio::detail::awaitable_thread_entry_point, Executor>;

template <class Executor, class Owner>
void launch(launchable<Executor> coroutine, Executor const& executor, asio::cancellation_slot slot,
            Owner const&) {
  ++launches;
  asio::detail::awaitable_handler<Executor, void>(std::move(coroutine), executor, slot,
                                                  asio::cancellation_state(slot))
      .launch();
}

#endif

} // namespace fanout::detail

#endif // FANOUT_DETAIL_LAUNCH_HPP
