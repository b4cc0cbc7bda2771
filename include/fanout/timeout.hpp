//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TIMEOUT_HPP
#define FANOUT_TIMEOUT_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/child_timer.hpp>
#include <fanout/detail/deadline_timer.hpp>
#include <fanout/detail/duration.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

namespace fanout::inline FANOUT_ABI {

/// Limits the time of one child.
///
/// Call it as `timeout([executor,] duration, child)`. A clock other than
/// `std::chrono::steady_clock` is named first, as in `timeout<Clock>(...)`.
///
/// *Effects*: packages an asynchronous operation that runs the child, cancels it with a `terminal`
/// request when the duration has passed, and waits for its end. With a duration of zero or less the
/// child is never started; a `future` is then cancelled, unless it is done.
///
/// *Results*: what the child yields, also if it does so after the time has passed; the completion
/// signature is `void(std::exception_ptr, T)`, of a `void` child `void(std::exception_ptr)`.
///
/// *Errors*: `deadline_exceeded` if the child ended as a cancelled one because its time had passed
/// and nothing outside of the `timeout` had asked it to end; any other end of the child as it is.
///
/// *Cancellation*: a request of any type is forwarded to the child. A child that survives it yields
/// its value.
///
/// *Object lifetimes*: the child has ended when the operation completes. A child that does not
/// react to cancellation, a name resolution for instance, delays the operation: put it into a
/// `shield`.
///
/// *Python*: `asyncio.wait_for`.
///
/// *Example*: `auto const page = co_await timeout(2s, get(url));`
template <class Clock = std::chrono::steady_clock, class Rep, class Period, detail::good_child C>
auto timeout(std::chrono::duration<Rep, Period> const& d, C&& child) {
  return detail::timeout_function<Clock>()(detail::initiate_on_handler(), d,
                                           std::forward<C>(child));
}

template <class Clock = std::chrono::steady_clock, executor_or_context Ex, class Rep, class Period,
          detail::good_child C>
auto timeout(Ex&& executor, std::chrono::duration<Rep, Period> const& d, C&& child) {
  return detail::timeout_function<Clock>()(detail::initiation_on(std::forward<Ex>(executor)), d,
                                           std::forward<C>(child));
}

template <class Clock = std::chrono::steady_clock, class... Args,
          class Mistake = detail::mistake_in<detail::timeout_function<Clock>, Args...>>
Mistake timeout(Args&&...) = delete;

/// Ends an operation at a moment: "whatever answered within 200 ms".
///
/// Takes a duration, counted from the initiation of the operation, or a time point.
///
/// *Effects*: at that moment every child that runs gets a `terminal` request, and no more start.
/// The operation ends when all have ended. If the moment has passed already, no child starts.
///
/// *Results*: with `return_exceptions` the results that are there. The places of children that then
/// ended as cancelled ones, or never started, hold `deadline_exceeded`, unless something outside of
/// the operation has asked them to end, too. A value that arrives all the same is delivered.
///
/// *Errors*: without `return_exceptions` the first error in time, `deadline_exceeded` for instance.
/// Children that an earlier error has left running are cancelled at that moment too.
///
/// *Python*: `asyncio.timeout` around `gather`, with the results that are there.
///
/// *Example*:
/// @code
/// auto all = co_await gather(std::move(calls), deadline(200ms), return_exceptions);
/// @endcode
template <class Clock = std::chrono::steady_clock>
class deadline {
public:
  using clock = Clock;
  using duration = typename Clock::duration;
  using time_point = typename Clock::time_point;

  template <class Rep, class Period>
  explicit deadline(std::chrono::duration<Rep, Period> const& d)
      : when_(detail::rounded_up<duration>(d)) {}

  template <class Duration>
  explicit deadline(std::chrono::time_point<Clock, Duration> const& t)
      : when_(time_point(detail::rounded_up<duration>(t.time_since_epoch()))) {}

  template <detail::number N, class Mistake = decltype(detail::number_as_deadline())>
  explicit deadline(N) = delete;

  constexpr void apply(rules& r) const noexcept { r.cancels_children = true; }

  struct timer : detail::deadline_timer<Clock> {
    timer(asio::any_io_executor const& executor, deadline const& policy)
        : detail::deadline_timer<Clock>(executor, policy.when_) {}
  };

private:
  std::variant<duration, time_point> when_;
};

template <class Rep, class Period>
deadline(std::chrono::duration<Rep, Period> const&) -> deadline<>;
template <class Clock, class Duration>
deadline(std::chrono::time_point<Clock, Duration> const&) -> deadline<Clock>;

/// Cancels each child that runs longer than a duration, counted from its own start.
///
/// *Effects*: the child gets a `terminal` request. If it then ends as a cancelled one, that counts
/// as `deadline_exceeded`, unless something outside of the operation had asked it to end; a value
/// or another error is delivered as it is. The child is awaited all the same: one that does not
/// react to cancellation delays the operation. What cannot be cancelled, a name resolution for
/// instance, belongs into a `shield`; what forgets requests becomes `abortable`.
///
/// *Errors*: a duration of zero or less throws `std::invalid_argument`.
///
/// *Python*: `wait_for` around every child.
///
/// *Example*: `co_await gather(urls | std::views::transform(get), child_timeout(2s));`
template <class Clock = std::chrono::steady_clock>
class child_timeout {
public:
  using duration = typename Clock::duration;

  template <class Rep, class Period>
  explicit child_timeout(std::chrono::duration<Rep, Period> const& d)
      : duration_(detail::rounded_up<duration>(d)) {
    if (d <= d.zero())
      throw std::invalid_argument(
          "fanout::child_timeout: the duration must be positive, not " +
          detail::duration_text(detail::rounded_up<std::chrono::nanoseconds>(d)));
  }

  template <detail::number N, class Mistake = decltype(detail::number_as_child_timeout())>
  explicit child_timeout(N) = delete;

  constexpr void apply(rules& r) const noexcept { r.cancels_children = true; }

  struct timer : detail::child_timer<Clock> {
    timer(asio::any_io_executor const& executor, child_timeout const& policy)
        : detail::child_timer<Clock>(executor, policy.duration_) {}
  };

private:
  duration duration_;
};

template <class Rep, class Period>
child_timeout(std::chrono::duration<Rep, Period> const&) -> child_timeout<>;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_TIMEOUT_HPP
