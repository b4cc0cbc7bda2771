//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SLEEP_HPP
#define FANOUT_DETAIL_SLEEP_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/token.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
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

struct start_sleep {
  template <class Handler, class Clock, class Executor>
  void operator()(Handler&& handler, sleep_span<Clock> const& span,
                  Executor const& executor) const {
    using timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
    using wrapped = sleep_handler<std::decay_t<Handler>, timer>;
    if (span.is_over())
      return asio::post(executor, wrapped{std::forward<Handler>(handler), nullptr});
    auto alarm = span.is_length ? std::make_unique<timer>(executor, span.length)
                                : std::make_unique<timer>(executor, span.until);
    auto& waiting = *alarm;
    waiting.async_wait(wrapped{std::forward<Handler>(handler), std::move(alarm)});
  }
};

template <class Executor>
struct sleep_on : start_sleep {
  using executor_type = Executor;

  Executor executor;

  explicit sleep_on(Executor const& e) : executor(e) {}

  executor_type get_executor() const noexcept { return executor; }

  template <class Handler, class Clock>
  void operator()(Handler&& handler, sleep_span<Clock> const& span) const {
    start_sleep::operator()(std::forward<Handler>(handler), span, executor);
  }
};

struct sleep_on_handler : start_sleep {
  template <class Handler>
  using mistake_for =
      std::conditional_t<brings_executor<Handler>, no_mistake, decltype(nowhere_to_sleep())>;

  template <class Handler, class Clock>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler, sleep_span<Clock> const& span) const {
    auto const executor = asio::get_associated_executor(handler);
    start_sleep::operator()(std::forward<Handler>(handler), span, executor);
  }

  template <class Handler, class Span,
            class Mistake = mistake_t<mistake_for<std::decay_t<Handler>>>>
  Mistake operator()(Handler&&, Span&&) const = delete;
};

template <class Initiation, class Clock>
class [[nodiscard("nothing sleeps before the operation is awaited or called with a completion "
                  "token")]] sleeping : public operation_base {
public:
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;

  sleeping(Initiation initiation, sleep_span<Clock> span)
      : initiation_(std::move(initiation)), span_(span) {}

  template <class Token>
    requires good_token<Token, signature, Initiation>
  auto operator()(Token&& token) const
      -> decltype(asio::async_initiate<Token, signature>(std::declval<Initiation>(), token,
                                                         std::declval<sleep_span<Clock>>())) {
    return asio::async_initiate<Token, signature>(Initiation(initiation_), token,
                                                  sleep_span<Clock>(span_));
  }

  template <class Token, class Signature = signature,
            class Mistake = mistake_in_token<Token, signature, Initiation>>
  Mistake operator()(Token&&) const = delete;

private:
  Initiation initiation_;
  sleep_span<Clock> span_;
};

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
