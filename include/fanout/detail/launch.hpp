//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LAUNCH_HPP
#define FANOUT_DETAIL_LAUNCH_HPP

// Starts a coroutine on the calling thread. This is one of two headers that name Asio's detail
// namespace; the other one is co_await.hpp.

#include <fanout/config.hpp>
#include <fanout/fwd.hpp>
#include <fanout/detail/eager_loop.hpp>
#include <fanout/detail/spare_memory.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

namespace boost::asio::detail {

// Declared here, so that the concept below is not satisfied, instead of ill-formed, where Asio does
// not have these names.
struct awaitable_thread_entry_point;
template <typename, typename...>
class awaitable_handler;

} // namespace boost::asio::detail

namespace fanout::inline FANOUT_ABI::detail {

/// The type of the coroutine at the bottom of each of Asio's coroutine threads.
template <class Executor>
using entry_point = asio::awaitable<asio::detail::awaitable_thread_entry_point, Executor>;

/// Whether Asio has what the library's own launch needs. Asio 1.26 to 1.38 have it.
template <class Executor>
concept starts_entry_points =
    requires(entry_point<Executor> coroutine, Executor const& executor,
             asio::cancellation_slot slot, asio::cancellation_state state) {
      asio::detail::awaitable_handler<Executor, void>(std::move(coroutine), executor, slot, state)
          .launch();
    };

#if defined(FANOUT_LAUNCH_CO_SPAWN)
inline constexpr bool has_own_launch = false;
#else
inline constexpr bool has_own_launch = starts_entry_points<asio::any_io_executor>;
#endif

/// The type of the coroutines that `launch` starts.
template <class Executor>
using launchable =
    std::conditional_t<has_own_launch, entry_point<Executor>, asio::awaitable<void, Executor>>;

/// The promise of a coroutine at the bottom: that of Asio, with spare memory for the frame.
template <class Executor>
struct launched_frame
    : asio::detail::awaitable_frame<asio::detail::awaitable_thread_entry_point, Executor> {
  static void* operator new(std::size_t size) { return spare_memory::allocate(size); }
  static void operator delete(void* frame, std::size_t size) noexcept {
    spare_memory::deallocate(frame, size);
  }
};

/// Runs the coroutine inline until it suspends. The calling thread must be one of `executor`'s.
/// `from_loop`: the eager loop of the thread has called this, with nothing between that may be
/// seen. `owner` keeps `slot` alive. With the own launch the coroutine itself must hold an `owner`
/// until its end, and its exceptions leave the call that has resumed it.
template <class Executor, class Owner>
void launch(launchable<Executor> coroutine, Executor const& executor, asio::cancellation_slot slot,
            [[maybe_unused]] Owner const& owner, [[maybe_unused]] bool from_loop = false) {
  if constexpr (has_own_launch) {
    asio::detail::awaitable_handler<Executor, void> thread(std::move(coroutine), executor, slot,
                                                           asio::cancellation_state(slot));
    if (!from_loop) return thread.launch();
    eager_loop::resuming const scope(thread.entry_point());
    thread.launch();
  } else {
    asio::co_spawn(executor, std::move(coroutine),
                   asio::bind_cancellation_slot(slot, [owner](std::exception_ptr) {}));
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_LAUNCH_HPP
