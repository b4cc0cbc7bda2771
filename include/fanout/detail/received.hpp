//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RECEIVED_HPP
#define FANOUT_DETAIL_RECEIVED_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/result.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#if __has_include(<boost/asio/disposition.hpp>)
#include <boost/asio/disposition.hpp>
#endif

#include <concepts>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

inline std::exception_ptr to_exception(std::exception_ptr const& e) noexcept { return e; }

inline std::exception_ptr to_exception(boost::system::error_code const& e) noexcept {
  return e ? error_from([&] { return boost::system::system_error(e); }) : nullptr;
}

#if __has_include(<boost/asio/disposition.hpp>)
template <class Disposition>
std::exception_ptr to_exception(Disposition const& d) noexcept {
  try {
    return d == asio::no_error ? nullptr : asio::to_exception_ptr(d);
  } catch (...) {
    return std::current_exception();
  }
}
#endif

/// Stores values in a result slot. Returns the exception if that throws.
template <class ResultSlot, class... Values>
std::exception_ptr put(ResultSlot& result_slot, Values&&... values) {
  try {
    if constexpr (sizeof...(Values) <= 1)
      result_slot.value(std::forward<Values>(values)...);
    else
      result_slot.value(std::tuple<std::decay_t<Values>...>(std::forward<Values>(values)...));
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

/// Stores the arguments of a completion handler. `Disposition` is the type of the error that stands
/// first in the signature, or `void`; the argument may have another type that converts to it, as
/// `asio::error::eof` does, or a null pointer. Returns the error.
template <class Disposition, class ResultSlot, class... Values>
  requires std::is_void_v<Disposition>
std::exception_ptr received(ResultSlot& result_slot, Values&&... values) {
  return put(result_slot, std::forward<Values>(values)...);
}

template <class Disposition, class ResultSlot, class First, class... Values>
  requires is_disposition<Disposition>
std::exception_ptr received(ResultSlot& result_slot, First&& first, Values&&... values) {
  Disposition const& disposition = first;
  if (std::exception_ptr error = to_exception(disposition)) return error;
  return put(result_slot, std::forward<Values>(values)...);
}

/// The value of an operation of this library that cannot be default-constructed comes in `values`.
template <std::same_as<error_of_values> Disposition, class ResultSlot, class T>
std::exception_ptr received(ResultSlot& result_slot, std::exception_ptr error, values<T>&& value) {
  if (error) return error;
  return put(result_slot, std::get<0>(std::move(value).tuple()));
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RECEIVED_HPP
