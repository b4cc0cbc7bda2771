//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_CHILDREN_HPP
#define FANOUT_BENCH_SUPPORT_CHILDREN_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace bench {

namespace asio = boost::asio;

/// What one repetition of a measurement works on.
struct workspace {
  workspace(asio::any_io_executor const& executor, std::size_t n) : size(n) {
    timers.reserve(n);
    for (std::size_t i = 0; i < n; ++i) timers.emplace_back(executor, elapsed);
  }

  // Long ago: a wait on such a timer measures the operation and not the time.
  static constexpr asio::steady_timer::time_point elapsed{};

  std::size_t size;
  std::vector<asio::steady_timer> timers;
};

// The kinds of child that most of what there is to measure consists of. Values are numbered so that
// a contender that drops or repeats a child is found out by its sum.

inline asio::awaitable<int> immediate(int i) { co_return i; }

inline asio::awaitable<int> hop(int i) {
  co_await asio::post(asio::deferred);
  co_return i;
}

inline asio::awaitable<int> mixed(int i) {
  if (i % 10 == 0) co_await asio::post(asio::deferred);
  co_return i;
}

inline asio::awaitable<int> millisecond(int i) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
  co_await timer.async_wait(asio::deferred);
  co_return i;
}

/// Ends only when it is cancelled.
inline asio::awaitable<int> endless(int i) {
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::deferred);
  co_return i;
}

using child_function = asio::awaitable<int>(int);

template <child_function* Child>
std::vector<asio::awaitable<int>> children(std::size_t n) {
  std::vector<asio::awaitable<int>> made;
  made.reserve(n);
  for (std::size_t i = 0; i < n; ++i) made.push_back(Child(static_cast<int>(i)));
  return made;
}

/// What each repetition of a contender yields: the sum of what its children yielded.
using sum = long long;

template <class Values>
sum sum_of(Values const& values) {
  sum total = 0;
  for (auto const value : values) total += value;
  return total;
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_CHILDREN_HPP
