//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_TIMEOUT_HPP
#define FANOUT_DETAIL_TIMEOUT_HPP

#include <fanout/concepts.hpp>
#include <fanout/fwd.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/child_timer.hpp>
#include <fanout/detail/duration.hpp>
#include <fanout/detail/live_children.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

template <class T>
inline constexpr bool is_future = false;
template <class T>
inline constexpr bool is_future<future<T>> = true;

/// Whether the child is a wait for a future: also with a name, on an executor of its own, or
/// returned by a callable.
template <class C>
consteval bool waits_for_future() {
  using traits = child_traits<C>;
  if constexpr (is_named<C>)
    return waits_for_future<decltype(C::child)>();
  else if constexpr (traits::is_callable)
    return waits_for_future<typename traits::made>();
  else if constexpr (traits::is_bound)
    return waits_for_future<typename traits::target>();
  else
    return is_future<C>;
}

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

/// The policy of `timeout`: limits the time of one child. Without any time the child does not
/// start.
template <class Clock>
struct time_limit {
  typename Clock::duration duration;
  bool starts;

  constexpr void apply(all_rules& r) const noexcept {
    r.cancels_children = true;
    r.keeps_values = true;
    r.starts_cancelled = !starts;
  }
  static constexpr char const* title() noexcept { return "a timeout"; }

  struct timer : child_timer<Clock> {
    timer(asio::any_io_executor const& executor, time_limit const& limit)
        : child_timer<Clock>(executor, limit.duration), starts(limit.starts) {}

    template <class Owner>
    void started(Owner& core, live_child& record) {
      if (starts)
        child_timer<Clock>::started(core, record);
      else
        record.timed_out = true;
    }

    bool starts;
  };
};

template <class Clock>
struct timeout_function {
  template <class D = void, class... Children>
  static consteval auto mistake() {
    if constexpr (!is_duration<std::remove_cvref_t<D>>)
      return no_duration_first();
    else if constexpr (sizeof...(Children) != 1)
      return timeout_of_one();
    else
      return (mistake_of_child<Children>(), ...);
  }

  template <class Initiation, class Rep, class Period, class C>
  auto operator()(Initiation initiation, std::chrono::duration<Rep, Period> const& d, C&& c) const {
    using duration = typename Clock::duration;
    bool const some = d > d.zero();
    // A future runs already: the child is only the wait, which starts in any case, so that it
    // forwards the cancellation or the result.
    time_limit<Clock> const limit{some ? rounded_up<duration>(d) : duration::zero(),
                                  some || waits_for_future<std::decay_t<C>>()};
    return make_gather_of_one(std::move(initiation), std::forward<C>(c), limit);
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_TIMEOUT_HPP
