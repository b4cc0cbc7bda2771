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

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace bench {

/// Shared by the children, which own it together: the last one to end completes it.
template <class Handler>
struct countdown {
  countdown(Handler h, std::size_t n, std::size_t n_signals)
      : handler(std::move(h)), left(n), values(n), signals(n_signals) {}

  void ended(std::size_t i, std::exception_ptr e, int value) {
    if (e && !error) error = std::move(e);
    values[i] = value;
    if (--left == 0) complete();
  }

  void complete() {
    auto last = std::move(handler);
    auto e = std::move(error);
    auto v = std::move(values);
    if (auto slot = asio::get_associated_cancellation_slot(last); slot.is_connected()) slot.clear();
    delete this;
    std::move(last)(std::move(e), std::move(v));
  }

  Handler handler;
  std::size_t left;
  std::exception_ptr error;
  std::vector<int> values;
  std::vector<asio::cancellation_signal> signals;
};

struct start_counted {
  template <class Handler>
  void operator()(Handler handler, asio::any_io_executor const& executor, std::size_t n,
                  child_function* child) const {
    auto* const all = new countdown<Handler>(std::move(handler), n, 0);
    for (std::size_t i = 0; i < n; ++i)
      asio::co_spawn(executor, child(static_cast<int>(i)),
                     [all, i](std::exception_ptr e, int v) { all->ended(i, std::move(e), v); });
  }
};

struct start_counted_with_signals {
  template <class Handler>
  void operator()(Handler handler, asio::any_io_executor const& executor, std::size_t n,
                  child_function* child) const {
    auto const slot = asio::get_associated_cancellation_slot(handler);
    auto* const all = new countdown<Handler>(std::move(handler), n, n);
    if (slot.is_connected())
      asio::cancellation_slot(slot).assign([all](asio::cancellation_type_t type) {
        for (auto& signal : all->signals) signal.emit(type);
      });
    for (std::size_t i = 0; i < n; ++i)
      asio::co_spawn(executor, child(static_cast<int>(i)),
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

/// What starts children, as an awaitable that yields their values.
template <class Start, class... Args>
auto awaited(Start start, Args... args) {
  return asio::async_initiate<asio::use_awaitable_t<> const,
                              void(std::exception_ptr, std::vector<int>)>(
      start, asio::use_awaitable, std::move(args)...);
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_BY_HAND_HPP
