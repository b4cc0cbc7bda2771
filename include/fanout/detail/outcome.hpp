//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_OUTCOME_HPP
#define FANOUT_DETAIL_OUTCOME_HPP

#include <fanout/result.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <exception>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace fanout::detail {

inline std::exception_ptr aborted_error() {
  return std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
}

// A container of what cannot be copied claims that it can be.
template <class T>
inline constexpr bool can_be_copied = std::is_copy_constructible_v<T>;
template <class T>
inline constexpr bool can_be_copied<T const> = can_be_copied<T>;
template <>
inline constexpr bool can_be_copied<void> = true;
template <std::ranges::range T>
  requires(!std::ranges::view<T> && !std::same_as<T, std::ranges::range_value_t<T>>)
inline constexpr bool can_be_copied<T> =
    std::is_copy_constructible_v<T> && can_be_copied<std::ranges::range_value_t<T>>;
template <class... T>
inline constexpr bool can_be_copied<std::tuple<T...>> = (can_be_copied<T> && ...);
template <class T, class U>
inline constexpr bool can_be_copied<std::pair<T, U>> = can_be_copied<T> && can_be_copied<U>;
template <class... T>
inline constexpr bool can_be_copied<values<T...>> = (can_be_copied<T> && ...);
template <class T, class E>
inline constexpr bool can_be_copied<boost::system::result<T, E>> = can_be_copied<T>;

template <class T>
using value_or_monostate = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// What stands in one place of the results.
template <class T, bool ReturnExceptions>
using delivered = std::conditional_t<ReturnExceptions, result<T>, value_or_monostate<T>>;

/// Where one child puts what it ends with. An error is taken over only if it is to be delivered
/// there; a place that was never filled delivers `operation_aborted`.
template <class T, bool ReturnExceptions>
class place {
public:
  void value()
    requires std::is_void_v<T>
  {
    if constexpr (ReturnExceptions)
      content_.emplace(boost::system::in_place_value);
    else
      content_.emplace();
  }

  template <class U>
  void value(U&& u) {
    if constexpr (ReturnExceptions)
      content_.emplace(boost::system::in_place_value, std::forward<U>(u));
    else
      content_.emplace(std::forward<U>(u));
  }

  void error([[maybe_unused]] std::exception_ptr& e) {
    if constexpr (ReturnExceptions)
      content_.emplace(boost::system::in_place_error, std::exchange(e, nullptr));
  }

  void drop() noexcept { content_.reset(); }

  delivered<T, ReturnExceptions> take() {
    if constexpr (ReturnExceptions)
      if (!content_) content_.emplace(boost::system::in_place_error, aborted_error());
    return *std::move(content_);
  }

private:
  std::optional<delivered<T, ReturnExceptions>> content_;
};

// A range of children that yield nothing needs no places in the default mode.
template <>
class place<void, false> {
public:
  void value() noexcept {}
  void error(std::exception_ptr&) noexcept {}
  void drop() noexcept {}
  std::monostate take() noexcept { return {}; }
};

template <class... V>
using tuple_or_values =
    std::conditional_t<(std::is_default_constructible_v<V> && ...), std::tuple<V...>, values<V...>>;

/// The results of children that were given one by one.
template <class... V>
struct tuple_outcome {
  using type = tuple_or_values<V...>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = false;

  template <class... Place>
  static type take(Place&... places) {
    if constexpr (std::is_same_v<type, std::tuple<V...>>)
      return type{places.take()...};
    else
      return type(std::in_place, places.take()...);
  }
};

/// The result of an operation around one child, which yields what the child does.
template <class V>
struct single_outcome {
  using type = std::conditional_t<std::is_default_constructible_v<V>, V, values<V>>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = !std::is_default_constructible_v<V>;

  template <class Place>
  static type take(Place& place) {
    if constexpr (std::is_same_v<type, V>)
      return place.take();
    else
      return type(std::in_place, place.take());
  }
};

template <>
struct single_outcome<std::monostate> {
  using type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;

  template <class Place>
  static void take(Place&) noexcept {}
};

/// The results of a range of children.
template <class V>
struct vector_outcome {
  using type = std::vector<V>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = false;
};

template <>
struct vector_outcome<std::monostate> {
  using type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_OUTCOME_HPP
