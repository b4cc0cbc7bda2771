//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CHILD_TIMER_HPP
#define FANOUT_DETAIL_CHILD_TIMER_HPP

#include <fanout/detail/duration.hpp>
#include <fanout/detail/live_children.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// Cancels each child of an operation that runs longer than a duration. One timer serves all
/// children: the duration is the same for each, so the child that started first is due first.
///
/// The members are called with the operation's lock held.
template <class Clock>
class child_timer {
public:
  using duration = typename Clock::duration;

  child_timer(asio::any_io_executor const& executor, duration d) : timer_(executor), duration_(d) {}

  template <class State>
  void begin(State&) noexcept {}

  template <class State>
  void started(State& state, live_child& record) {
    record.deadline = ticks(from_now<Clock>(duration_));
    if (!armed_) arm(state, record);
  }

  /// Called when no child runs and none will start.
  void stop() {
    armed_ = false;
    timer_.cancel();
  }

  /// Appends the children whose time is up to `due`.
  template <class State, class ChildRef>
  void add_due(State& state, std::vector<ChildRef>& due) {
    if (!armed_) return;
    auto const now = ticks(Clock::now());
    for (live_child& r : state.records().list()) {
      if (r.deadline == never) continue;
      if (r.deadline > now) return arm(state, r);
      r.deadline = never;
      r.timed_out = true;
      due.push_back({&r, r.index, r.executor});
    }
    armed_ = false;
  }

private:
  using time_point = typename Clock::time_point;

  static constexpr auto never =
      std::numeric_limits<std::int64_t>::max(); // no deadline, or it has passed already

  static std::int64_t ticks(time_point t) { return t.time_since_epoch().count(); }

  template <class State>
  void arm(State& state, live_child const& first_due) {
    armed_ = true;
    timer_.expires_at(time_point(duration(first_due.deadline)));
    timer_.async_wait([weak = state.weak_from_this()](boost::system::error_code const& error) {
      if (error) return;
      if (auto const alive = weak.lock()) alive->timer_expired();
    });
  }

  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::any_io_executor> timer_;
  duration duration_;
  bool armed_ = false;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CHILD_TIMER_HPP
