//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_SLEEP_HPP
#define FANOUT_SLEEP_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/duration.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/sleep.hpp>

#include <chrono>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Waits for a duration of a clock.
///
/// *Effects*: packages an asynchronous operation; the time runs from its initiation on. A duration
/// of zero or less yields once to what is ready to run.
///
/// *Results*: none; the completion signature is `void(std::exception_ptr)`.
///
/// *Errors*: `operation_aborted` if cancelled.
///
/// *Cancellation*: a request of any type ends it, unless its duration is zero or less.
///
/// *Executor and threads*: the timer uses the executor that stands first, else that of the
/// completion handler.
///
/// *Python*: `asyncio.sleep`.
///
/// *Example*: `co_await fanout::sleep(100ms);`
template <class Clock = std::chrono::steady_clock, class Rep, class Period>
auto sleep(std::chrono::duration<Rep, Period> const& d) {
  detail::sleep_span<Clock> span;
  span.length = detail::rounded_up<typename Clock::duration>(d);
  return detail::make_sleep(span);
}

template <class Clock = std::chrono::steady_clock, executor_or_context Ex, class Rep, class Period>
auto sleep(Ex&& executor, std::chrono::duration<Rep, Period> const& d) {
  detail::sleep_span<Clock> span;
  span.length = detail::rounded_up<typename Clock::duration>(d);
  return detail::make_sleep(span, detail::executor_of(std::forward<Ex>(executor)));
}

/// A number is no duration, and must not find the `sleep` of POSIX, which blocks the thread.
template <detail::number N, class Mistake = decltype(detail::number_to_sleep())>
Mistake sleep(N) = delete;

template <executor_or_context Ex, detail::number N,
          class Mistake = decltype(detail::number_to_sleep())>
Mistake sleep(Ex&&, N) = delete;

/// Waits until a moment of a clock; one that has passed yields once. For the rest see `sleep`.
template <class Clock, class Duration>
auto sleep_until(std::chrono::time_point<Clock, Duration> const& t) {
  detail::sleep_span<Clock> span;
  span.until = std::chrono::ceil<typename Clock::duration>(t);
  span.is_length = false;
  return detail::make_sleep(span);
}

template <executor_or_context Ex, class Clock, class Duration>
auto sleep_until(Ex&& executor, std::chrono::time_point<Clock, Duration> const& t) {
  detail::sleep_span<Clock> span;
  span.until = std::chrono::ceil<typename Clock::duration>(t);
  span.is_length = false;
  return detail::make_sleep(span, detail::executor_of(std::forward<Ex>(executor)));
}

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_SLEEP_HPP
