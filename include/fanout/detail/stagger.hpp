//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_STAGGER_HPP
#define FANOUT_DETAIL_STAGGER_HPP

#include <fanout/detail/duration.hpp>
#include <fanout/detail/start_condition.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Lets a child start after a delay from the start before it, or when a child has failed.
template <class Clock>
class stagger_condition final : public start_condition {
public:
  explicit stagger_condition(typename Clock::duration delay) noexcept : delay_(delay) {}

  bool try_start() override {
    if (failures_ == 0 && next_ && Clock::now() < *next_) return false;
    if (failures_ != 0) --failures_;
    next_ = from_now<Clock>(delay_);
    return true;
  }

  void wait(asio::any_io_executor const& executor, std::function<void()> ready) override {
    timer_.emplace(executor, *next_);
    timer_->async_wait([ready = std::move(ready)](boost::system::error_code const&) {
      ready(); // also if the timer is cancelled
    });
  }

  void cancel_wait() override { timer_.reset(); }

  void child_ended(bool failed) override {
    if (!failed) return;
    ++failures_;
    timer_.reset();
  }

private:
  using timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::any_io_executor>;

  typename Clock::duration delay_;
  std::optional<typename Clock::time_point> next_; // when the next child may start; empty: now
  std::size_t failures_ = 0;                       // each lets one child start at once
  std::optional<timer> timer_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_STAGGER_HPP
