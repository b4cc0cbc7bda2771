//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5 and 7: a race that is cancelled from outside, and one whose context goes.

#include <fanout/race.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace races_cancellation {

using namespace zoo;
using asio::cancellation_signal;
using asio::cancellation_type;
using boost::test_tools::per_element;
using fanout::limit;
using fanout::race;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::start;
using lines = std::vector<std::string>;

constexpr cancellation_type every_type[] = {cancellation_type::terminal, cancellation_type::partial,
                                            cancellation_type::total};

BOOST_AUTO_TEST_SUITE(races_cancellation_test)

// ---- before

FANOUT_TEST(a_request_of_any_type_before_the_first_start_prevents_every_start) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : every_type) {
    lines log;
    cancellation_signal signal;
    auto const seen = start(race(ex, list(logged(log, "a", 20), logged(log, "b", 20))), signal);
    signal.emit(type);
    BOOST_TEST(seen->calls == 0);
    co_await sleep_ms(1);
    BOOST_TEST(log.empty());
    BOOST_TEST(seen->ms == 0);
    BOOST_TEST(seen->slot_was_clear);
    check_aborted(seen->error);
  }
}

// ---- while nobody has ended

FANOUT_TEST(a_terminal_request_ends_the_race_with_operation_aborted_when_all_have_ended) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(race(ex, list(after(50, 1), cleans_up(60, 30))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(seen->ms == 40);
  check_aborted(seen->error);
}

FANOUT_TEST(every_request_of_every_type_reaches_every_child) {
  auto const ex = co_await asio::this_coro::executor;
  lines heard;
  cancellation_signal signal;
  auto const seen =
      start(race(ex, list(hears(heard, "a", 50, 1), hears(heard, "b", 40, 2))), signal);
  co_await sleep_ms(10);
  for (auto const type :
       {cancellation_type::total, cancellation_type::partial, cancellation_type::partial})
    signal.emit(type);
  BOOST_TEST(heard ==
                 (lines{"a:total", "b:total", "a:partial", "b:partial", "a:partial", "b:partial"}),
             per_element());
  heard.clear();
  co_await sleep_ms(100);
  BOOST_TEST(heard == lines{"a:terminal"}, per_element()); // it has lost
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value.index == 1u);
  BOOST_TEST(seen->value.value == 2);
}

FANOUT_TEST(no_child_starts_after_a_request_that_no_child_listens_to) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  cancellation_signal signal;
  auto const seen = start(
      race(ex, list(logged(log, "a", 20, 1), logged(log, "b", 30), logged(log, "c", 20)), limit(2)),
      signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  BOOST_TEST(log == (lines{"+a", "+b", "-a", "!b"}), per_element());
  BOOST_TEST(seen->value.value == 1);
}

FANOUT_TEST(a_value_after_a_terminal_request_does_not_win) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(race(ex, list(swallows(50, 1), after(50, 2))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

FANOUT_TEST(an_error_of_a_childs_own_after_a_terminal_request_is_that_of_the_race) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(race(ex, list(converts(50, "mine"), after(50, 2))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  check_error<oops>(seen->error, "mine");
}

FANOUT_TEST(a_child_that_cleans_up_after_a_terminal_request_is_not_asked_again_by_the_first_end) {
  auto const ex = co_await asio::this_coro::executor;
  lines heard;
  cancellation_signal signal;
  auto const seen = start(
      race(ex, hears(heard, "a", 50, 1), hears(heard, "b", 30, 2), cleans_up(60, 40)), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(heard == (lines{"a:terminal", "b:terminal"}), per_element());
  BOOST_TEST(seen->ms == 50);
  check_aborted(seen->error);
}

FANOUT_TEST(with_return_exceptions_a_terminal_request_is_operation_aborted_too) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(race(ex, list(swallows(50, 1), after(50, 2)), return_exceptions), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

FANOUT_TEST(a_request_by_a_child_as_it_starts_prevents_the_later_starts) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  cancellation_signal signal;
  auto const requests = [](cancellation_signal& s) -> awaitable<int> {
    s.emit(cancellation_type::total);
    co_await sleep_ms(10);
    co_return 1;
  };
  auto const seen = start(race(ex, list(requests(signal), logged(log, "b", 1))), signal);
  co_await sleep_ms(100);
  BOOST_TEST(log.empty());
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value.value == 1);
}

// ---- once it is decided

FANOUT_TEST(a_request_while_the_losers_clean_up_interrupts_them_and_changes_nothing_else) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : every_type) {
    lines heard;
    cancellation_signal signal;
    auto const seen =
        start(race(ex, after(10, 1), hears(heard, "b", 50), cleans_up(90, 90)), signal);
    co_await sleep_ms(20);
    signal.emit(type);
    BOOST_TEST(heard == (lines{"b:terminal", "b:" + text_of(type)}), per_element());
    co_await sleep_ms(200);
    BOOST_TEST(seen->ms == (type == cancellation_type::terminal ? 50 : 100));
    BOOST_TEST(!seen->error);
    BOOST_TEST(seen->value.value == 1);
  }
}

FANOUT_TEST(a_request_while_the_losers_clean_up_does_not_replace_the_error) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(race(ex, list(throws_after(10, "mine"), cleans_up(50, 50))), signal);
  co_await sleep_ms(20);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 20);
  check_error<oops>(seen->error, "mine");
}

FANOUT_TEST(a_request_while_the_losers_clean_up_leaves_all_results) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(race(ex, list(after(10, 1), cleans_up(50, 50)), return_exceptions), signal);
  co_await sleep_ms(20);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(!seen->error);
  BOOST_REQUIRE(seen->value.value.size() == 2u);
  BOOST_TEST(seen->value.value[0].value() == 1);
  check_aborted(seen->value.value[1].error());
}

// ---- after

FANOUT_TEST(a_request_after_the_end_does_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(race(ex, list(after(20, 1), after(10, 2))), signal);
  co_await sleep_ms(50);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(seen->slot_was_clear);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(50);
  BOOST_TEST(seen->calls == 1);
}

// ---- its context goes

awaitable<int> holds_something(long long ms) {
  counted const something;
  co_await sleep_ms(ms);
  co_return 1;
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_in_the_middle_of_a_race_leaks_nothing_and_calls_nothing) {
  // After so many handlers: before the start, while all run, while the losers are on their way.
  for (int steps = 0; steps < 8; ++steps) {
    int calls = 0;
    {
      asio::io_context context;
      race(context, list(holds_something(10), holds_something(20), holds_something(30)))(
          counted_handler{&calls});
      for (int i = 0; i < steps; ++i) fanout_test::step(context);
    }
    BOOST_TEST(counted::live == 0);
    BOOST_TEST(calls <= 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace races_cancellation
