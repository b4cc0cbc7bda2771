//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: stagger, and a first_success that is cancelled from outside.

#include <fanout/first_success.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace first_successes_stagger {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_signal;
using asio::cancellation_type;
using boost::test_tools::per_element;
using fanout::all_failed;
using fanout::first_success;
using fanout::limit;
using fanout::quorum;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::start;
using stagger = fanout::stagger<virtual_clock>;
using deadline = fanout::deadline<virtual_clock>;
using lines = std::vector<std::string>;

constexpr cancellation_type every_type[] = {cancellation_type::terminal, cancellation_type::partial,
                                            cancellation_type::total};

/// Attempts that write down when they start, each taking its time; a negative one fails then.
struct attempts {
  stopwatch passed;
  std::vector<long long> started;

  awaitable<int> one(long long ms) {
    started.push_back(passed());
    if (ms < 0) return throws_after(-ms, "failed");
    return after(ms, static_cast<int>(started.size()));
  }

  /// A lazy range of them.
  template <class... Times>
  auto of(Times... ms) {
    std::vector<long long> const times{ms...};
    return std::views::iota(std::size_t(0), times.size()) |
           std::views::transform([this, times](std::size_t i) { return one(times[i]); });
  }
};

using moments = std::vector<long long>;

BOOST_AUTO_TEST_SUITE(first_successes_stagger_test)

// ---- who starts when

FANOUT_TEST(each_child_starts_a_while_after_the_one_before_it) {
  attempts made;
  auto const first = co_await first_success(made.of(100, 100, 100, 100), stagger(30ms));
  BOOST_TEST(first.index == 0u);
  BOOST_TEST(made.started == (moments{0, 30, 60, 90}), per_element());
  BOOST_TEST(made.passed() == 100);
}

FANOUT_TEST(a_quick_success_leaves_the_others_unstarted) {
  attempts made;
  auto const first = co_await first_success(made.of(20, 100), stagger(30ms));
  BOOST_TEST(first.index == 0u);
  BOOST_TEST(made.started == moments{0}, per_element());
  BOOST_TEST(made.passed() == 20);
}

FANOUT_TEST(a_later_child_may_win) {
  attempts made;
  auto const first = co_await first_success(made.of(200, 10, 100), stagger(30ms));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(made.passed() == 40);
  BOOST_TEST(made.started == (moments{0, 30}), per_element());
}

FANOUT_TEST(a_failure_starts_the_next_at_once_and_the_time_runs_anew) {
  attempts made;
  auto const first = co_await first_success(made.of(-10, 100, 200, 200), stagger(30ms));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(made.started == (moments{0, 10, 40, 70}), per_element());
  BOOST_TEST(made.passed() == 110);
}

FANOUT_TEST(the_failure_of_an_earlier_child_starts_the_next_as_well) {
  attempts made;
  co_await first_success(made.of(-45, 100, 200, 200), stagger(30ms));
  BOOST_TEST(made.started == (moments{0, 30, 45, 75}), per_element());
}

FANOUT_TEST(failures_at_once_start_all_at_once) {
  attempts made;
  auto const attempt = [&made](int i) {
    made.started.push_back(made.passed());
    return i < 3 ? throws_at_once(std::to_string(i)) : after(10, i);
  };
  auto const first = co_await first_success(std::views::iota(0, 5) | std::views::transform(attempt),
                                            stagger(30ms));
  BOOST_TEST(first.index == 3u);
  BOOST_TEST(made.started == (moments{0, 0, 0, 0}), per_element());
}

FANOUT_TEST(if_all_fail_nobody_waits_for_the_time) {
  attempts made;
  FANOUT_CHECK_THROWS(all_failed,
                      "0: failed; 1: failed; 2: failed: all alternatives failed [fanout:3]",
                      co_await first_success(made.of(-10, -10, -10), stagger(1h)));
  BOOST_TEST(made.started == (moments{0, 10, 20}), per_element());
  BOOST_TEST(made.passed() == 30);
}

FANOUT_TEST(children_given_one_by_one_are_staggered_too) {
  lines log;
  stopwatch const passed;
  auto const first =
      co_await first_success(logged(log, "a", 100, 1), logged(log, "b", 10, 2), stagger(30ms));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(passed() == 40);
  BOOST_TEST(log == (lines{"+a", "+b", "-b", "!a"}), per_element());
}

FANOUT_TEST(a_stagger_of_zero_starts_all_at_once) {
  attempts made;
  co_await first_success(made.of(30, 20, 10), stagger(0ms));
  BOOST_TEST(made.started == (moments{0, 0, 0}), per_element());
}

BOOST_AUTO_TEST_CASE(a_negative_stagger_is_an_invalid_argument) {
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::stagger: the duration must not be negative, but is -1 ms",
                      fanout::stagger(-1ms));
}

FANOUT_TEST(a_stagger_longer_than_the_clock_can_tell_waits_for_failures_only) {
  attempts made;
  auto const first = co_await first_success(made.of(-10, 10), stagger(std::chrono::hours::max()));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(made.passed() == 20);
}

FANOUT_TEST(one_operation_may_be_staggered_again) {
  attempts made;
  auto const twice = first_success(made.of(50, 50), stagger(30ms));
  co_await twice;
  co_await twice;
  BOOST_TEST(made.started == (moments{0, 30, 50, 80}), per_element());
}

// ---- with other policies

FANOUT_TEST(with_a_limit_the_next_starts_when_there_is_room_and_it_is_time) {
  attempts made;
  co_await first_success(made.of(-80, -100, 60, 200), stagger(30ms), limit(2));
  BOOST_TEST(made.started == (moments{0, 30, 80, 130}), per_element());
  BOOST_TEST(made.passed() == 140);
}

FANOUT_TEST(each_failure_starts_one_child) {
  attempts made;
  co_await first_success(made.of(-10, -20, -15, 100, 100), stagger(6ms));
  BOOST_TEST(made.started == (moments{0, 6, 10, 16, 22}), per_element());
  attempts together;
  co_await first_success(together.of(-40, -10, 100, 100, 100), stagger(30ms)); // two fail at 40
  BOOST_TEST(together.started == (moments{0, 30, 40, 40, 70}), per_element());
}

FANOUT_TEST(a_failure_that_makes_room_for_a_child_whose_time_has_come_starts_no_other) {
  attempts made;
  co_await first_success(made.of(-80, 70, 200, 10), stagger(30ms), limit(2), quorum(2));
  BOOST_TEST(made.started == (moments{0, 30, 80, 110}), per_element());
}

FANOUT_TEST(with_a_quorum_the_starting_goes_on_after_a_success) {
  attempts made;
  auto const first = co_await first_success(made.of(20, 20, 20, 20), stagger(30ms), quorum(2));
  BOOST_TEST(first.size() == 2u);
  BOOST_TEST(made.started == (moments{0, 30}), per_element());
  BOOST_TEST(made.passed() == 50);
}

FANOUT_TEST(a_deadline_ends_the_starting) {
  attempts made;
  FANOUT_CHECK_THROWS(
      fanout::deadline_exceeded, "deadline exceeded",
      co_await first_success(made.of(100, 100, 100), stagger(30ms), deadline(50ms)));
  BOOST_TEST(made.started == (moments{0, 30}), per_element());
  BOOST_TEST(made.passed() == 50);
}

FANOUT_TEST(a_child_that_exceeds_its_own_time_starts_the_next) {
  attempts made;
  auto const first = co_await first_success(made.of(100, 10), stagger(60ms),
                                            fanout::child_timeout<virtual_clock>(20ms));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(made.started == (moments{0, 20}), per_element());
}

FANOUT_TEST(a_range_of_unknown_size_ends_while_the_next_is_awaited) {
  attempts made;
  auto two = std::views::iota(0, 5) | std::views::filter([](int i) { return i < 2; }) |
             std::views::transform([&made](int) { return made.one(-50); });
  FANOUT_CHECK_THROWS(all_failed, "0: failed; 1: failed: all alternatives failed [fanout:3]",
                      co_await first_success(two, stagger(30ms)));
  BOOST_TEST(made.started == (moments{0, 30}), per_element());
  BOOST_TEST(made.passed() == 80);
}

// ---- cancelled from outside

FANOUT_TEST(a_request_of_any_type_before_the_first_start_prevents_every_start) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : every_type) {
    attempts made;
    cancellation_signal signal;
    auto const seen = start(first_success(ex, made.of(10, 10)), signal);
    signal.emit(type);
    co_await sleep_ms(1);
    BOOST_TEST(made.started.empty());
    BOOST_TEST(seen->ms == 0);
    check_aborted(seen->error);
  }
}

FANOUT_TEST(a_terminal_request_ends_it_with_operation_aborted_when_all_have_ended) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(first_success(ex, list(throws_after(5, "a"), cleans_up(60, 30))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(seen->ms == 40);
  check_aborted(seen->error);
}

FANOUT_TEST(a_success_after_a_terminal_request_does_not_win) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(first_success(ex, list(swallows(50, 1), swallows(60, 2))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  check_aborted(seen->error);
}

FANOUT_TEST(a_request_ends_the_waiting_for_the_next_start) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : every_type) {
    attempts made;
    cancellation_signal signal;
    auto const seen = start(first_success(ex, made.of(100, 100), stagger(30ms)), signal);
    co_await sleep_ms(10);
    signal.emit(type);
    co_await sleep_ms(200);
    BOOST_TEST(made.started == moments{0}, per_element());
    bool const ends = type == cancellation_type::terminal;
    BOOST_TEST(seen->ms == (ends ? 10 : 100));
    if (ends)
      check_aborted(seen->error);
    else
      BOOST_TEST(!seen->error);
  }
}

FANOUT_TEST(after_a_request_that_nobody_listens_to_the_failures_of_all_are_all_failed) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(first_success(ex, list(throws_after(20, "a"), throws_after(30, "b"))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  check_error<all_failed>(seen->error, "0: a; 1: b: all alternatives failed [fanout:3]");
}

FANOUT_TEST(after_a_request_children_that_never_start_cannot_succeed) {
  auto const ex = co_await asio::this_coro::executor;
  attempts made;
  cancellation_signal signal;
  auto const seen = start(first_success(ex, made.of(-20, 10), stagger(30ms)), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 20);
  check_error<all_failed>(seen->error, "0: failed: all alternatives failed [fanout:3]");
}

FANOUT_TEST(a_request_while_the_losers_clean_up_changes_nothing_else) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal won, lost;
  auto const winner = start(first_success(ex, list(after(10, 1), cleans_up(90, 90))), won);
  auto const loser =
      start(first_success(ex, list(throws_after(5, "a"), throws_after(10, "b"), cleans_up(90, 90)),
                          quorum(2)),
            lost);
  co_await sleep_ms(20);
  won.emit(cancellation_type::terminal);
  lost.emit(cancellation_type::terminal);
  co_await sleep_ms(200);
  BOOST_TEST(winner->ms == 20);
  BOOST_TEST(!winner->error);
  BOOST_TEST(winner->value.value == 1);
  BOOST_TEST(loser->ms == 20);
  check_error<all_failed>(loser->error, "0: a; 1: b: all alternatives failed [fanout:3]");
}

FANOUT_TEST(a_child_that_cleans_up_after_a_terminal_request_is_not_asked_again) {
  auto const ex = co_await asio::this_coro::executor;
  lines heard;
  cancellation_signal signal;
  auto const seen = start(
      first_success(ex, hears(heard, "a", 50, 1), hears(heard, "b", 30, 2), converts(60, "c")),
      signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(heard == (lines{"a:terminal", "b:terminal"}), per_element());
  BOOST_TEST(seen->ms == 50);
  check_aborted(seen->error);
}

// ---- its context goes

awaitable<int> holds_something(long long ms) {
  counted const something;
  co_await sleep_ms(ms);
  throw oops("failed");
}

BOOST_AUTO_TEST_CASE(a_start_that_nobody_waits_for_any_more_does_not_keep_the_context_busy) {
  asio::io_context context;
  std::size_t index = 7;
  first_success(context, list(hop(1), hop(2)), fanout::stagger(1h))(
      [&index](std::exception_ptr const&, fanout::winner<int> won) { index = won.index; });
  context.poll();
  BOOST_TEST(index == 0u);
  BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_while_the_next_start_is_awaited_leaks_nothing) {
  for (int steps = 0; steps < 8; ++steps) {
    int calls = 0;
    {
      asio::io_context context;
      first_success(context, list(holds_something(50), holds_something(10), holds_something(50)),
                    stagger(20ms))(counted_handler{&calls});
      for (int i = 0; i < steps; ++i) fanout_test::step(context);
    }
    BOOST_TEST(counted::live == 0);
    BOOST_TEST(calls == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace first_successes_stagger
