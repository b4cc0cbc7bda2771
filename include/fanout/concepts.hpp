//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_CONCEPTS_HPP
#define FANOUT_CONCEPTS_HPP

#include <fanout/fwd.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/child_traits.hpp>

#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/is_executor.hpp>

#include <concepts>
#include <ranges>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// What can be gathered: a `future`, an `asio::awaitable`, a deferred Asio operation, an operation
/// of this library, a callable without parameters that returns one of these,
/// `asio::bind_executor(executor, child)`, or `named(name, child)`.
template <class C>
concept child = detail::child_traits<std::decay_t<C>>::is_child;

/// What a child yields; `void` if nothing.
template <child C>
using child_value_t = typename detail::child_traits<std::decay_t<C>>::value;

/// A range of children of one type. It may be lazy, and its size unknown.
template <class R>
concept child_range =
    !child<R> && std::ranges::input_range<R> && child<std::ranges::range_value_t<R>>;

/// An executor of Asio.
template <class E>
concept executor = asio::is_executor<std::remove_cvref_t<E>>::value ||
                   asio::execution::is_executor<std::remove_cvref_t<E>>::value;

/// An execution context that is an lvalue: an `io_context` or a `thread_pool`, for instance.
template <class C>
concept execution_context =
    std::is_lvalue_reference_v<C> && std::is_convertible_v<C, asio::execution_context&> &&
    requires(C context) { context.get_executor(); };

/// What may stand first in a call.
template <class E>
concept executor_or_context = executor<E> || execution_context<E>;

namespace detail {

template <executor_or_context E>
auto executor_of(E&& e) {
  if constexpr (executor<E>)
    return std::remove_cvref_t<E>(std::forward<E>(e));
  else
    return e.get_executor();
}

} // namespace detail

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_CONCEPTS_HPP
