//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_OPERATION_HPP
#define FANOUT_DETAIL_OPERATION_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/async_result.hpp>

#include <type_traits>

namespace fanout::inline FANOUT_ABI::detail {

/// The mark of the asynchronous operations of this library.
struct operation_base {};

template <class T>
concept our_operation = std::is_base_of_v<operation_base, T>;

/// An operation around one child whose value cannot be default-constructed: its signature holds a
/// `values<T>` and `co_await` unwraps it.
template <class T>
concept yields_single = our_operation<T> && T::unwraps_values;

/// An operation that can be awaited only, in a way of its own.
template <class Signature>
struct awaited_only : operation_base {
  template <class Token>
  auto operator()(Token&& token) const
      -> decltype(asio::async_initiate<Token, Signature>([](auto&&) {}, token));
};

/// Tells a coroutine which one it is, a `coroutine_id`, without suspending it.
struct current_coroutine : awaited_only<void(void const*)> {};

/// Awaits another coroutine where it stands, by the steps that `co_await` of it takes: `suspend`
/// enters it, and `resume` fetches what it has ended with.
template <class T>
concept steps_of_await = our_operation<T> && requires(T& steps) { steps.resume(); };

/// An operation that gives its value away: done twice, it yields nothing the second time, although
/// it can be copied.
template <class T>
concept gives_away = our_operation<T> && requires { requires T::yields_once; };

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_OPERATION_HPP
