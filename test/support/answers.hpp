//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_ANSWERS_HPP
#define FANOUT_TEST_SUPPORT_ANSWERS_HPP

// Children in real time that answer their cancellation.

#include "zoo.hpp"

#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <vector>

namespace fanout_test {

// Ends with its cancellation, after a while.
inline boost::asio::awaitable<int> cleans_up(std::vector<std::string>& log) {
  std::exception_ptr error;
  try {
    co_await fanout::sleep(std::chrono::hours(1));
    co_return 0;
  } catch (...) {
    error = std::current_exception();
  }
  co_await boost::asio::this_coro::reset_cancellation_state();
  co_await fanout::sleep(std::chrono::milliseconds(2));
  log.push_back("clean");
  std::rethrow_exception(error);
}

// Answers its cancellation by an error of its own.
inline boost::asio::awaitable<int> converts(std::string text) {
  bool cancelled = false;
  try {
    co_await fanout::sleep(std::chrono::hours(1));
  } catch (boost::system::system_error const&) {
    cancelled = true;
  }
  if (cancelled) throw zoo::oops(text);
  co_return 0;
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_ANSWERS_HPP
