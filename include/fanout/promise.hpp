//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_PROMISE_HPP
#define FANOUT_PROMISE_HPP

#include <fanout/concepts.hpp>
#include <fanout/future.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Ends a future by hand: a bridge from everything that is no asynchronous operation.
///
/// *Effects*: `executor` is where callbacks of the future run. Destroying a promise that was not
/// set ends its future with `broken_promise`.
///
/// *Cancellation*: cancelling the future ends it at once with `operation_aborted`. After that
/// `set_value` returns false.
///
/// *Executor and threads*: all members are thread-safe.
///
/// *Python*: `loop.create_future`.
///
/// *Example*:
/// @code
/// fanout::promise<int> answer(context);
/// auto const future = answer.get_future();
/// library.on_answer([answer = std::move(answer)](int n) mutable { answer.set_value(n); });
/// use(co_await future);
/// @endcode
template <class T>
class promise {
public:
  template <executor_or_context Ex>
    requires(!std::is_same_v<std::remove_cvref_t<Ex>, promise>)
  explicit promise(Ex&& executor)
      : state_(std::make_shared<detail::future_state<T>>(
            detail::idle(detail::executor_of(std::forward<Ex>(executor))), asio::any_io_executor(),
            std::string())) {}

  promise(promise&&) noexcept = default;
  promise& operator=(promise&& other) noexcept {
    promise(std::move(other)).state_.swap(state_);
    return *this;
  }
  ~promise() {
    if (state_) state_->break_promise();
  }

  /// A handle of the future, as often as it is asked for.
  future<T> get_future() const { return future<T>(state_); }

  /// Ends the future with a value.
  ///
  /// *Results*: false if it was cancelled meanwhile, or abandoned.
  ///
  /// *Errors*: `invalid_state` if the promise was set before.
  ///
  /// *Exception safety*: if the value cannot be constructed from `value`, the promise is as before.
  /// A wait that cannot be woken for want of memory is dropped, and the unhandled error handler is
  /// called.
  template <class U = T>
    requires std::is_constructible_v<T, U>
  bool set_value(U&& value) {
    return state_->succeed(std::forward<U>(value));
  }

  bool set_value()
    requires std::is_void_v<T>
  {
    return state_->succeed();
  }

  /// Ends the future with an error. For the rest see `set_value`.
  bool set_exception(std::exception_ptr error) { return state_->fail(std::move(error)); }

  /// Cancels the future; false if it has already ended.
  bool cancel() { return state_->cancel(asio::cancellation_type::terminal); }

private:
  std::shared_ptr<detail::future_state<T>> state_;
};

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_PROMISE_HPP
