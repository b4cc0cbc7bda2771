//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_DEADLINE_TIMER_HPP
#define FANOUT_DETAIL_DEADLINE_TIMER_HPP

#include <fanout/detail/duration.hpp>
#include <fanout/detail/live_children.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/system/error_code.hpp>

#include <variant>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// Cancels the children of an operation at a time point. The members are called with the
/// operation's lock held.
template <class Clock>
class deadline_timer {
public:
  using duration = typename Clock::duration;
  using time_point = typename Clock::time_point;

  deadline_timer(asio::any_io_executor const& executor, std::variant<duration, time_point> when)
      : timer_(executor), when_(when) {}

  /// Called when the operation is initiated. Starts the timer.
  template <class State>
  void begin(State& state) {
    if (auto const* const d = std::get_if<duration>(&when_))
      due_ = *d > d->zero() ? from_now<Clock>(*d) : Clock::now();
    else
      due_ = std::get<time_point>(when_);
    if (check_passed()) return state.expire();
    timer_.expires_at(due_);
    timer_.async_wait([weak = state.weak_from_this()](boost::system::error_code const& error) {
      if (error) return;
      if (auto const alive = weak.lock()) alive->timer_expired();
    });
  }

  // Marks a child that was started when the deadline had passed already.
  template <class State>
  void started(State&, live_child& record) noexcept {
    record.timed_out = record.timed_out || passed_;
  }

  /// Appends all running children to `due` if the deadline has passed.
  template <class State, class ChildRef>
  void add_due(State& state, std::vector<ChildRef>& due) {
    if (passed_ || !check_passed()) return;
    state.expire();
    for (live_child& r : state.records().list()) {
      r.timed_out = true;
      due.push_back({&r, r.index, r.executor});
    }
  }

  void stop() { timer_.cancel(); }

private:
  // Notes in `passed_` whether the deadline has passed, and returns it.
  bool check_passed() { return passed_ = Clock::now() >= due_; }

  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::any_io_executor> timer_;
  std::variant<duration, time_point> when_;
  time_point due_;
  bool passed_ = false;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_DEADLINE_TIMER_HPP
