//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_DURATION_HPP
#define FANOUT_DETAIL_DURATION_HPP

#include <fanout/config.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// A number has no unit, so it is no duration.
template <class N>
concept number = std::is_arithmetic_v<N>;

/// A duration in the unit of a clock, rounded up. If the clock's unit cannot represent it, the
/// minimum or maximum.
template <class To, class Rep, class Period>
constexpr To rounded_up(std::chrono::duration<Rep, Period> const& d) {
  using seconds = std::chrono::duration<long double>;
  if (seconds(d) <= seconds(To::min())) return To::min();
  return seconds(d) >= seconds(To::max()) ? To::max() : std::chrono::ceil<To>(d);
}

/// The time point `d` from now, or the last one that the clock can represent.
template <class Clock>
typename Clock::time_point from_now(typename Clock::duration d) {
  auto const now = Clock::now();
  return now > Clock::time_point::max() - d ? Clock::time_point::max() : now + d;
}

/// The text of a duration, in the largest unit that gives a whole number.
inline std::string duration_text(std::chrono::nanoseconds d) {
  constexpr std::array<std::pair<std::int64_t, char const*>, 4> units{
      {{1'000'000'000, " s"}, {1'000'000, " ms"}, {1'000, " us"}, {1, " ns"}}};
  auto const* unit = units.data();
  while (d.count() % unit->first != 0) ++unit;
  return std::to_string(d.count() / unit->first) + unit->second;
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_DURATION_HPP
