//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SIGNAL_LISTENER_HPP
#define FANOUT_DETAIL_SIGNAL_LISTENER_HPP

#include <fanout/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/error_code.hpp>

#include <functional>
#include <thread>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Listens to SIGINT and SIGTERM on a thread of its own, so that a blocked loop cannot hide them.
/// When `on_signal` returns false, the default actions are restored.
class signal_listener {
public:
  /// `on_signal(signal)` is called on that thread.
  explicit signal_listener(std::function<bool(int)> on_signal)
      : on_signal_(std::move(on_signal)), signals_(context_, signal_interrupt, signal_terminate) {
    listen();
    thread_ = std::thread([this] { context_.run(); });
  }
  signal_listener(signal_listener const&) = delete;
  signal_listener& operator=(signal_listener const&) = delete;

  ~signal_listener() {
    context_.stop();
    thread_.join();
  }

private:
  void listen() {
    signals_.async_wait([this](boost::system::error_code const& e, int signal) {
      if (e) return;
      try {
        if (on_signal_(signal)) return listen();
      } catch (...) { // without memory the default actions are restored
      }
      boost::system::error_code ignored;
      signals_.clear(ignored);
    });
  }

  std::function<bool(int)> on_signal_;
  asio::io_context context_{1};
  asio::signal_set signals_;
  std::thread thread_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_SIGNAL_LISTENER_HPP
