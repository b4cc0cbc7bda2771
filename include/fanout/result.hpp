//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_RESULT_HPP
#define FANOUT_RESULT_HPP

#include <fanout/error.hpp>
#include <fanout/fwd.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// The end of one child: its value, or the exception it threw. `value()` gives the value or
/// rethrows that very exception.
template <class T>
using result = boost::system::result<T, std::exception_ptr>;

namespace detail {

/// The code of an exception that has one; of others one that means success.
inline boost::system::error_code code_of(std::exception_ptr const& error) noexcept {
  if (!error) return {};
  try {
    std::rethrow_exception(error);
  } catch (boost::system::system_error const& e) {
    return e.code();
  } catch (std::system_error const& e) {
    return e.code();
  } catch (...) {
    return {};
  }
}

} // namespace detail

/// Whether this is the error of something that was cancelled: `condition::cancelled`, an
/// `error_code` or the code of a `system_error`. Of Boost's kind or of the standard library's.
/// *Python*: `isinstance(x, CancelledError)`.
inline bool is_cancelled(boost::system::error_code const& error) noexcept {
  return error == condition::cancelled;
}

inline bool is_cancelled(std::exception_ptr const& error) noexcept {
  return is_cancelled(detail::code_of(error));
}

template <class T>
bool is_cancelled(result<T> const& r) noexcept {
  return r.has_error() && is_cancelled(r.error());
}

namespace detail {

/// Whether an error is the consequence of a cancellation. An error that other code takes for a
/// cancellation is a failure like any other if nothing has asked for it: a channel that the peer
/// cancels.
inline bool was_cancelled(std::exception_ptr const& error, bool asked) noexcept {
  auto const code = code_of(error);
  return asked ? is_cancelled(code) : code == asio::error::operation_aborted;
}

} // namespace detail

/// Whether this is the error of a deadline: an exception of type `deadline_exceeded`, or a
/// `gather_error` around one. An `error_code` has no type: there, any `asio::error::timed_out`
/// counts.
/// *Python*: `isinstance(x, TimeoutError)`.
inline bool is_timed_out(boost::system::error_code const& error) noexcept {
  return error == asio::error::timed_out;
}

inline bool is_timed_out(std::exception_ptr const& error) noexcept {
  if (!error) return false;
  try {
    std::rethrow_exception(error);
  } catch (deadline_exceeded const&) {
    return true;
  } catch (gather_error const& e) {
    return is_timed_out(e.cause());
  } catch (...) {
    return false;
  }
}

template <class T>
bool is_timed_out(result<T> const& r) noexcept {
  return r.has_error() && is_timed_out(r.error());
}

/// Stands for `std::tuple<V...>` in the completion signature of an operation where a `V` cannot be
/// default-constructed: next to an error it is empty, and reading it throws `invalid_state`.
/// Structured bindings, `get<I>` and the conversion to `std::tuple` read it.
template <class... V>
class values {
  static_assert((std::is_move_constructible_v<V> && ...),
                "fanout: what a child yields must be move-constructible");

public:
  /// Empty, as next to an error.
  values() noexcept {} // NOLINT(modernize-use-equals-default): that would clear the memory first

  template <class... U>
    requires(sizeof...(U) == sizeof...(V) && (std::is_constructible_v<V, U &&> && ...))
  explicit values(std::in_place_t, U&&... u) : tuple_(std::in_place, std::forward<U>(u)...) {}

  bool has_value() const noexcept { return tuple_.has_value(); }

  std::tuple<V...>& tuple() & { return read(*this); }
  std::tuple<V...> const& tuple() const& { return read(*this); }
  std::tuple<V...>&& tuple() && { return std::move(read(*this)); }

  operator std::tuple<V...>() && { return std::move(*this).tuple(); }

  template <std::size_t I>
  decltype(auto) get() & {
    return std::get<I>(tuple());
  }
  template <std::size_t I>
  decltype(auto) get() const& {
    return std::get<I>(tuple());
  }
  template <std::size_t I>
  decltype(auto) get() && {
    return std::get<I>(std::move(*this).tuple());
  }

private:
  template <class Self>
  static auto& read(Self& self) {
    if (!self.tuple_) throw invalid_state("the values of an operation that failed were read");
    return *self.tuple_;
  }

  std::optional<std::tuple<V...>> tuple_;
};

template <std::size_t I, class... V>
decltype(auto) get(values<V...>& v) {
  return v.template get<I>();
}
template <std::size_t I, class... V>
decltype(auto) get(values<V...> const& v) {
  return v.template get<I>();
}
template <std::size_t I, class... V>
decltype(auto) get(values<V...>&& v) {
  return std::move(v).template get<I>();
}

/// The child that decided a `race` or a `first_success`: its index among the arguments and its
/// value.
template <class V>
struct winner { // NOLINT(cppcoreguidelines-pro-type-member-init): made with its value
  std::size_t index = 0;
  V value;
};

} // namespace fanout::inline FANOUT_ABI

template <class... V>
struct std::tuple_size<fanout::values<V...>> : std::integral_constant<std::size_t, sizeof...(V)> {};

template <std::size_t I, class... V>
struct std::tuple_element<I, fanout::values<V...>> : std::tuple_element<I, std::tuple<V...>> {};

#endif // FANOUT_RESULT_HPP
