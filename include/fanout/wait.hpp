//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_WAIT_HPP
#define FANOUT_WAIT_HPP

#include <fanout/concepts.hpp>
#include <fanout/future.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/timeout.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/watch.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
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

struct wait_until {
  return_when when;

  constexpr void apply(all_rules& r) const noexcept {
    r.cancels_children = true; // the watches, which hear every type
    r.every_request_ends = true;
  }
  static constexpr char const* title() noexcept { return "a wait"; }

  asio::cancellation_type cancels(std::size_t, std::exception_ptr const& error) const {
    bool const enough =
        when == first_completed || (when == first_exception && error && !is_cancelled(error));
    return enough ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  }
};

template <class T>
struct wait_outcome : fills_places<true> {
  using type = wait_result<T>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = false;

  template <class Places>
  type take_range(ending const&, Places&, std::size_t, std::optional<std::size_t> const&) const {
    type all;
    for (auto const& f : futures) (f.done() ? all.done : all.pending).push_back(f);
    return all;
  }

  std::vector<future<T>> futures;
};

template <class F>
concept future_range = std::ranges::input_range<F> && requires {
  typename std::ranges::range_value_t<F>::value_type;
  requires std::same_as<std::ranges::range_value_t<F>,
                        future<typename std::ranges::range_value_t<F>::value_type>>;
};

template <class Clock>
struct wait_function {
  template <class Initiation, class Range, class... Limit>
  auto operator()(Initiation initiation, Range&& futures, return_when when,
                  Limit const&... limit) const {
    static_assert(future_range<Range>,
                  "fanout: wait takes a range of futures; create_task makes one of a child");
    if constexpr (future_range<Range>) {
      using value = typename std::ranges::range_value_t<Range>::value_type;
      wait_outcome<value> outcome;
      std::vector<watch> watches;
      for (auto const& f : futures) {
        outcome.futures.push_back(f);
        watches.emplace_back(future_access::state(f));
      }
      if (watches.empty()) throw std::invalid_argument("fanout::wait: there is no future");
      auto view = std::views::all(std::move(watches));
      using children = kept_range<wait_outcome<value>, decltype(view)>;
      return make_packaged(
          std::move(initiation), children{std::move(view), std::move(outcome)},
          make_policies(return_exceptions, wait_until{when}, deadline<Clock>(limit)...));
    }
  }
};

} // namespace detail

/// Waits for futures, and cancels none of them.
///
/// Call it as `wait([executor,] futures, when [, duration])`: a range of futures of one type, when
/// to end, and how long to wait at most. A clock other than `std::chrono::steady_clock` is named
/// first.
///
/// *Effects*: packages an asynchronous operation. It holds the futures until its end.
///
/// *Results*: a `wait_result<T>`, whose members `done` and `pending` are vectors of futures; also
/// when the time has passed. The completion signature is `void(std::exception_ptr,
/// wait_result<T>)`.
///
/// *Errors*: those of the futures stay in them, and count as not looked at. No future at all throws
/// `std::invalid_argument`. `operation_aborted` if the wait was cancelled.
///
/// *Cancellation*: of every type ends the wait, and leaves the futures alone.
///
/// *Python*: `asyncio.wait`.
///
/// *Example*:
/// @code
/// auto ended = co_await wait(tasks, first_completed, 2s);
/// for (auto const& task : ended.pending) task.cancel();
/// @endcode
template <class Clock = std::chrono::steady_clock, class... Args>
  requires(std::same_as<std::remove_cvref_t<Args>, return_when> || ...)
auto wait(Args&&... args) {
  return detail::with_executor(detail::wait_function<Clock>(), std::forward<Args>(args)...);
}

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_WAIT_HPP
