//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_WAIT_HPP
#define FANOUT_WAIT_HPP

#include <fanout/future.hpp>
#include <fanout/timeout.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/token.hpp>
#include <fanout/detail/wait.hpp>

#include <boost/asio/async_result.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI {

/// When a `wait` ends.
enum class return_when {
  all_completed,   ///< when all futures have ended
  first_completed, ///< when any of them has
  first_exception, ///< when any of them has failed, cancelled ones not counted, or all have ended
};
using enum return_when;

/// What a `wait` yields: the futures that have ended and those that have not, each in the order of
/// the arguments.
template <class T>
struct wait_result {
  std::vector<future<T>> done;
  std::vector<future<T>> pending;
};

namespace detail {

template <class F>
concept future_range = std::ranges::input_range<F> && requires {
  typename std::ranges::range_value_t<F>::value_type;
  requires std::same_as<std::ranges::range_value_t<F>,
                        future<typename std::ranges::range_value_t<F>::value_type>>;
};

template <class Clock>
struct wait_function;

} // namespace detail

/// Waits for futures, and cancels none of them.
///
/// Call it as `wait([executor,] futures, when [, duration])`: a range of futures of one type, when
/// to end, and how long to wait at most. A clock other than `std::chrono::steady_clock` is a
/// template argument: `wait<Clock>(...)`.
///
/// *Effects*: packages an asynchronous operation. It holds the futures until its end, and passes
/// over all of them when it starts and when it ends. For one end after another use
/// `as_completed(futures)`, which passes over them once.
///
/// *Results*: a `wait_result<T>`, whose members `done` and `pending` are vectors of futures; also
/// when the time has passed. The completion signature is `void(std::exception_ptr,
/// wait_result<T>)`.
///
/// *Errors*: those of the futures stay in them, and count as not looked at. No future at all throws
/// `std::invalid_argument`. `operation_aborted` if the wait was cancelled.
///
/// *Cancellation*: a request of any type ends the wait, and leaves the futures alone.
///
/// *Executor and threads*: the completion handler is called on its own executor. The executor
/// argument runs the time limit, and a completion handler that has no executor.
///
/// *Object lifetimes*: the context of that executor destroys the wait with its handler uncalled;
/// the contexts of the futures may go at any time. A wait that has ended leaves nothing with any
/// future.
///
/// *Python*: `asyncio.wait`.
///
/// *Example*:
/// @code
/// auto ended = co_await wait(tasks, first_completed, 2s);
/// for (auto const& task : ended.pending) task.cancel();
/// @endcode
template <class Clock = std::chrono::steady_clock, detail::future_range R, class... Limit>
  requires detail::well_called<detail::wait_function<Clock>, R, return_when, Limit...>
auto wait(R&& futures, return_when when, Limit const&... limit) {
  return detail::wait_function<Clock>()(detail::initiate_on_handler(), std::forward<R>(futures),
                                        when, limit...);
}

template <class Clock = std::chrono::steady_clock, executor_or_context Ex, detail::future_range R,
          class... Limit>
  requires detail::well_called<detail::wait_function<Clock>, R, return_when, Limit...>
auto wait(Ex&& executor, R&& futures, return_when when, Limit const&... limit) {
  return detail::wait_function<Clock>()(detail::initiation_on(std::forward<Ex>(executor)),
                                        std::forward<R>(futures), when, limit...);
}

template <class Clock = std::chrono::steady_clock, class... Args,
          class Mistake = detail::mistake_in<detail::wait_function<Clock>, Args...>>
  requires((detail::future_range<Args> || child<Args> ||
            std::same_as<std::remove_cvref_t<Args>, return_when>) ||
           ...)
Mistake wait(Args&&...) = delete;

template <class Clock = std::chrono::steady_clock, class... Args,
          class Mistake = detail::mistake_t<decltype(detail::no_futures())>>
Mistake wait(detail::braces, return_when, Args&&...) = delete;

namespace detail {

/// The futures of a wait, and the ids by which the wait leaves them.
template <class T>
class watched_futures {
public:
  using type = wait_result<T>;

  explicit watched_futures(std::vector<future<T>> futures) : futures_(std::move(futures)) {}
  watched_futures(watched_futures&&) = default;
  watched_futures& operator=(watched_futures&&) = delete;

  ~watched_futures() {
    for (std::size_t i = 0; i < ids_.size(); ++i)
      if (is_watched(i)) leave(i);
  }

  /// Stops as soon as those that are done already are enough.
  void watch(std::shared_ptr<wait_core> const& core) {
    ids_.resize(futures_.size());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      ids_[i] = state(i).watch(core);
      if (ids_[i] != callback_id()) continue;
      if (futures_[i].done())
        core->ended(state(i).failed());
      else
        core->lost();
      if (core->over()) return;
    }
  }

  /// Leaves the futures, sorted by whether they have ended.
  type take() {
    std::vector<bool> pending(futures_.size());
    for (std::size_t i = 0; i < futures_.size(); ++i)
      pending[i] =
          (is_watched(i) && leave(i)) || !futures_[i].done(); // not done: its context was destroyed
    auto const n_pending = static_cast<std::size_t>(std::ranges::count(pending, true));
    type all;
    all.done.reserve(futures_.size() - n_pending);
    auto kept = futures_.begin();
    for (std::size_t i = 0; i < futures_.size(); ++i)
      if (pending[i])
        future_access::swap(*kept++, futures_[i]);
      else
        all.done.push_back(futures_[i]);
    futures_.erase(kept, futures_.end());
    all.pending = std::move(futures_);
    return all;
  }

private:
  future_state<T>& state(std::size_t i) const { return *future_access::state(futures_[i]); }

  bool is_watched(std::size_t i) const { return i < ids_.size() && ids_[i] != callback_id(); }

  // Says whether it is still pending.
  bool leave(std::size_t i) { return state(i).remove(std::exchange(ids_[i], callback_id())); }

  std::vector<future<T>> futures_;
  std::vector<callback_id> ids_;
};

/// A wait that was described and not started.
template <class Initiation, class T, class Limit>
class [[nodiscard("nothing runs before the operation is awaited or called with a completion "
                  "token")]] waiting : public operation_base {
public:
  using result_type = wait_result<T>;
  using signature = void(std::exception_ptr, result_type);
  static constexpr bool unwraps_values = false;

  waiting(Initiation initiation, std::vector<future<T>> futures, return_when when,
          typename Limit::policy limit)
      : initiation_{std::move(initiation)}, futures_(std::move(futures)), when_(when),
        limit_(limit) {}

  template <class Token>
    requires good_token<Token, signature, initiate_waiting<Limit, Initiation>>
  auto operator()(Token&& token) && -> decltype(asio::async_initiate<Token, signature>(
      std::declval<initiate_waiting<Limit, Initiation>>(), token, std::declval<wait_condition>(),
      std::declval<watched_futures<T>>(), std::declval<typename Limit::policy>())) {
    auto const n = futures_.size();
    wait_condition const e{when_ == first_completed ? 1 : n, n, when_ == first_exception};
    return asio::async_initiate<Token, signature>(std::move(initiation_), token, wait_condition(e),
                                                  watched_futures<T>(std::move(futures_)),
                                                  typename Limit::policy(limit_));
  }

  template <class Token>
    requires good_token<Token, signature, initiate_waiting<Limit, Initiation>>
  auto operator()(Token&& token) const& -> decltype(asio::async_initiate<Token, signature>(
      std::declval<initiate_waiting<Limit, Initiation>>(), token, std::declval<wait_condition>(),
      std::declval<watched_futures<T>>(), std::declval<typename Limit::policy>())) {
    return waiting(*this)(std::forward<Token>(token));
  }

  template <class Token, class Signature = signature,
            class Mistake = mistake_in_token<Token, signature, initiate_waiting<Limit, Initiation>>>
  Mistake operator()(Token&&) const& = delete;

private:
  initiate_waiting<Limit, Initiation> initiation_;
  std::vector<future<T>> futures_;
  return_when when_;
  [[no_unique_address]] typename Limit::policy limit_;
};

template <class Clock>
struct wait_function {
  template <class Futures = void, class When = void, class... Limit>
  static consteval auto mistake() {
    if constexpr (!future_range<Futures>)
      return no_futures();
    else if constexpr (!std::is_same_v<std::remove_cvref_t<When>, return_when> ||
                       sizeof...(Limit) > 1 ||
                       !(std::is_constructible_v<deadline<Clock>, Limit> && ...))
      return wait_for_what();
    else
      return no_mistake();
  }

  template <class Initiation, class Range>
  auto operator()(Initiation initiation, Range&& futures, return_when when) const {
    return make<no_wait_limit>(std::move(initiation), std::forward<Range>(futures), when, {});
  }

  template <class Initiation, class Range, class Moment>
  auto operator()(Initiation initiation, Range&& futures, return_when when,
                  Moment const& limit) const {
    using limits = wait_limit<typename deadline<Clock>::timer, deadline<Clock>>;
    return make<limits>(std::move(initiation), std::forward<Range>(futures), when,
                        deadline<Clock>(limit));
  }

private:
  template <class Limit, class Initiation, class Range>
  static auto make(Initiation initiation, Range&& futures, return_when when,
                   typename Limit::policy const& limit) {
    using value = typename std::ranges::range_value_t<Range>::value_type;
    auto all = futures_of<value>(std::forward<Range>(futures));
    if (all.empty()) throw std::invalid_argument("fanout::wait: there is no future");
    return waiting<Initiation, value, Limit>(std::move(initiation), std::move(all), when, limit);
  }

  template <class T, class Range>
  static std::vector<future<T>> futures_of(Range&& futures) {
    if constexpr (std::same_as<std::decay_t<Range>, std::vector<future<T>>>) {
      return std::forward<Range>(futures);
    } else {
      std::vector<future<T>> all;
      if constexpr (std::ranges::sized_range<Range>) all.reserve(std::ranges::size(futures));
      for (auto const& f : futures) all.push_back(f);
      return all;
    }
  }
};

} // namespace detail

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_WAIT_HPP
