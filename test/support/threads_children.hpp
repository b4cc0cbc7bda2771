//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_THREADS_CHILDREN_HPP
#define FANOUT_TEST_SUPPORT_THREADS_CHILDREN_HPP

// Children that take turns with others on a thread pool.

#include "threads.hpp"
#include "zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>

namespace fanout_test {

inline boost::asio::awaitable<int> hops(crowd& here, int n, int value) {
  crowd::visit const visit(here);
  for (int i = 0; i < n; ++i) co_await boost::asio::post(boost::asio::deferred);
  co_return value;
}

inline boost::asio::awaitable<int> fails_after(crowd& here, int n) {
  co_await hops(here, n, 0);
  throw zoo::oops("failed");
}

/// Cleans up for a few hops after it was cancelled.
inline boost::asio::awaitable<int> cleans_up(crowd& here, int n) {
  crowd::visit const visit(here);
  std::exception_ptr error;
  try {
    co_await hops(here, n, 0);
    co_return 0;
  } catch (...) {
    error = std::current_exception();
  }
  co_await boost::asio::this_coro::reset_cancellation_state();
  for (int i = 0; i < 3; ++i) co_await boost::asio::post(boost::asio::deferred);
  std::rethrow_exception(error);
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_THREADS_CHILDREN_HPP
