//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TIMEOUT_HPP
#define FANOUT_TIMEOUT_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/child_timer.hpp>
#include <fanout/detail/duration.hpp>
#include <fanout/detail/timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace fanout {

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
/// *Errors*: `deadline_exceeded` if the child ended with `operation_aborted` because its time had
/// passed; any other error of the child as it is.
///
/// *Cancellation*: of every type is forwarded to the child. A child that survives it yields its
/// value.
///
/// *Object lifetimes*: the child has ended when the operation completes. One that does not react to
/// cancellation, a name resolution for instance, holds it up: put that into a `shield`.
///
/// *Python*: `asyncio.wait_for`.
///
/// *Example*: `auto const page = co_await timeout(2s, get(url));`
template <class Clock = std::chrono::steady_clock, class... Args>
auto timeout(Args&&... args) {
  return detail::with_executor(detail::timeout_function<Clock>(), std::forward<Args>(args)...);
}

/// Cancels each child that runs longer than a duration, counted from its own start.
///
/// *Effects*: the child gets a `terminal` request. If it then ends with `operation_aborted`, that
/// counts as `deadline_exceeded`; a value or another error is delivered as it is. The child is
/// awaited all the same: one that does not react to cancellation holds the operation up. What
/// cannot be cancelled, a name resolution for instance, belongs into a `shield`.
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
          detail::duration_text(std::chrono::duration_cast<std::chrono::nanoseconds>(d)));
  }

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

} // namespace fanout

#endif // FANOUT_TIMEOUT_HPP
