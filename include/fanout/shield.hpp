//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_SHIELD_HPP
#define FANOUT_SHIELD_HPP

#include <fanout/concepts.hpp>
#include <fanout/future.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/shield.hpp>
#include <fanout/detail/shielded_wait.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI {

namespace detail {

template <class T>
struct shielded<future<T>> {
  static constexpr bool waits = true;
  static shielded_wait<T> make(future<T> const& f) {
    return shielded_wait<T>(initiate_shielded_wait<T>{future_access::state(f)});
  }
};

} // namespace detail

/// Protects a child from being cancelled along with the operation that waits for it.
///
/// Call it as `shield([executor,] child)`.
///
/// *Effects*: packages an asynchronous operation that runs the child.
///
/// *Results*: what the child yields; the completion signature is `void(std::exception_ptr, T)`, of
/// a `void` child `void(std::exception_ptr)`.
///
/// *Errors*: those of the child; `operation_aborted` if cancelled. If the child ends with an error
/// after that, the unhandled error handler is called, unless the error is `operation_aborted`.
///
/// *Cancellation*: a request of any type ends the wait at once and does not reach the child, which
/// runs on, and starts if it has not begun. A wait for a future that is cancelled leaves nothing
/// with the future: it takes no memory and no value there, and does not count as a look at the
/// error.
///
/// *Object lifetimes*: the child outlives a cancelled wait and must own what it uses: hand over a
/// callable that owns the objects it works on.
///
/// *Python*: `asyncio.shield`.
template <detail::good_child C>
auto shield(C&& child) {
  return detail::shield_function()(detail::initiate_on_handler(), std::forward<C>(child));
}

template <executor_or_context Ex, detail::good_child C>
auto shield(Ex&& executor, C&& child) {
  return detail::shield_function()(detail::initiation_on(std::forward<Ex>(executor)),
                                   std::forward<C>(child));
}

template <class... Args, class Mistake = detail::mistake_in<detail::shield_function, Args...>>
Mistake shield(Args&&...) = delete;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_SHIELD_HPP
