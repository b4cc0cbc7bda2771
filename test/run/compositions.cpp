//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Operations as children of operations: what cancels what, and that nobody is asked twice.

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/timeout.hpp>

#include "../support/compositions.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace compositions {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::cancel_on_error;
using fanout::first_success;
using fanout::gather;
using fanout::race;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::diary;
using fanout_test::sleep;
using fanout_test::timeout;
using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(compositions_test)

// ---- timeout and gather

FANOUT_TEST(a_timeout_around_a_gather_cancels_all_its_children) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.child("b", 10);
  auto const c = log.child("c", 60);
  stopwatch const passed;
  bool late = false;
  try {
    co_await timeout(20ms, gather(a, b, c));
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
  BOOST_TEST(passed() == 20);
  BOOST_TEST(log.text() == "+a +b +c -b !a !c");
}

FANOUT_TEST(a_timeout_inside_a_gather_cancels_its_own_child) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.child("b", 30);
  stopwatch const passed;
  auto const both = co_await gather(timeout(20ms, a), b, return_exceptions);
  auto const& [first, second] = both;
  BOOST_TEST(fanout::is_timed_out(first));
  BOOST_TEST(second.value() == 30);
  BOOST_TEST(passed() == 30);
  BOOST_TEST(log.text() == "+b +a !a -b");
}

FANOUT_TEST(a_timeout_inside_a_gather_is_an_error_like_any_other) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.child("b", 30);
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                      co_await gather(timeout(20ms, a), b));
  co_await sleep_ms(50);
  BOOST_TEST(log.text() == "+b +a !a -b"); // b has run on
  diary const other;
  auto const c = other.child("c", 50), d = other.child("d", 30);
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                      co_await gather(timeout(20ms, c), d, cancel_on_error));
  BOOST_TEST(other.text() == "+d +c !c !d");
}

// ---- race and time

FANOUT_TEST(a_race_against_a_sleep_is_decided_by_whoever_ends_first) {
  diary const log;
  auto const a = log.child("a", 50);
  stopwatch const passed;
  bool late = false;
  auto const first = co_await race(a, sleep(20ms));
  if (first.index == 1) late = true;
  BOOST_TEST(late);
  BOOST_TEST(passed() == 20);
  BOOST_TEST(log.text() == "+a !a");
  auto const quick = log.child("quick", 10);
  auto const second = co_await race(quick, sleep(20ms));
  BOOST_TEST(std::get<int>(second.value) == 10);
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(in_a_race_against_a_sleep_a_late_value_is_dropped_and_in_a_timeout_it_is_not) {
  auto const first = co_await race(swallows(50, 7), sleep(20ms));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(co_await timeout(20ms, swallows(50, 7)) == 7);
  auto const all = co_await race(swallows(50, 7), sleep(20ms), return_exceptions);
  BOOST_TEST(all.index == 1u);
  BOOST_TEST(std::get<0>(all.value).value() == 7);
}

FANOUT_TEST(in_a_race_against_a_sleep_an_error_ends_it_at_once) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(oops, "mine", co_await race(throws_after(10, "mine"), sleep(20ms)));
  BOOST_TEST(passed() == 10);
}

FANOUT_TEST(a_timeout_around_a_race_cancels_all_that_run) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.child("b", 60);
  bool late = false;
  try {
    co_await timeout(20ms, race(a, b));
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
  BOOST_TEST(log.text() == "+a +b !a !b");
}

FANOUT_TEST(a_timeout_around_a_race_that_is_decided_leaves_the_winner) {
  stopwatch const passed;
  auto const first = co_await timeout(20ms, race(after(10, 1), cleans_up(50, 50)));
  BOOST_TEST(first.value == 1);
  BOOST_TEST(passed() == 20); // the cleaning up was interrupted
}

FANOUT_TEST(a_timeout_inside_a_race_may_end_first) {
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                      co_await race(timeout(20ms, after(50, 1)), after(40, 2)));
}

// ---- races of gathers, gathers of races

FANOUT_TEST(a_race_of_gathers_cancels_the_children_of_the_losers) {
  diary const log;
  auto const a = log.child("a", 10);
  auto const b = log.child("b", 30);
  auto const c = log.child("c", 20);
  auto const d = log.child("d", 40);
  auto const first = co_await race(gather(a, b), gather(c, d));
  BOOST_TEST(first.index == 0u);
  BOOST_TEST((first.value == std::tuple(10, 30)));
  BOOST_TEST(log.text() == "+a +b +c +d -a -c -b !d");
}

FANOUT_TEST(a_gather_of_races_has_a_winner_of_each) {
  diary const log;
  auto const a = log.child("a", 30);
  auto const b = log.child("b", 10);
  auto const c = log.child("c", 20);
  auto const d = log.child("d", 40);
  stopwatch const passed;
  auto const both = co_await gather(race(a, b), race(c, d));
  auto const& [one, two] = both;
  BOOST_TEST(one.index == 1u);
  BOOST_TEST(two.index == 0u);
  BOOST_TEST(passed() == 20);
  BOOST_TEST(log.text() == "+a +b +c +d -b !a -c !d");
}

FANOUT_TEST(a_gather_of_races_over_a_range_of_ranges) {
  std::vector<decltype(race(list(after(1, 1))))> races;
  for (int i = 1; i <= 3; ++i) races.push_back(race(list(after(30, i), after(10 * i, 10 * i))));
  auto const all = co_await gather(std::move(races));
  BOOST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0].value == 10);
  BOOST_TEST(all[1].value == 20);
  BOOST_TEST(all[2].value == 3);
}

FANOUT_TEST(a_cancelled_race_of_gathers_reaches_every_child_and_waits_for_it) {
  auto const ex = co_await asio::this_coro::executor;
  lines heard;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(
      race(ex, gather(hears(heard, "a", 50, 1), hears(heard, "b", 60, 2)),
           gather(race(hears(heard, "c", 40, 3), hears(heard, "d", 70, 4)), cleans_up(80, 50))),
      signal);
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(200);
  BOOST_TEST(heard == (lines{"a:terminal", "b:terminal", "c:terminal", "d:terminal"}),
             per_element());
  BOOST_TEST(seen->ms == 70);
  check_aborted(seen->error);
}

// ---- first_success of gathers

FANOUT_TEST(a_first_success_of_gathers_tries_one_group_after_the_other) {
  diary const log;
  auto const a = log.child("a", 30);
  auto const b = log.failing("b", 10);
  auto const c = log.child("c", 20);
  auto const d = log.child("d", 25);
  auto const first =
      co_await first_success(gather(a, b, cancel_on_error), gather(c, d, cancel_on_error));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST((first.value == std::tuple(20, 25)));
  BOOST_TEST(log.text() == "+a +b +c +d -b !a -c -d");
}

FANOUT_TEST(what_a_gather_left_running_is_not_reached_by_the_contest_around_it) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.failing("b", 10);
  auto const c = log.child("c", 20);
  auto const first = co_await first_success(gather(a, b), gather(c));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(log.text() == "+a +b +c -b -c");
  co_await sleep_ms(50);
  BOOST_TEST(log.text() == "+a +b +c -b -c -a"); // b's error had left it alone
}

FANOUT_TEST(an_all_failed_inside_an_all_failed_tells_of_both) {
  std::exception_ptr error;
  try {
    co_await first_success(first_success(throws_after(10, "a"), throws_after(20, "b")),
                           race(throws_after(5, "c"), after(30, 1)));
  } catch (...) {
    error = std::current_exception();
  }
  check_error<fanout::all_failed>(error, "1: c; 0: 0: a; 1: b: all alternatives failed [fanout:3]: "
                                         "all alternatives failed [fanout:3]");
}

// ---- nobody who cleans up is asked twice

FANOUT_TEST(cancel_on_error_does_not_ask_again_after_an_outer_request) {
  auto const ex = co_await asio::this_coro::executor;
  lines heard;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(gather(ex, hears(heard, "a", 50, 1), cleans_up(90, 60),
                                              converts(90, "mine"), after(90, 4), cancel_on_error),
                                       signal);
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(200);
  BOOST_TEST(heard == lines{"a:terminal"}, per_element());
  BOOST_TEST(seen->ms == 70);
  check_error<oops>(seen->error, "mine");
}

FANOUT_TEST(cancel_on_error_and_cancel_when_ask_once_together) {
  lines heard;
  stopwatch const passed;
  auto const at_first_value = [](std::size_t, std::exception_ptr const& error) {
    return error ? asio::cancellation_type::none : asio::cancellation_type::terminal;
  };
  auto const at_first_error = [](std::size_t, std::exception_ptr const& error) {
    return error ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  };
  co_await gather(hears(heard, "a", 50, 1), cleans_up(90, 60), after(90, 3), after(10, 4),
                  fanout::cancel_when(at_first_value), cancel_on_error, return_exceptions);
  BOOST_TEST(heard == lines{"a:terminal"}, per_element());
  BOOST_TEST(passed() == 70);
  heard.clear();
  co_await gather(hears(heard, "a", 50, 1), cleans_up(90, 60), after(90, 3),
                  throws_after(10, "mine"), fanout::cancel_when(at_first_error), cancel_on_error,
                  return_exceptions);
  BOOST_TEST(heard == lines{"a:terminal"}, per_element());
  BOOST_TEST(passed() == 140);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace compositions
