//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_BY_HAND_HPP
#define FANOUT_BENCH_SUPPORT_BY_HAND_HPP

// The loop that one writes where there is no gather: start all, count down, resume at zero. It has
// no limit, no policy, and waits for all children also after an error.

#include "children.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace bench {

/// Shared by the children, which own it together: the last one to end completes it. Where they end
/// on several threads the counter is atomic.
template <class Handler, class Counter = std::size_t>
struct countdown {
  countdown(Handler h, std::size_t n, std::size_t n_signals)
      : handler(std::move(h)), left(n), values(n), signals(n_signals) {}

  void ended(std::size_t i, std::exception_ptr e, int value) {
    if (e && !failed.test_and_set()) error = std::move(e);
    values[i] = value;
    if (--left == 0) complete();
  }

  void complete() {
    auto last = std::move(handler);
    auto e = std::move(error);
    auto v = std::move(values);
    if (auto slot = asio::get_associated_cancellation_slot(last); slot.is_connected()) slot.clear();
    delete this;
    if constexpr (std::is_same_v<Counter, std::size_t>)
      std::move(last)(std::move(e), std::move(v));
    else
      resume_elsewhere(std::move(last), std::move(e), std::move(v));
  }

  // Who waits may still be on the way to sleep, on another thread.
  static void resume_elsewhere(Handler h, std::exception_ptr e, std::vector<int> v) {
    auto const executor = asio::get_associated_executor(h);
    asio::post(executor, [h = std::move(h), e = std::move(e), v = std::move(v)]() mutable {
      std::move(h)(std::move(e), std::move(v));
    });
  }

  Handler handler;
  Counter left;
  std::exception_ptr error;
  std::atomic_flag failed;
  std::vector<int> values;
  std::vector<asio::cancellation_signal> signals;
};

template <class Counter>
struct start_counting {
  template <class Handler, class Make>
  void operator()(Handler handler, asio::any_io_executor const& executor, std::size_t n,
                  Make make) const {
    auto* const all = new countdown<Handler, Counter>(std::move(handler), n, 0);
    for (std::size_t i = 0; i < n; ++i)
      asio::co_spawn(executor, make(static_cast<int>(i)),
                     [all, i](std::exception_ptr e, int v) { all->ended(i, std::move(e), v); });
  }
};

using start_counted = start_counting<std::size_t>;
using start_counted_on_threads = start_counting<std::atomic<std::size_t>>;

struct start_counted_with_signals {
  template <class Handler, class Make>
  void operator()(Handler handler, asio::any_io_executor const& executor, std::size_t n,
                  Make make) const {
    auto const slot = asio::get_associated_cancellation_slot(handler);
    auto* const all = new countdown<Handler>(std::move(handler), n, n);
    if (slot.is_connected())
      asio::cancellation_slot(slot).assign([all](asio::cancellation_type_t type) {
        for (auto& signal : all->signals) signal.emit(type);
      });
    for (std::size_t i = 0; i < n; ++i)
      asio::co_spawn(executor, make(static_cast<int>(i)),
                     asio::bind_cancellation_slot(all->signals[i].slot(),
                                                  [all, i](std::exception_ptr e, int v) {
                                                    all->ended(i, std::move(e), v);
                                                  }));
  }
};

struct start_counted_operations {
  template <class Handler>
  void operator()(Handler handler, workspace& w) const {
    auto* const all = new countdown<Handler>(std::move(handler), w.size, 0);
    for (std::size_t i = 0; i < w.size; ++i)
      w.timers[i].async_wait([all, i](boost::system::error_code const& e) {
        all->ended(i, e ? std::make_exception_ptr(boost::system::system_error(e)) : nullptr, 1);
      });
  }
};

/// What starts children, as an operation that yields their values.
template <class Token, class Start, class... Args>
auto async_all(Token token, Start start, Args... args) {
  return asio::async_initiate<Token, void(std::exception_ptr, std::vector<int>)>(
      start, token, std::move(args)...);
}

/// The same as an awaitable.
template <class Start, class... Args>
auto awaited(Start start, Args... args) {
  return async_all(asio::use_awaitable, start, std::move(args)...);
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_BY_HAND_HPP
