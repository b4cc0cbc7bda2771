//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_OUTCOME_HPP
#define FANOUT_DETAIL_OUTCOME_HPP

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/result_slot.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

inline std::exception_ptr aborted_error() noexcept {
  return error_from([] { return boost::system::system_error(asio::error::operation_aborted); });
}

inline std::exception_ptr expired_error() noexcept {
  return error_from([] { return deadline_exceeded(); });
}

inline std::invalid_argument too_few_children(std::size_t children, std::size_t winners) {
  if (children == 0) return std::invalid_argument("fanout: there is no child that could win");
  return std::invalid_argument("fanout::quorum: of " + std::to_string(children) + " children not " +
                               std::to_string(winners) + " can succeed");
}

// std::is_copy_constructible is true for a container of elements that cannot be copied.
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
template <class V>
inline constexpr bool can_be_copied<winner<V>> = can_be_copied<V>;
template <class T, class E>
inline constexpr bool can_be_copied<boost::system::result<T, E>> = can_be_copied<T>;

/// Base of an outcome: the result slot of each child.
template <bool ReturnExceptions>
struct fills_result_slots {
  template <class T>
  using result_slot = detail::result_slot<T, ReturnExceptions>;
};

template <class... V>
using tuple_or_values =
    std::conditional_t<(std::is_default_constructible_v<V> && ...), std::tuple<V...>, values<V...>>;

/// The outcome for children given one by one: all results.
template <bool ReturnExceptions, class... T>
struct tuple_outcome : fills_result_slots<ReturnExceptions> {
  using type = tuple_or_values<delivered<T, ReturnExceptions>...>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = false;

  template <class... ResultSlot>
  static type take(ending const& end, ResultSlot&... result_slots) {
    if constexpr (std::is_same_v<type, std::tuple<delivered<T, ReturnExceptions>...>>)
      return type{result_slots.take(end)...};
    else
      return type(std::in_place, result_slots.take(end)...);
  }
};

/// The outcome for one child: its result.
template <class V>
struct single_outcome : fills_result_slots<false> {
  using type = std::conditional_t<std::is_default_constructible_v<V>, V, values<V>>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = !std::is_default_constructible_v<V>;

  template <class ResultSlot>
  static type take(ending const& end, ResultSlot& result_slot) {
    if constexpr (std::is_same_v<type, V>)
      return result_slot.take(end);
    else
      return type(std::in_place, result_slot.take(end));
  }
};

template <>
struct single_outcome<std::monostate> : fills_result_slots<false> {
  using type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;

  template <class ResultSlot>
  static void take(ending const&, ResultSlot&) noexcept {}
};

/// The outcome for a range: the results of the children that were started. If errors are results
/// and the size of the range is known, also those of the children that were not.
template <class T, bool ReturnExceptions>
struct vector_outcome : fills_result_slots<ReturnExceptions> {
  using type = std::vector<delivered<T, ReturnExceptions>>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = false;

  template <class ResultSlots>
  static type take_range(ending const& end, ResultSlots& result_slots, std::size_t started,
                         std::optional<std::size_t> const& total) {
    std::size_t const n = ReturnExceptions && total ? *total : started;
    type results;
    results.reserve(n);
    result_slots.for_each([&](auto& result_slot) { results.push_back(result_slot.take(end)); });
    if constexpr (ReturnExceptions)
      while (results.size() < n) results.push_back(detail::result_slot<T, true>().take(end));
    return results;
  }
};

template <>
struct vector_outcome<void, false> : fills_result_slots<false> {
  using type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;

  template <class ResultSlots>
  static void take_range(ending const&, ResultSlots&, std::size_t,
                         std::optional<std::size_t> const&) noexcept {}
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_OUTCOME_HPP
