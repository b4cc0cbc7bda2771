//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_STEPS_HPP
#define FANOUT_TEST_SUPPORT_STEPS_HPP

// Children that write each of their steps into a log.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace steps {

namespace asio = boost::asio;
using strings = std::vector<std::string>;

// Ends in its first step.
inline asio::awaitable<int> step(strings& log, std::string name, int value = 0) {
  log.push_back(name);
  co_return value;
}

// Waits for a turn after its first step.
inline asio::awaitable<int> two_steps(strings& log, std::string name, int value = 0) {
  log.push_back(name);
  co_await asio::post(asio::deferred);
  log.push_back(name + " goes on");
  co_return value;
}

// A handler that is ready before the operation under test begins.
inline asio::awaitable<void> ready_handler(strings& log) {
  asio::post(co_await asio::this_coro::executor, [&log] { log.push_back("ready handler"); });
}

inline void check(strings const& log, strings const& expected) {
  BOOST_TEST(log == expected, boost::test_tools::per_element());
}

} // namespace steps

#endif // FANOUT_TEST_SUPPORT_STEPS_HPP
