//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SLEEP_HPP
#define FANOUT_DETAIL_SLEEP_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/on_handler_executor.hpp>
#include <fanout/detail/repeatable_operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The handler of the timer or the post of a sleep. Calls the handler of the sleep.
template <class Handler, class Timer>
struct sleep_handler {
  Handler handler;
  std::unique_ptr<Timer> timer;

  void operator()(boost::system::error_code const& error = {}) {
    timer.reset();
    std::move(handler)(error ? error_from([&] { return boost::system::system_error(error); })
                             : std::exception_ptr());
  }
};

/// How long to sleep: for a duration from the initiation on, or until a time point.
template <class Clock>
struct sleep_span {
  using duration = typename Clock::duration;
  using time_point = typename Clock::time_point;

  duration length{};
  time_point until{};
  bool is_length = true;

  bool is_over() const { return is_length ? length <= duration::zero() : until <= Clock::now(); }
};

template <class Handler, class Clock, class Executor>
void start_sleep(Handler&& handler, sleep_span<Clock> const& span, Executor const& executor) {
  using timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
  using wrapped = sleep_handler<std::decay_t<Handler>, timer>;
  if (span.is_over()) return asio::post(executor, wrapped{std::forward<Handler>(handler), nullptr});
  auto alarm = span.is_length ? std::make_unique<timer>(executor, span.length)
                              : std::make_unique<timer>(executor, span.until);
  auto& waiting = *alarm;
  waiting.async_wait(wrapped{std::forward<Handler>(handler), std::move(alarm)});
}

/// Initiates a sleep on the executor that stands first.
template <class Clock, class Executor>
struct sleep_on {
  using executor_type = Executor;

  executor_type get_executor() const noexcept { return executor; }

  template <class Handler>
  void operator()(Handler&& handler) const {
    start_sleep(std::forward<Handler>(handler), span, executor);
  }

  sleep_span<Clock> span;
  Executor executor;
};

/// Initiates a sleep on the executor of the completion handler.
template <class Clock>
struct sleep_on_handler : on_handler_executor<decltype(nowhere_to_sleep())> {
  explicit sleep_on_handler(sleep_span<Clock> const& s) : span(s) {}

  using on_handler_executor::operator();

  template <class Handler>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler) const {
    auto const executor = asio::get_associated_executor(handler);
    start_sleep(std::forward<Handler>(handler), span, executor);
  }

  sleep_span<Clock> span;
};

/// Makes the operation, with an executor that stands first or without.
template <class Clock>
auto make_sleep(sleep_span<Clock> const& span) {
  return make_operation<void>(sleep_on_handler<Clock>(span));
}

template <class Clock, class Executor>
auto make_sleep(sleep_span<Clock> const& span, Executor const& executor) {
  return make_operation<void>(sleep_on<Clock, Executor>{span, executor});
}

} // namespace fanout::inline FANOUT_ABI::detail

// The timer's handler has all associated properties of the sleep's handler.
template <template <class, class> class Associator, class Handler, class Timer, class Default>
struct boost::asio::associator<Associator, fanout::detail::sleep_handler<Handler, Timer>, Default>
    : Associator<Handler, Default> {
  static typename Associator<Handler, Default>::type get(
      fanout::detail::sleep_handler<Handler, Timer> const& h) noexcept {
    return Associator<Handler, Default>::get(h.handler);
  }

  static auto get(fanout::detail::sleep_handler<Handler, Timer> const& h,
                  Default const& otherwise) noexcept
      -> decltype(Associator<Handler, Default>::get(h.handler, otherwise)) {
    return Associator<Handler, Default>::get(h.handler, otherwise);
  }
};

#endif // FANOUT_DETAIL_SLEEP_HPP
