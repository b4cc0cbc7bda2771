//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: deadline, beside errors, requests, other policies and threads.

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace deadlines_together {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_type;
using boost::test_tools::per_element;
using fanout::cancel_on_error;
using fanout::deadline_exceeded;
using fanout::gather;
using fanout::keep_results;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::start;
using child_timeout = fanout::child_timeout<virtual_clock>;
using deadline = fanout::deadline<virtual_clock>;
using lines = std::vector<std::string>;

void check_expired(std::exception_ptr const& error) {
  check_error<deadline_exceeded>(error, "deadline exceeded");
}

auto told_late(lines& log) {
  return fanout::on_late_error([&log](std::size_t index, std::exception_ptr error) {
    check_expired(error);
    log.push_back("late " + std::to_string(index));
  });
}

template <class Child>
auto within(std::chrono::milliseconds d, Child child) {
  return fanout::timeout<virtual_clock>(d, std::move(child));
}

BOOST_AUTO_TEST_SUITE(deadlines_together_test)

// ---- after an error

FANOUT_TEST(an_error_before_the_deadline_completes_at_once_and_stragglers_meet_the_deadline) {
  stopwatch const passed;
  lines log;
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(throws_after(5, "early"), logged(log, "b", 50),
                                           logged(log, "c", 8), swallows(50, 4)),
                                      deadline(10ms), told_late(log)));
  BOOST_TEST(passed() == 5);
  co_await sleep_ms(50);
  BOOST_TEST(log == (lines{"+b", "+c", "-c", "!b", "late 1"}), per_element());
}

FANOUT_TEST(an_error_after_the_deadline_does_not_leave_anybody_behind) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      oops, "mine", co_await gather(list(converts(50, "mine"), cleans_up(50, 30)), deadline(10ms)));
  BOOST_TEST(passed() == 40);
}

FANOUT_TEST(an_error_that_held_back_the_rest_before_the_deadline_is_the_error) {
  lines log;
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(throws_after(5, "early"), logged(log, "b", 1)), limit(1),
                                      deadline(10ms)));
  co_await sleep_ms(50);
  BOOST_TEST(log.empty());
}

// ---- after the end

BOOST_AUTO_TEST_CASE(the_deadline_of_what_has_ended_does_not_keep_the_context_busy) {
  asio::io_context context;
  stopwatch const passed;
  bool ended = false;
  gather(context, list(after(10, 1)), deadline(1h))(
      [&](std::exception_ptr e, std::vector<int> r) { ended = !e && r == std::vector{1}; });
  fanout_test::drive(context);
  BOOST_TEST(ended);
  BOOST_TEST(passed() == 10);
}

BOOST_AUTO_TEST_CASE(the_deadline_is_over_with_the_last_straggler) {
  asio::io_context context;
  stopwatch const passed;
  std::exception_ptr error;
  gather(context, list(after(20, 1), throws_after(5, "early")),
         deadline(1h))([&](std::exception_ptr e, std::vector<int>) { error = e; });
  fanout_test::drive(context);
  check_error<oops>(error, "early");
  BOOST_TEST(passed() == 20);
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_before_the_deadline_calls_nothing) {
  bool called = false;
  {
    asio::io_context context;
    gather(context, list(after(10, 1)),
           deadline(5ms))([&](std::exception_ptr, std::vector<int>) { called = true; });
    context.poll();
  }
  BOOST_TEST(!called);
}

FANOUT_TEST(an_operation_that_is_never_initiated_has_no_deadline) {
  lines log;
  {
    auto const operation = gather(list(logged(log, "a", 1)), deadline(5ms));
    co_await sleep_ms(10);
  }
  BOOST_TEST(log.empty());
}

// ---- cancelled from outside

FANOUT_TEST(a_cancellation_before_the_deadline_is_one) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(50, 1)), deadline(10ms)), signal);
  co_await sleep_ms(5);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(50);
  BOOST_TEST(seen->ms == 5);
  check_aborted(seen->error);
}

FANOUT_TEST(a_cancellation_before_the_deadline_stays_one_while_children_clean_up) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, list(cleans_up(50, 20)), deadline(10ms)), signal);
  co_await sleep_ms(5);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(50);
  check_aborted(seen->error);
}

FANOUT_TEST(a_cancellation_after_the_deadline_interrupts_the_cleaning_up) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, list(cleans_up(50, 100)), deadline(10ms)), signal);
  co_await sleep_ms(15);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(5);
  BOOST_TEST(seen->ms == 15);
  check_aborted(seen->error); // it was asked from outside too
}

FANOUT_TEST(a_cancellation_after_the_deadline_takes_the_results_unless_they_are_kept) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal one, two;
  auto const lost = start(
      gather(ex, list(after(5, 1), cleans_up(50, 100)), deadline(10ms), return_exceptions), one);
  auto const kept = start(gather(ex, list(after(5, 1), cleans_up(50, 100), after(1, 3)), limit(2),
                                 deadline(10ms), return_exceptions, keep_results),
                          two);
  co_await sleep_ms(15);
  one.emit(cancellation_type::terminal);
  two.emit(cancellation_type::terminal);
  co_await sleep_ms(5);
  check_aborted(lost->error);
  BOOST_TEST(!kept->error);
  BOOST_TEST(kept->ms == 15);
  BOOST_REQUIRE(kept->value.size() == 3u);
  BOOST_TEST(kept->value[0].value() == 1);
  check_aborted(kept->value[1].error());
  BOOST_TEST(kept->value[2].value() == 3);
}

FANOUT_TEST(what_a_cancellation_kept_from_starting_before_the_deadline_is_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : {cancellation_type::terminal, cancellation_type::partial}) {
    asio::cancellation_signal one, two;
    auto const kept = start(gather(ex, list(deaf(20, 1), after(1, 2)), limit(1), deadline(10ms),
                                   return_exceptions, keep_results),
                            one);
    auto const thrown =
        start(gather(ex, list(deaf(20, 1), after(1, 2)), limit(1), deadline(10ms)), two);
    co_await sleep_ms(5);
    one.emit(type);
    two.emit(type);
    co_await sleep_ms(50);
    BOOST_TEST(kept->value.at(0).value() == 1);
    check_aborted(kept->value.at(1).error());
    check_aborted(thrown->error);
  }
}

FANOUT_TEST(a_partial_cancellation_that_everybody_survives_in_time_changes_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(8, 1), after(9, 2)), deadline(10ms)), signal);
  co_await sleep_ms(5);
  signal.emit(cancellation_type::partial);
  co_await sleep_ms(50);
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value == (std::vector{1, 2}), per_element());
}

FANOUT_TEST(without_any_time_a_cancellation_before_the_start_is_one_if_it_is_terminal) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal one, two;
  auto const terminal = start(gather(ex, list(after(1, 1)), deadline(0ms)), one);
  auto const partial = start(gather(ex, list(after(1, 1)), deadline(0ms)), two);
  one.emit(cancellation_type::terminal);
  two.emit(cancellation_type::partial);
  co_await sleep_ms(1);
  check_aborted(terminal->error);
  check_expired(partial->error);
}

// ---- with other policies

FANOUT_TEST(of_deadline_and_child_timeout_the_earlier_counts) {
  stopwatch const passed;
  auto const early = co_await gather(list(after(50, 1), after(4, 2)), child_timeout(5ms),
                                     deadline(10ms), return_exceptions);
  check_expired(early.at(0).error());
  BOOST_TEST(early.at(1).value() == 2);
  BOOST_TEST(passed() == 5);
  auto const late = co_await gather(list(after(4, 1), after(50, 2), after(50, 3)), limit(1),
                                    child_timeout(20ms), deadline(10ms), return_exceptions);
  BOOST_TEST(late.at(0).value() == 1);
  check_expired(late.at(1).error());
  check_expired(late.at(2).error());
  BOOST_TEST(passed() == 15);
}

FANOUT_TEST(a_child_that_runs_out_of_time_does_not_bring_the_deadline_forward) {
  auto const r = co_await gather(list(after(50, 1), after(4, 2), after(4, 3)), limit(2),
                                 child_timeout(5ms), deadline(1h), return_exceptions);
  check_expired(r[0].error());
  BOOST_TEST(r[1].value() == 2);
  BOOST_TEST(r[2].value() == 3); // it has run for a millisecond when the first one is late
}

FANOUT_TEST(deadline_and_child_timeout_at_the_same_moment_are_one) {
  stopwatch const passed;
  auto const r = co_await gather(list(cleans_up(50, 20), deaf(30, 2)), child_timeout(10ms),
                                 deadline(10ms), return_exceptions);
  check_expired(r.at(0).error());
  BOOST_TEST(r.at(1).value() == 2);
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(a_child_whose_own_time_ends_after_the_deadline_has_missed_the_deadline) {
  auto const r = co_await gather(list(cleans_up(50, 20), deaf(30, 2)), child_timeout(15ms),
                                 deadline(10ms), return_exceptions);
  check_expired(r.at(0).error());
  BOOST_TEST(r.at(1).value() == 2);
}

FANOUT_TEST(a_child_that_cleans_up_after_its_own_time_has_timed_out_at_the_deadline_too) {
  auto const r = co_await gather(list(cleans_up(50, 20), after(4, 2)), child_timeout(5ms),
                                 deadline(10ms), return_exceptions);
  check_expired(r.at(0).error());
  BOOST_TEST(r.at(1).value() == 2);
}

FANOUT_TEST(with_cancel_on_error_an_error_before_the_deadline_is_why_the_rest_is_missing) {
  auto const r = co_await gather(list(throws_after(5, "mine"), deaf(20, 2), after(1, 3)), limit(2),
                                 cancel_on_error, deadline(10ms), return_exceptions);
  check_error<oops>(r.at(0).error(), "mine");
  BOOST_TEST(r.at(1).value() == 2);
  check_aborted(r.at(2).error());
  FANOUT_CHECK_THROWS(
      oops, "mine",
      co_await gather(list(throws_after(5, "mine"), deaf(20, 2)), cancel_on_error, deadline(10ms)));
}

FANOUT_TEST(with_cancel_on_error_a_deadline_before_an_error_is_why_the_rest_is_missing) {
  auto const r = co_await gather(list(converts(50, "mine"), after(50, 2), after(1, 3)), limit(2),
                                 cancel_on_error, deadline(10ms), return_exceptions);
  check_error<oops>(r.at(0).error(), "mine");
  check_expired(r.at(1).error());
  check_expired(r.at(2).error());
  FANOUT_CHECK_THROWS(
      deadline_exceeded, "deadline exceeded",
      co_await gather(list(after(50, 1), converts(50, "late")), cancel_on_error, deadline(10ms)));
}

FANOUT_TEST(progress_is_told_of_children_that_meet_the_deadline) {
  std::vector<std::size_t> failed;
  auto const note =
      fanout::on_progress([&](fanout::progress const& p) { failed.push_back(p.failed); });
  co_await gather(list(after(5, 1), after(50, 2), after(50, 3)), deadline(10ms), return_exceptions,
                  note);
  BOOST_TEST(failed == (std::vector<std::size_t>{0, 1, 2}), per_element());
}

// ---- in each other

FANOUT_TEST(an_earlier_deadline_around_a_gather_is_the_one_that_it_misses) {
  stopwatch const passed;
  lines log;
  auto const r = co_await gather(gather(list(logged(log, "a", 50)), deadline(20ms)),
                                 gather(list(after(5, 1)), deadline(20ms), return_exceptions),
                                 gather(list(after(50, 1)), deadline(20ms), return_exceptions),
                                 deadline(10ms), return_exceptions);
  BOOST_TEST(passed() == 10);
  check_expired(std::get<0>(r).error());
  BOOST_TEST(std::get<1>(r).value().at(0).value() == 1);
  check_expired(std::get<2>(r).error());
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
}

FANOUT_TEST(an_earlier_deadline_inside_is_an_error_like_any_other) {
  stopwatch const passed;
  auto const r = co_await gather(gather(list(after(50, 1)), deadline(10ms)),
                                 gather(list(after(50, 1)), deadline(10ms), return_exceptions),
                                 deadline(20ms), return_exceptions);
  BOOST_TEST(passed() == 10);
  check_expired(std::get<0>(r).error());
  check_expired(std::get<1>(r).value().at(0).error());
}

FANOUT_TEST(a_timeout_around_a_gather_with_a_later_deadline_counts_unless_results_are_kept) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      deadline_exceeded, "deadline exceeded",
      co_await within(10ms, gather(list(after(50, 1)), deadline(20ms), return_exceptions)));
  BOOST_TEST(passed() == 10);
  auto const r = co_await within(10ms, gather(list(after(50, 1), after(5, 2)), deadline(20ms),
                                              return_exceptions, keep_results));
  BOOST_TEST(passed() == 20);
  check_aborted(r.at(0).error());
  BOOST_TEST(r.at(1).value() == 2);
}

// ---- in real time

BOOST_AUTO_TEST_CASE(a_deadline_of_the_steady_clock_comes_in_a_plain_context) {
  asio::io_context context;
  auto const begin = std::chrono::steady_clock::now();
  auto ended = gather(context, fanout::sleep(0s), fanout::sleep(1h), fanout::deadline(5ms),
                      return_exceptions)(asio::use_future);
  context.run();
  auto const r = fanout_test::get(std::move(ended));
  BOOST_TEST(std::get<0>(r).has_value());
  check_expired(std::get<1>(r).error());
  BOOST_TEST((std::chrono::steady_clock::now() - begin >= 5ms));
}

BOOST_AUTO_TEST_CASE(a_time_point_of_the_system_clock_is_a_deadline_too) {
  asio::io_context context;
  auto ended = gather(context, fanout::sleep(1h),
                      fanout::deadline(std::chrono::system_clock::now() + 5ms))(asio::use_future);
  context.run();
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded", fanout_test::get(std::move(ended)));
}

template <class Executor>
void check_on(Executor const& executor) {
  auto const sleeps = [](std::chrono::hours d) -> awaitable<int> {
    co_await fanout::sleep(d);
    co_return 1;
  };
  auto children = list(sleeps(0h), sleeps(1h), sleeps(1h));
  auto const r = fanout_test::result_of(
      gather(executor, std::move(children), fanout::deadline(200ms), return_exceptions));
  BOOST_REQUIRE(r.size() == 3u);
  BOOST_TEST(r[0].value() == 1);
  check_expired(r[1].error());
  check_expired(r[2].error());
}

BOOST_AUTO_TEST_CASE(a_deadline_comes_on_a_pool_and_on_a_strand) {
  asio::thread_pool pool(2);
  check_on(pool.get_executor());
  check_on(asio::make_strand(pool));
}

BOOST_AUTO_TEST_CASE(a_deadline_reaches_children_on_executors_of_their_own) {
  asio::thread_pool pool(2);
  asio::io_context context;
  auto on_pool = asio::bind_executor(pool, fanout::sleep(1h));
  auto on_strand = asio::bind_executor(asio::make_strand(pool), fanout::sleep(1h));
  auto ended = gather(context, std::move(on_pool), std::move(on_strand), fanout::sleep(1h),
                      fanout::deadline(5ms), return_exceptions)(asio::use_future);
  context.run();
  auto const r = fanout_test::get(std::move(ended));
  std::apply([](auto const&... each) { (check_expired(each.error()), ...); }, r);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace deadlines_together
