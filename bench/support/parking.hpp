//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_PARKING_HPP
#define FANOUT_BENCH_SUPPORT_PARKING_HPP

// What one writes where coroutines wait for something else than an operation of Asio.

#include "children.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace bench {

/// The handler of somebody who waits.
struct sleeper {
  virtual ~sleeper() = default;
  virtual void dispatch() = 0;
  virtual void post() = 0;
};

template <class Handler>
std::unique_ptr<sleeper> make_sleeper(Handler handler) {
  struct made final : sleeper {
    explicit made(Handler h) : handler(std::move(h)) {}
    void dispatch() override { asio::dispatch(std::move(handler)); }
    void post() override { asio::post(std::move(handler)); }

    Handler handler;
  };
  return std::make_unique<made>(std::move(handler));
}

/// The place where one coroutine waits until it is woken.
class parking {
public:
  auto wait() {
    return asio::async_initiate<asio::use_awaitable_t<> const, void()>(
        [this](auto handler) { waiting_ = make_sleeper(std::move(handler)); }, asio::use_awaitable);
  }

  void wake() {
    if (auto const woken = std::move(waiting_)) woken->dispatch();
  }

private:
  std::unique_ptr<sleeper> waiting_;
};

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_PARKING_HPP
