//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_FUTURE_HPP
#define FANOUT_FUTURE_HPP

#include <fanout/concepts.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/token.hpp>
#include <fanout/detail/waiters.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

namespace detail {

struct future_access;

} // namespace detail

/// A handle of a task (`create_task`), or of the value that a `promise` promises: something that
/// ends once, with a value or an error. A future is itself an asynchronous operation, which waits
/// for that end: `co_await f`, `f(token)`, `gather(f, g)`, any number of times and of waiters.
///
/// Copying shares the state. A moved-from future stays valid: moving copies. There is no empty
/// future.
///
/// *Effects*: a wait never completes inside the initiating call, not even if the future is done.
/// Waiters and callbacks stand in one queue.
///
/// *Results*: every wait yields a copy of the value. A value that cannot be copied is taken by
/// `co_await std::move(f)`, or `std::move(f)` as a child.
///
/// *Errors*: a wait ends with the very exception of the task, and with `invalid_state` if the value
/// was taken before. An error that no code has looked at when the last handle is destroyed goes to
/// the unhandled error handler, unless the error is `operation_aborted`.
///
/// *Cancellation*: cancelling a wait cancels the future, with the same type of request. The wait
/// ends when the future does, and with the same result. `shield` prevents this.
///
/// *Executor and threads*: all members are thread-safe.
///
/// *Object lifetimes*: destroying every handle neither cancels nor blocks. A waiter belongs to the
/// context of its own executor, and a callback to that of the future; both are destroyed uncalled
/// with that context. A future whose context is destroyed before the end is abandoned: it never
/// ends, cannot be cancelled, and drops callbacks; a wait for it on another context ends with
/// `operation_aborted`. Handles may outlive the context.
///
/// *Python*: `asyncio.Future`, `asyncio.Task`.
///
/// *Example*:
/// @code
/// auto page = create_task(co_await asio::this_coro::executor, get(url));
/// auto const other = co_await get(another_url);
/// use(co_await page, other);
/// @endcode
template <class T>
class future : public detail::operation_base {
public:
  using value_type = T;
  /// Identifies one callback of one future.
  enum class id : std::uint64_t {};
  using executor_type = asio::any_io_executor;
  using result_type = typename detail::single_outcome<detail::value_or_monostate<T>>::type;
  using signature = typename detail::single_outcome<detail::value_or_monostate<T>>::signature;

  static constexpr bool unwraps_values =
      detail::single_outcome<detail::value_or_monostate<T>>::unwraps_values;
  static constexpr bool yields_once = !detail::can_be_copied<T>;

  // Without move operations: a moved-from future keeps its state.
  future(future const&) = default;
  future& operator=(future const&) = default;

  /// Whether the future has ended.
  bool done() const { return state_->done(); }

  /// Whether the future has ended as a cancelled one: with `operation_aborted`, or with another
  /// error that `is_cancelled` recognises after the task had been asked to end.
  bool cancelled() const { return state_->cancelled(); }

  /// Requests cancellation.
  ///
  /// *Effects*: runs no code inside this call. A task that has not made its first step never makes
  /// it. A running task gets each request where it stands, and may end as it likes; requests of one
  /// type that have not arrived count as one, and so do those that waiters pass on until the task
  /// has had a turn. The future of a promise ends at once.
  ///
  /// *Results*: false if the future has already ended, or was abandoned.
  bool cancel(asio::cancellation_type type = asio::cancellation_type::terminal) const {
    return state_->cancel(type);
  }

  /// The value.
  ///
  /// *Errors*: the exception of the task; `invalid_state` before the end, or after the value was
  /// taken.
  ///
  /// *Object lifetimes*: the value lives as long as any handle.
  decltype(auto) result() const {
    if constexpr (std::is_void_v<T>)
      state_->result();
    else
      return state_->result(); // a T const&
  }

  /// The value or the error, without throwing either.
  ///
  /// *Results*: a copy of the value. One that cannot be copied is taken by
  /// `std::move(f).outcome()`.
  ///
  /// *Errors*: none are thrown: the errors of `result()` stand in the outcome. The exception of the
  /// task counts as looked at then.
  ///
  /// *Python*: `result()` in a `try`.
  ///
  /// *Example*: `for (auto const& f : ended.done) use(f.outcome());`
  fanout::result<T> outcome() && noexcept { return state_->outcome(); }
  auto outcome() const& noexcept {
    static_assert(!yields_once, "fanout: the value of this future cannot be copied: take it, as in "
                                "std::move(future).outcome()");
    if constexpr (!yields_once) return state_->outcome();
  }

  /// The error, null on success.
  ///
  /// *Errors*: `invalid_state` before the end; the error itself is thrown if `cancelled()`.
  std::exception_ptr exception() const { return state_->exception(); }

  /// Adds a callback: `f(future<T>)` is called after the end.
  ///
  /// *Effects*: the call is posted to the executor of the future, in the order in which callbacks
  /// were added, also if the future has already ended. An exception out of `f` leaves the context's
  /// `run()`.
  ///
  /// *Results*: the id for `remove_done_callback`.
  template <std::invocable<future> F>
  id add_done_callback(F f) const {
    using callback = detail::pending_callback<future, F>;
    detail::context_lock const context(*state_->registry());
    if (!context || state_->abandoned()) return id{};
    return id(state_->add(state_->registry(), std::make_unique<callback>(*this, std::move(f),
                                                                         state_->executor_here())));
  }

  /// Removes a callback. Returns false if the callback was posted already.
  bool remove_done_callback(id callback) const {
    return state_->remove(detail::callback_id(callback));
  }

  std::string name() const { return state_->name(); }
  void set_name(std::string name) const { state_->set_name(std::move(name)); }

  /// The executor that `create_task` or the promise was given; empty once its context was
  /// destroyed.
  executor_type get_executor() const noexcept { return state_->get_executor(); }

  /// Waits for the end.
  template <class Token>
    requires detail::good_token<Token, signature, detail::initiate_wait<T>>
  auto operator()(Token&& token) && -> decltype(asio::async_initiate<Token, signature>(
      std::declval<detail::initiate_wait<T>>(), token)) {
    return asio::async_initiate<Token, signature>(detail::initiate_wait<T>{state_}, token);
  }

  template <class Token>
    requires detail::good_token<Token, signature, detail::initiate_wait<T>>
  auto operator()(Token&& token) const& -> decltype(asio::async_initiate<Token, signature>(
      std::declval<detail::initiate_wait<T>>(), token)) {
    static_assert(!yields_once, "fanout: the value of this future cannot be copied: take it, as in "
                                "std::move(future)(token)");
    if constexpr (!yields_once) return future(*this)(std::forward<Token>(token));
  }

  template <class Token, class Signature = signature,
            class Mistake = detail::mistake_in_token<Token, signature, detail::initiate_wait<T>>>
  Mistake operator()(Token&&) const& = delete;

private:
  template <class U>
  friend class promise;
  friend struct detail::future_access;

  explicit future(std::shared_ptr<detail::future_state<T>> state) noexcept
      : state_(std::move(state)) {}

  std::shared_ptr<detail::future_state<T>> state_;
};

namespace detail {

struct future_access {
  template <class T>
  static future<T> make(std::shared_ptr<future_state<T>> state) noexcept {
    return future<T>(std::move(state));
  }

  template <class T>
  static std::shared_ptr<future_state<T>> const& state(future<T> const& f) noexcept {
    return f.state_;
  }

  template <class T>
  static void swap(future<T>& a, future<T>& b) noexcept {
    a.state_.swap(b.state_);
  }

  /// See `future_state::inspect`.
  template <class T, class F>
  static void inspect(future<T> const& f, F const& look) {
    f.state_->inspect(look);
  }
};

} // namespace detail

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_FUTURE_HPP
