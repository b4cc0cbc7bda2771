//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_BACKGROUND_END_HPP
#define FANOUT_DETAIL_BACKGROUND_END_HPP

#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <string>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The base of the completion handlers of groups and streams, whose operations no handler of a user
/// awaits. The operation runs on a serial executor. A future is kept for its end, and
/// whatever cancels the future cancels the operation.
class background_end {
public:
  using executor_type = asio::any_io_executor;
  using cancellation_slot_type = asio::cancellation_slot;
  using future_type = std::shared_ptr<future_state<void>>;

  executor_type get_executor() const noexcept { return serial_; }
  cancellation_slot_type get_cancellation_slot() const noexcept { return future_->slot(); }
  future_type const& future() const noexcept { return future_; }

protected:
  template <class Executor>
  background_end(Executor const& executor, std::string name)
      : serial_(made_serial(idle(executor))),
        future_(std::make_shared<future_state<void>>(idle(executor), serial_, std::move(name))) {}

  background_end(background_end&&) = default;
  ~background_end() = default;

  /// Returns the future, which the handler has no longer.
  future_type take_future() noexcept { return std::move(future_); }

  /// To be called by the destructor. If the operation was destroyed before its end, abandons the
  /// future and calls `f`; what `f` throws is dropped.
  template <class F>
  void abandon(F const& f) noexcept {
    if (!future_) return;
    future_->abandon();
    try {
      f();
    } catch (...) { // without memory nothing more can be done
    }
  }

private:
  asio::any_io_executor serial_;
  future_type future_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_BACKGROUND_END_HPP
