//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Time in tests: with virtual_clock it stands still while anything can run, and jumps to the next
// timer when nothing can. A day passes at once, always in the same order, and a deadlock is an
// error instead of a test that hangs. Code that is to be tested takes its clock as a template
// parameter.

#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>
#include <fanout/testing.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// [code under test]
template <class Clock = std::chrono::steady_clock>
asio::awaitable<int> poll_for_a_day(std::string name, std::chrono::hours interval) {
  int polls = 0;
  for (auto passed = 0h; passed < 24h; passed += interval, ++polls)
    co_await fanout::sleep<Clock>(interval);
  fmt::print("{}: {} polls\n", name, polls);
  co_return polls;
}
// [end]

// [virtual time]
using clock_type = fanout::virtual_clock;

asio::awaitable<void> a_day_passes() {
  auto const begin = clock_type::now();
  co_await fanout::gather(poll_for_a_day<clock_type>("hourly", 1h),
                          poll_for_a_day<clock_type>("at meals", 8h),
                          fanout::child_timeout<clock_type>(25h));
  auto const passed = std::chrono::round<std::chrono::hours>(clock_type::now() - begin);
  fmt::print("{} hours have passed\n", passed.count());
}
// [end]

asio::awaitable<void> nobody_calls() {
  asio::ip::tcp::acceptor acceptor(co_await asio::this_coro::executor,
                                   asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  co_await acceptor.async_accept(asio::deferred);
}

int main() {
  fanout::run_virtual(a_day_passes);
  try {
    fanout::run_virtual(nobody_calls);
  } catch (fanout::invalid_state const&) {
    fmt::print("a deadlock\n");
  }
}
