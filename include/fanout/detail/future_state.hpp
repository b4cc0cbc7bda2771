//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_FUTURE_STATE_HPP
#define FANOUT_DETAIL_FUTURE_STATE_HPP

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/outcome.hpp>

#include <exception>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The state of a future with its value.
template <class T>
class future_state : public future_core {
public:
  using future_core::future_core;

  using stored = value_or_monostate<T>;

  template <class... Args>
  bool succeed(Args&&... args) {
    std::unique_lock lock(mutex_);
    if (!settle()) return false;
    try {
      value_.emplace(std::forward<Args>(args)...);
    } catch (...) {
      unsettle();
      throw;
    }
    end(std::move(lock), nullptr, false);
    return true;
  }

  /// Stores the value before the end; `succeed_prepared` follows. Only the producer uses the value
  /// yet.
  template <class... Args>
  void prepare(Args&&... args) {
    value_.emplace(std::forward<Args>(args)...);
  }
  void succeed_prepared() {
    std::unique_lock lock(mutex_);
    if (settle()) end(std::move(lock), nullptr, false);
  }

  stored const& result() {
    std::lock_guard const lock(mutex_);
    check_done();
    if (error_) {
      looked_ = true;
      std::rethrow_exception(error_);
    }
    check_there();
    return *value_;
  }

  /// Calls `look(error, value)` if the future has ended, with null pointers for an error or a value
  /// that does not exist or was taken. The error still counts as not looked at.
  template <class F>
  void inspect(F const& look) const {
    std::lock_guard const lock(mutex_);
    if (has_ended()) look(error_, value_ ? &*value_ : nullptr);
  }

  /// Takes back the error or the value that the only waiter has not taken yet, if the value is
  /// worth it. The waiter then gets `operation_aborted`.
  template <class IsWorthIt>
  std::optional<fanout::result<T>> recall(IsWorthIt const& is_worth_it) {
    std::lock_guard const lock(mutex_);
    std::optional<fanout::result<T>> back;
    if (value_ && is_worth_it(*value_))
      back.emplace(boost::system::in_place_value, *std::exchange(value_, std::nullopt));
    else if (has_failed() && !looked_)
      back.emplace(boost::system::in_place_error, error_);
    if (!back) return back;
    error_ = aborted_error();
    looked_ = true;
    return back;
  }

  /// Returns what `take` returns; before the end `invalid_state`.
  fanout::result<T> outcome() noexcept {
    try {
      std::lock_guard const lock(mutex_);
      check_done();
    } catch (...) {
      return {boost::system::in_place_error, std::current_exception()};
    }
    return take();
  }

  /// The result for one waiter: a copy of the value, or the value itself if it cannot be copied.
  fanout::result<T> take() noexcept {
    try {
      std::unique_lock lock(mutex_);
      if (error_) {
        looked_ = true;
        return {boost::system::in_place_error, error_};
      }
      // The future was abandoned, and never ends.
      if (!has_ended()) return {boost::system::in_place_error, aborted_error()};
      check_there();
      if constexpr (std::is_void_v<T>) {
        return {boost::system::in_place_value};
      } else if constexpr (can_be_copied<T>) {
        lock.unlock(); // the value does not change after the end
        return {boost::system::in_place_value, std::as_const(*value_)};
      } else {
        fanout::result<T> taken(boost::system::in_place_value, std::move(*value_));
        value_.reset();
        return taken;
      }
    } catch (...) {
      return {boost::system::in_place_error, std::current_exception()};
    }
  }

private:
  void check_there() const {
    if (!value_) throw invalid_state("the value of " + described() + " was taken");
  }

  std::optional<stored> value_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_FUTURE_STATE_HPP
