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

/// The base of all asynchronous operations of this library.
struct operation_base {};

template <class T>
concept our_operation = std::is_base_of_v<operation_base, T>;

/// An operation with one child whose value cannot be default-constructed: its signature holds a
/// `values<T>`, and `co_await` unwraps the value.
template <class T>
concept yields_single = our_operation<T> && T::unwraps_values;

/// An operation that starts its children inside the initiating call, so that all may have ended
/// when that returns.
template <class T>
concept eager_operation = our_operation<T> && requires { requires T::is_eager; };

/// An operation that can only be awaited, in a way that co_await.hpp defines.
template <class Signature>
struct awaited_only : operation_base {
  template <class Token>
  auto operator()(Token&& token) const
      -> decltype(asio::async_initiate<Token, Signature>([](auto&&) {}, token));
};

/// Yields the `coroutine_id` of the awaiting coroutine, without suspending the coroutine.
struct current_coroutine : awaited_only<void(void const*)> {};

/// An operand of `co_await` that awaits another coroutine in two steps: `suspend` starts it, and
/// `resume` takes its result.
template <class T>
concept steps_of_await = our_operation<T> && requires(T& steps) { steps.resume(); };

/// An operation whose value is moved out: it can be copied, but yields the value once.
template <class T>
concept gives_away = our_operation<T> && requires { requires T::yields_once; };

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_OPERATION_HPP
