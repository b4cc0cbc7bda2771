//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_SHIELD_HPP
#define FANOUT_SHIELD_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/shield.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Protects a child from being cancelled along with whoever waits for it.
///
/// Call it as `shield([executor,] child)`.
///
/// *Effects*: packages an asynchronous operation that runs the child.
///
/// *Results*: what the child yields; the completion signature is `void(std::exception_ptr, T)`, of
/// a `void` child `void(std::exception_ptr)`.
///
/// *Errors*: those of the child; `operation_aborted` if cancelled.
///
/// *Cancellation*: of every type ends the wait at once and does not reach the child, which runs on;
/// what it ends with is dropped.
///
/// *Object lifetimes*: the child outlives a cancelled wait and must own what it uses: hand over a
/// callable that owns the objects it works on.
///
/// *Python*: `asyncio.shield`.
template <class... Args>
auto shield(Args&&... args) {
  return detail::with_executor(detail::shield_function(), std::forward<Args>(args)...);
}

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_SHIELD_HPP
