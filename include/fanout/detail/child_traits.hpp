//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CHILD_TRAITS_HPP
#define FANOUT_DETAIL_CHILD_TRAITS_HPP

// What can be a child, how it runs, and what it yields.

#include <fanout/fwd.hpp>
#include <fanout/detail/operation.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#if __has_include(<boost/asio/disposition.hpp>)
#include <boost/asio/disposition.hpp>
#endif

#include <concepts>
#include <exception>
#include <string>
#include <tuple>
#include <type_traits>

namespace fanout::inline FANOUT_ABI::detail {

template <class T>
inline constexpr bool is_awaitable = false;
template <class T, class Executor>
inline constexpr bool is_awaitable<asio::awaitable<T, Executor>> = true;

template <class T>
inline constexpr bool is_executor_binder = false;
template <class T, class Executor>
inline constexpr bool is_executor_binder<asio::executor_binder<T, Executor>> = true;

/// A child with a name, see `named`.
template <class C>
struct named_child {
  std::string name;
  C child;
};

template <class T>
inline constexpr bool is_named = false;
template <class C>
inline constexpr bool is_named<named_child<C>> = true;

// What stands first in a completion signature and says how the operation ended.
template <class T>
inline constexpr bool is_disposition =
    std::is_same_v<T, boost::system::error_code> || std::is_same_v<T, std::exception_ptr>
#if __has_include(<boost/asio/disposition.hpp>)
    || asio::is_disposition<T>::value
#endif
    ;

template <class... T>
struct operation_value {
  using type = std::tuple<T...>;
};
template <class T>
struct operation_value<T> {
  using type = T;
};
template <>
struct operation_value<> {
  using type = void;
};

/// What an operation yields, and its `disposition`: the type of the error that stands first in its
/// completion signature, or `void`.
template <class Signature>
struct signature_value;
template <class R, class... Args>
struct signature_value<R(Args...)> : operation_value<std::decay_t<Args>...> {
  using disposition = void;
};
template <class R, class First, class... Args>
  requires is_disposition<std::decay_t<First>>
struct signature_value<R(First, Args...)> : operation_value<std::decay_t<Args>...> {
  using disposition = std::decay_t<First>;
};

/// Stands for `std::exception_ptr` as the disposition of an operation whose value is in `values`.
struct error_of_values {};

template <class Values>
struct unwrapped_value;
template <class V>
struct unwrapped_value<values<V>> {
  using type = V;
};

/// What an operation yields as a child, and its disposition.
template <class Operation>
struct operation_traits : signature_value<asio::completion_signature_of_t<Operation>> {};

// A child yields what its `co_await` yields.
template <yields_single Operation>
struct operation_traits<Operation> : unwrapped_value<typename Operation::result_type> {
  using disposition = error_of_values;
};

/// How a child is run, and what it yields: `value`.
/// - `is_coroutine`, `is_operation`: it is run by awaiting or by initiating it.
/// - `is_bound`: it is run on an executor of its own, `target` there.
/// - `is_callable`: it is called where and when it starts, and stored until the end; `made` is
///   what that call returns.
template <class C>
struct child_traits {
  static constexpr bool is_child = false;
};

template <class T, class Executor>
struct child_traits<asio::awaitable<T, Executor>> {
  static constexpr bool is_child = true;
  static constexpr bool is_coroutine = true;
  static constexpr bool is_operation = false;
  static constexpr bool is_bound = false;
  static constexpr bool is_callable = false;
  using value = T;
  using executor_type = Executor;
};

template <class C>
  requires asio::is_async_operation<C>::value
struct child_traits<C> {
  static constexpr bool is_child = true;
  static constexpr bool is_coroutine = false;
  static constexpr bool is_operation = true;
  static constexpr bool is_bound = false;
  static constexpr bool is_callable = false;
  using value = typename operation_traits<C>::type;
  using disposition = typename operation_traits<C>::disposition;
};

// Futures yield the value itself, also where their signature holds it in `values`.
template <class T>
struct child_traits<future<T>> {
  static constexpr bool is_child = true;
  static constexpr bool is_coroutine = false;
  static constexpr bool is_operation = true;
  static constexpr bool is_bound = false;
  static constexpr bool is_callable = false;
  using value = T;
  using disposition = std::exception_ptr;
};

template <class C, class Executor>
  requires(child_traits<C>::is_child && !child_traits<C>::is_bound)
struct child_traits<asio::executor_binder<C, Executor>> {
  static constexpr bool is_child = true;
  static constexpr bool is_coroutine = false;
  static constexpr bool is_operation = false;
  static constexpr bool is_bound = true;
  static constexpr bool is_callable = false;
  using target = C;
  using value = typename child_traits<C>::value;
};

// What is run is the child, once its name is known.
template <class C>
  requires child_traits<C>::is_child
struct child_traits<named_child<C>> : child_traits<C> {};

template <class C>
concept callable_child =
    !is_awaitable<C> && !is_executor_binder<C> && !asio::is_async_operation<C>::value &&
    std::invocable<C&> && child_traits<std::remove_cvref_t<std::invoke_result_t<C&>>>::is_child &&
    !child_traits<std::remove_cvref_t<std::invoke_result_t<C&>>>::is_callable;

template <callable_child C>
struct child_traits<C> {
  using made = std::remove_cvref_t<std::invoke_result_t<C&>>;
  static constexpr bool is_child = true;
  static constexpr bool is_coroutine = false;
  static constexpr bool is_operation = false;
  static constexpr bool is_bound = false;
  static constexpr bool is_callable = true;
  using value = typename child_traits<made>::value;
};

/// Whether a child names the executor that it runs on.
template <class C>
consteval bool has_own_executor() {
  using traits = child_traits<C>;
  if constexpr (traits::is_callable)
    return has_own_executor<typename traits::made>();
  else
    return traits::is_bound;
}

/// Whether a child may have a name, which is known when it starts.
template <class C>
consteval bool may_have_name() {
  using traits = child_traits<C>;
  if constexpr (is_named<C>)
    return true;
  else if constexpr (traits::is_callable)
    return may_have_name<typename traits::made>();
  else if constexpr (traits::is_bound)
    return may_have_name<typename traits::target>();
  else
    return false;
}

/// Whether a runner awaits the child. Such a child needs no record if it cannot be cancelled.
template <class C>
consteval bool is_awaited() {
  using traits = child_traits<C>;
  if constexpr (traits::is_callable)
    return child_traits<typename traits::made>::is_coroutine;
  else
    return traits::is_coroutine;
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CHILD_TRAITS_HPP
