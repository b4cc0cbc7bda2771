//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_POST_ON_HPP
#define FANOUT_DETAIL_POST_ON_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>

#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Returns the executor with the property `blocking.never`.
template <class Executor>
Executor never_blocking(Executor const& executor) {
  return asio::require(executor, asio::execution::blocking.never);
}

/// Calls `f` on the executor, never inside this call. Unlike `asio::post` it looks for no
/// associated executor and no allocator, which takes time to compile, and to run.
template <class Executor, class F>
void post_on(Executor const& executor, F&& f) {
  asio::require(executor, asio::execution::blocking.never).execute(std::forward<F>(f));
}

/// As `asio::dispatch` of a function with an allocator, with less to compile. A type-erased
/// executor takes no allocator.
template <class Executor, class Allocator, class F>
void dispatch_on(Executor const& executor, [[maybe_unused]] Allocator const& allocator, F&& f) {
  if constexpr (std::is_same_v<Executor, asio::any_io_executor>)
    executor.execute(std::forward<F>(f));
  else
    asio::prefer(executor, asio::execution::allocator(allocator)).execute(std::forward<F>(f));
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_POST_ON_HPP
