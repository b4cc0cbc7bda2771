//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: timeout.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/ends.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace timeouts {

using namespace zoo;
using namespace std::chrono_literals;
using asio::ip::tcp;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::deadline_exceeded;
using fanout_test::aborted_text;
using lines = std::vector<std::string>;

template <class... Args>
auto within(Args&&... args) {
  return fanout::timeout<virtual_clock>(std::forward<Args>(args)...);
}

BOOST_AUTO_TEST_SUITE(timeouts_test)

// ---- in time

FANOUT_TEST(a_child_in_time_yields_its_value) {
  stopwatch const passed;
  BOOST_TEST(co_await within(10ms, after(9, 1)) == 1);
  BOOST_TEST(co_await within(10ms, at_once(2)) == 2);
  BOOST_TEST(passed() == 9);
}

FANOUT_TEST(a_child_may_yield_nothing_or_what_only_moves_or_has_no_default) {
  co_await within(10ms, nothing_after(1));
  auto const moved = co_await within(10ms, moved_after(1, 2));
  BOOST_TEST(*moved.number == 2);
  auto const undefaulted = co_await within(10ms, undefaulted_after(1, 3));
  BOOST_TEST(undefaulted.number == 3);
}

FANOUT_TEST(a_child_may_be_an_operation_or_a_callable_or_run_elsewhere) {
  auto const executor = co_await asio::this_coro::executor;
  auto callable = [] { return after(1, 4); };
  co_await within(10ms, sleep_ms(1));
  BOOST_TEST(co_await within(10ms, completes_with({}, 5)) == 5);
  BOOST_TEST(co_await within(10ms, callable) == 4);
  BOOST_TEST(co_await within(10ms, asio::bind_executor(executor, after(1, 6))) == 6);
}

FANOUT_TEST(an_error_in_time_is_that_of_the_child) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(oops, "oops", co_await within(10ms, throws_after(5, "oops")));
  BOOST_TEST(passed() == 5);
}

FANOUT_TEST(a_child_that_is_cancelled_on_its_own_in_time_has_not_exceeded_it) {
  auto const self_cancelled = []() -> awaitable<int> {
    throw boost::system::system_error(asio::error::operation_aborted);
    co_return 0;
  };
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(),
                      co_await within(10ms, self_cancelled));
}

// ---- late

FANOUT_TEST(a_late_child_is_cancelled_and_the_time_exceeded) {
  stopwatch const passed;
  lines log;
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await within(10ms, logged(log, "a", 50)));
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
  BOOST_TEST(passed() == 10);
}

FANOUT_TEST(the_request_to_a_late_child_is_terminal) {
  stopwatch const passed;
  lines log;
  BOOST_TEST(co_await within(10ms, hears(log, "a", 50, 7)) == 7);
  BOOST_TEST(log == lines{"a:terminal"}, per_element());
  BOOST_TEST(passed() == 50);
}

FANOUT_TEST(a_late_child_is_awaited_while_it_cleans_up) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await within(10ms, cleans_up(50, 20)));
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(a_value_after_the_time_is_delivered) {
  BOOST_TEST(co_await within(10ms, swallows(50, 1)) == 1);
  BOOST_TEST(co_await within(10ms, deaf(50, 2)) == 2);
}

FANOUT_TEST(another_error_after_the_time_is_delivered) {
  FANOUT_CHECK_THROWS(oops, "mine", co_await within(10ms, converts(50, "mine")));
}

FANOUT_TEST(a_late_gather_is_cancelled_with_its_children) {
  lines log;
  FANOUT_CHECK_THROWS(
      deadline_exceeded, "deadline exceeded",
      co_await within(
          10ms, fanout::gather(logged(log, "a", 50), logged(log, "b", 5), logged(log, "c", 60))));
  BOOST_TEST(log == (lines{"+a", "+b", "+c", "-b", "!a", "!c"}), per_element());
}

FANOUT_TEST(a_late_gather_with_an_error_of_its_own_ends_with_that) {
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await within(10ms, fanout::gather(converts(50, "mine"), after(50, 1))));
}

FANOUT_TEST(the_shorter_of_two_timeouts_around_each_other_counts) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await within(20ms, within(10ms, after(50, 1))));
  BOOST_TEST(passed() == 10);
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await within(10ms, within(20ms, after(50, 1))));
  BOOST_TEST(passed() == 20);
}

FANOUT_TEST(the_longest_duration_never_passes) {
  BOOST_TEST(co_await within(std::chrono::hours::max(), after(50, 1)) == 1);
}

// ---- no time

FANOUT_TEST(without_any_time_no_child_starts) {
  stopwatch const passed;
  lines log;
  auto const called = [&log] { return logged(log, "called", 0); };
  for (auto const none : {0ms, -1ms, std::chrono::milliseconds::min()}) {
    FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                        co_await within(none, logged(log, "a", 0)));
    FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded", co_await within(none, called));
    FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                        co_await within(none, hears(log, "b", 0)));
  }
  BOOST_TEST(log.empty());
  BOOST_TEST(passed() == 0);
}

FANOUT_TEST(without_any_time_a_done_future_gives_what_it_has) {
  auto const executor = co_await asio::this_coro::executor;
  auto const value = create_task(executor, at_once(1));
  auto const error = create_task(executor, throws_at_once("oops"));
  auto const cancelled = create_task(executor, at_once(2));
  cancelled.cancel();
  co_await sleep_ms(1);
  BOOST_TEST(co_await within(0ms, value) == 1);
  FANOUT_CHECK_THROWS(oops, "oops", co_await within(-1ms, error));
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await within(0ms, cancelled));
}

FANOUT_TEST(without_any_time_a_pending_future_is_cancelled_and_awaited) {
  stopwatch const passed;
  auto const executor = co_await asio::this_coro::executor;
  auto const task = create_task(executor, cleans_up(50, 20));
  co_await sleep_ms(1);
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded", co_await within(0ms, task));
  BOOST_TEST(task.cancelled());
  BOOST_TEST(passed() == 21);
}

// ---- cancelled from outside

FANOUT_TEST(a_cancellation_from_outside_is_forwarded_and_is_no_timeout) {
  stopwatch const passed;
  auto const executor = co_await asio::this_coro::executor;
  lines log;
  auto const task = create_task(executor, within(50ms, logged(log, "a", 100)));
  co_await sleep_ms(10);
  task.cancel();
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await task);
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
  BOOST_TEST(passed() == 10);
}

FANOUT_TEST(a_cancellation_from_outside_stays_one_if_the_time_passes_while_the_child_cleans_up) {
  auto const executor = co_await asio::this_coro::executor;
  auto const task = create_task(executor, within(50ms, cleans_up(100, 20)));
  co_await sleep_ms(40);
  task.cancel();
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await task);
  BOOST_TEST(task.cancelled());
}

FANOUT_TEST(a_child_that_survives_a_cancellation_from_outside_yields_its_value) {
  auto const executor = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  std::exception_ptr error;
  int value = 0;
  within(executor, 50ms,
         deaf(20, 3))(asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e, int v) {
    error = e;
    value = v;
  }));
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(20);
  BOOST_TEST(!error);
  BOOST_TEST(value == 3);
}

FANOUT_TEST(a_cancellation_before_the_start_prevents_it) {
  auto const executor = co_await asio::this_coro::executor;
  lines log;
  auto const task = create_task(executor, within(50ms, logged(log, "a", 100)));
  task.cancel();
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await task);
  BOOST_TEST(log.empty());
}

// ---- in real time

BOOST_AUTO_TEST_CASE(a_socket_that_connected_in_the_same_turn_as_the_deadline_is_delivered) {
  asio::io_context context;
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  auto const connects = [&]() -> awaitable<tcp::socket> {
    tcp::socket socket(context);
    co_await socket.async_connect(acceptor.local_endpoint(), asio::deferred);
    co_return socket;
  };
  std::exception_ptr error;
  bool connected = false;
  auto const keep = [&](std::exception_ptr e, fanout::values<tcp::socket> v) {
    error = e;
    connected = !e && v.get<0>().remote_endpoint() == acceptor.local_endpoint();
  };
  fanout::timeout(context, 20ms, connects)(keep);
  context.run_one();                 // it has started
  std::this_thread::sleep_for(40ms); // connected, and late: the context learns both at once
  context.run();
  BOOST_TEST(!error);
  BOOST_TEST(connected);
}

FANOUT_TEST(without_any_time_a_future_is_cancelled_however_it_is_passed) {
  auto const ex = co_await asio::this_coro::executor;
  for (bool const bound : {true, false}) {
    auto const task = create_task(ex, after(50, 1));
    auto const returned = [task] { return task; };
    auto limited = bound ? fanout::create_task(ex, fanout::timeout<virtual_clock>(
                                                       0ms, asio::bind_executor(ex, task)))
                         : fanout::create_task(ex, fanout::timeout<virtual_clock>(0ms, returned));
    BOOST_TEST(co_await fanout_test::end_of(limited) == "deadline_exceeded");
    BOOST_TEST(task.cancelled());
  }
  auto const done = create_task(ex, at_once(7));
  co_await done;
  BOOST_TEST(co_await fanout::timeout<virtual_clock>(0ms, asio::bind_executor(ex, done)) == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timeouts
