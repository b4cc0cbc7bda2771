//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: deadline.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/shield.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <ranges>
#include <string>
#include <tuple>
#include <vector>

namespace deadlines {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::deadline_exceeded;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using deadline = fanout::deadline<virtual_clock>;
using lines = std::vector<std::string>;

void check_expired(std::exception_ptr const& error) {
  check_error<deadline_exceeded>(error, "deadline exceeded");
}

// Children of a range whose size is not known, made one by one: each writes down that it was made.
auto unsized(lines& log, int n) {
  auto const all = [](int) { return true; };
  auto const child = [&log](int i) {
    log.push_back("made " + std::to_string(i));
    return after(50, i);
  };
  return std::views::iota(0, n) | std::views::filter(all) | std::views::transform(child);
}

BOOST_AUTO_TEST_SUITE(deadlines_test)

// ---- the moment

FANOUT_TEST(at_the_deadline_what_runs_is_cancelled_and_the_gather_ends) {
  stopwatch const passed;
  lines log;
  FANOUT_CHECK_THROWS(
      deadline_exceeded, "deadline exceeded",
      co_await gather(list(logged(log, "a", 5), logged(log, "b", 50)), deadline(10ms)));
  BOOST_TEST(passed() == 10);
  BOOST_TEST(log == (lines{"+a", "+b", "-a", "!b"}), per_element());
}

FANOUT_TEST(with_return_exceptions_whatever_answered_in_time_is_there) {
  stopwatch const passed;
  auto const r = co_await gather(
      list(after(5, 1), after(50, 2), throws_after(9, "c"), after(10, 4), at_once(5)),
      deadline(10ms), return_exceptions);
  BOOST_TEST(passed() == 10);
  BOOST_REQUIRE(r.size() == 5u);
  BOOST_TEST(r[0].value() == 1);
  check_expired(r[1].error());
  check_error<oops>(r[2].error(), "c");
  BOOST_TEST((r[3].has_value() || fanout::is_timed_out(r[3])));
  BOOST_TEST(r[4].value() == 5);
}

FANOUT_TEST(what_was_late_has_timed_out_and_was_not_cancelled) {
  auto const r = co_await gather(list(after(50, 1)), deadline(10ms), return_exceptions);
  BOOST_TEST(fanout::is_timed_out(r.at(0)));
  BOOST_TEST(!fanout::is_cancelled(r.at(0)));
  try {
    r.at(0).value();
    BOOST_ERROR("no error");
  } catch (boost::system::system_error const& e) {
    BOOST_TEST((e.code() == asio::error::timed_out));
  }
}

FANOUT_TEST(everything_in_time_is_as_without_a_deadline) {
  auto const r = co_await gather(list(after(20, 1), after(10, 2)), deadline(30ms));
  BOOST_TEST(r == (std::vector{1, 2}), per_element());
  auto const [a, b] = co_await gather(after(20, 1), nothing_after(5), deadline(30ms)); // trivial
  BOOST_TEST(a == 1);
}

FANOUT_TEST(children_given_one_by_one_have_a_deadline_too) {
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await gather(after(5, 1), nothing_after(50), deadline(10ms)));
  auto const r = co_await gather(after(5, 1), nothing_after(50), text_after(50, "c"),
                                 deadline(10ms), return_exceptions);
  BOOST_TEST(std::get<0>(r).value() == 1);
  check_expired(std::get<1>(r).error());
  check_expired(std::get<2>(r).error());
}

FANOUT_TEST(a_duration_counts_from_the_initiation) {
  auto operation = gather(list(after(50, 1)), deadline(10ms));
  co_await sleep_ms(7);
  stopwatch const passed;
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded", co_await std::move(operation));
  BOOST_TEST(passed() == 10);
}

FANOUT_TEST(a_time_point_stays_where_it_is) {
  auto operation = gather(list(after(50, 1)), deadline(virtual_clock::now() + 10ms));
  co_await sleep_ms(7);
  stopwatch const passed;
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded", co_await std::move(operation));
  BOOST_TEST(passed() == 3);
}

FANOUT_TEST(the_request_at_the_deadline_is_terminal_and_comes_once) {
  stopwatch const passed;
  lines heard;
  auto const r =
      co_await gather(list(hears(heard, "a", 30, 1), hears(heard, "b", 20, 2)), deadline(10ms));
  BOOST_TEST(passed() == 30);
  BOOST_TEST(r == (std::vector{1, 2}), per_element());
  BOOST_TEST(heard == (lines{"a:terminal", "b:terminal"}), per_element());
}

// ---- every kind of child

FANOUT_TEST(every_kind_of_child_meets_the_deadline) {
  stopwatch const passed;
  auto const ex = co_await asio::this_coro::executor;
  asio::basic_waitable_timer<virtual_clock> timer(ex, 1h);
  auto const callable = [] { return after(50, 1); };
  auto const calls_operation = [] { return sleep_ms(50); };
  auto const task = create_task(ex, after(50, 1));
  auto const r = co_await gather(
      sleep_ms(50), timer.async_wait(asio::deferred), callable, calls_operation,
      asio::bind_executor(ex, after(50, 1)), gather(after(50, 1), after(60, 2)),
      gather(after(50, 1), return_exceptions), task, deadline(10ms), return_exceptions);
  BOOST_TEST(passed() == 10);
  std::apply([](auto const&... each) { (check_expired(each.error()), ...); }, r);
  BOOST_TEST(task.cancelled());
}

FANOUT_TEST(futures_in_a_range_are_cancelled_at_the_deadline_unless_they_are_shielded) {
  auto const ex = co_await asio::this_coro::executor;
  auto const lost = create_task(ex, after(50, 1));
  auto const kept = create_task(ex, after(50, 2));
  auto const r = co_await gather(lost, fanout::shield(kept), deadline(10ms), return_exceptions);
  check_expired(std::get<0>(r).error());
  check_expired(std::get<1>(r).error());
  BOOST_TEST(lost.cancelled());
  BOOST_TEST(co_await kept == 2);
}

FANOUT_TEST(the_same_future_in_several_places_is_late_in_each) {
  auto const ex = co_await asio::this_coro::executor;
  std::vector<fanout::future<int>> const several(3, create_task(ex, after(50, 1)));
  auto const r = co_await gather(several, deadline(10ms), return_exceptions);
  BOOST_REQUIRE(r.size() == 3u);
  for (auto const& each : r) check_expired(each.error());
}

// ---- what comes after the deadline

FANOUT_TEST(a_value_that_comes_after_the_deadline_is_delivered) {
  stopwatch const passed;
  auto const r = co_await gather(list(swallows(50, 1), deaf(30, 2)), deadline(10ms));
  BOOST_TEST(passed() == 30);
  BOOST_TEST(r == (std::vector{1, 2}), per_element());
}

FANOUT_TEST(another_error_that_comes_after_the_deadline_is_delivered) {
  FANOUT_CHECK_THROWS(oops, "mine", co_await gather(list(converts(50, "mine")), deadline(10ms)));
  auto const r =
      co_await gather(list(converts(50, "mine"), after(50, 2)), deadline(10ms), return_exceptions);
  check_error<oops>(r.at(0).error(), "mine");
  check_expired(r.at(1).error());
}

FANOUT_TEST(without_return_exceptions_the_first_error_in_time_counts_and_all_are_awaited) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      deadline_exceeded, "deadline exceeded",
      co_await gather(list(cleans_up(50, 20), after(50, 2), throws_after(50, "late")),
                      deadline(10ms)));
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(a_child_that_was_cancelled_on_its_own_before_the_deadline_stays_cancelled) {
  auto const aborted = [](long long ms) -> awaitable<int> {
    co_await sleep_ms(ms);
    throw boost::system::system_error(asio::error::operation_aborted);
  };
  auto const r = co_await gather(list(aborted(5), after(50, 2)), deadline(10ms), return_exceptions);
  check_aborted(r.at(0).error());
  check_expired(r.at(1).error());
}

// ---- what has not started by then

FANOUT_TEST(what_a_limit_has_held_back_counts_as_late) {
  stopwatch const passed;
  lines log;
  auto const r =
      co_await gather(list(logged(log, "a", 8, 1), logged(log, "b", 8), logged(log, "c", 8)),
                      limit(1), deadline(10ms), return_exceptions);
  BOOST_TEST(passed() == 10);
  BOOST_TEST(log == (lines{"+a", "-a", "+b", "!b"}), per_element());
  BOOST_REQUIRE(r.size() == 3u);
  BOOST_TEST(r[0].value() == 1);
  check_expired(r[1].error());
  check_expired(r[2].error());
}

FANOUT_TEST(what_a_limit_has_held_back_is_an_error_if_nothing_else_was_late) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await gather(list(deaf(20, 1), after(1, 2)), limit(1), deadline(10ms)));
  BOOST_TEST(passed() == 20);
}

FANOUT_TEST(a_child_that_ends_at_the_deadline_is_followed_by_none) {
  lines log;
  auto const r = co_await gather(list(swallows(50, 1), logged(log, "b", 1)), limit(1),
                                 deadline(10ms), return_exceptions);
  BOOST_TEST(log.empty());
  BOOST_TEST(r.at(0).value() == 1);
  check_expired(r.at(1).error());
}

FANOUT_TEST(a_range_of_unknown_size_is_not_advanced_after_the_deadline) {
  lines log;
  auto const r = co_await gather(unsized(log, 9), limit(2), deadline(60ms), return_exceptions);
  BOOST_TEST(log == (lines{"made 0", "made 1", "made 2", "made 3"}), per_element());
  BOOST_REQUIRE(r.size() == 4u); // places for what was started
  BOOST_TEST(r[1].value() == 1);
  check_expired(r[2].error());
  check_expired(r[3].error());
}

FANOUT_TEST(a_deadline_ends_a_range_without_an_end) {
  stopwatch const passed;
  auto const r = co_await gather(std::views::iota(0) |
                                     std::views::transform([](int i) { return after(1, i); }),
                                 limit(2), deadline(20ms), return_exceptions);
  BOOST_TEST(passed() == 20);
  BOOST_TEST(r.size() >= 38u);
  BOOST_TEST(r.at(37).value() == 37);
}

// ---- no time at all

FANOUT_TEST(without_any_time_nothing_starts) {
  stopwatch const passed;
  lines log;
  auto const called = [&log] { return logged(log, "called", 0); };
  for (auto const none : {0ms, -1ms, -1000ms}) {
    FANOUT_CHECK_THROWS(
        deadline_exceeded, "deadline exceeded",
        co_await gather(list(logged(log, "a", 0), logged(log, "b", 0)), deadline(none)));
    FANOUT_CHECK_THROWS(
        deadline_exceeded, "deadline exceeded",
        co_await gather(logged(log, "c", 0), called, hears(log, "d", 0), deadline(none)));
    auto const r =
        co_await gather(logged(log, "e", 0), hears(log, "f", 0), deadline(none), return_exceptions);
    check_expired(std::get<0>(r).error());
    check_expired(std::get<1>(r).error());
  }
  BOOST_TEST(log.empty());
  BOOST_TEST(passed() == 0);
}

FANOUT_TEST(a_time_point_in_the_past_starts_nothing) {
  lines log;
  co_await sleep_ms(1);
  for (auto const past : {virtual_clock::now() - 1ms, virtual_clock::time_point(),
                          virtual_clock::time_point::min()}) {
    auto const r = co_await gather(list(logged(log, "a", 0), logged(log, "b", 0)), deadline(past),
                                   return_exceptions);
    BOOST_REQUIRE(r.size() == 2u);
    check_expired(r[0].error());
    check_expired(r[1].error());
  }
  BOOST_TEST(log.empty());
}

FANOUT_TEST(a_deadline_of_any_length_in_the_past_starts_nothing) {
  lines log;
  for (auto const past : {-200 * 24h, -400 * 24h, std::chrono::hours::min()})
    FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                        co_await gather(list(logged(log, "a", 5)), deadline(past)));
  std::chrono::time_point<virtual_clock, std::chrono::hours> const long_ago(-400 * 24h);
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await gather(list(logged(log, "b", 5)), deadline(long_ago)));
  BOOST_TEST(log.empty());
}

FANOUT_TEST(without_any_time_nothing_to_gather_is_the_empty_result) {
  auto const r = co_await gather(std::vector<awaitable<int>>(), deadline(0ms));
  BOOST_TEST(r.empty());
  auto const s = co_await gather(std::vector<awaitable<int>>(), deadline(-1ms), return_exceptions);
  BOOST_TEST(s.empty());
  co_await gather(std::vector<awaitable<void>>(), deadline(virtual_clock::time_point()));
}

FANOUT_TEST(without_any_time_a_range_is_not_read) {
  lines log;
  auto const r = co_await gather(unsized(log, 3), deadline(0ms), return_exceptions);
  BOOST_TEST(r.empty());
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await gather(unsized(log, 3), deadline(0ms)));
  BOOST_TEST(log.empty());
}

FANOUT_TEST(without_any_time_futures_are_not_awaited_and_not_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  auto const done = create_task(ex, at_once(1));
  auto const pending = create_task(ex, after(50, 2));
  co_await sleep_ms(1);
  auto const r = co_await gather(done, pending, deadline(0ms), return_exceptions);
  check_expired(std::get<0>(r).error());
  check_expired(std::get<1>(r).error());
  BOOST_TEST(co_await pending == 2);
}

// ---- lengths

FANOUT_TEST(a_deadline_later_than_the_clock_can_count_never_comes) {
  auto const durations = [](auto longest) -> awaitable<void> {
    auto const r = co_await gather(list(after(10, 1), after(20, 2)), deadline(longest));
    BOOST_TEST(r == (std::vector{1, 2}), per_element());
  };
  co_await durations(std::chrono::hours::max());
  co_await durations(virtual_clock::duration::max());
  co_await durations(std::chrono::duration<double>(1e30));
  co_await durations(virtual_clock::time_point::max());
  co_await durations(std::chrono::time_point<virtual_clock, std::chrono::hours>::max());
}

FANOUT_TEST(a_deadline_shorter_than_a_tick_of_the_clock_is_one_tick) {
  lines log;
  FANOUT_CHECK_THROWS(
      deadline_exceeded, "deadline exceeded",
      co_await gather(list(logged(log, "a", 1)), deadline(std::chrono::duration<double>(1e-15))));
}

BOOST_AUTO_TEST_CASE(without_a_clock_it_is_the_steady_one) {
  static_assert(std::same_as<decltype(fanout::deadline(5ms)), fanout::deadline<>>);
  static_assert(std::same_as<fanout::deadline<>::clock, std::chrono::steady_clock>);
  using system = std::chrono::system_clock;
  static_assert(std::same_as<decltype(fanout::deadline(system::now())), fanout::deadline<system>>);
  static_assert(std::same_as<decltype(fanout::deadline(virtual_clock::now())), deadline>);
  BOOST_TEST((fanout::policy<fanout::deadline<system>>));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace deadlines
