//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: what a cancellation of a gather reaches, and how the gather then ends.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include <functional>
#include <ranges>
#include <string>
#include <vector>

namespace gather_cancellation {

using namespace zoo;
using asio::cancellation_signal;
using asio::cancellation_type;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::start;
using texts = std::vector<std::string>;

#define CHECK_TEXTS(found, ...)                                                                    \
  BOOST_TEST(found == (texts{__VA_ARGS__}), boost::test_tools::per_element())

BOOST_AUTO_TEST_SUITE(gather_cancellation_test)

// ---- what a request reaches

FANOUT_TEST(every_request_of_every_type_reaches_every_child_in_the_order_of_the_arguments) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(hears(heard, "a", 30), hears(heard, "b", 20), hears(heard, "c", 40))),
            signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  CHECK_TEXTS(heard, "a:total", "b:total", "c:total");
  heard.clear();
  signal.emit(cancellation_type::partial);
  CHECK_TEXTS(heard, "a:partial", "b:partial", "c:partial");
  heard.clear();
  signal.emit(cancellation_type::terminal);
  CHECK_TEXTS(heard, "a:terminal", "b:terminal", "c:terminal");
  heard.clear();
  signal.emit(cancellation_type::all);
  CHECK_TEXTS(heard, "a:terminal+partial+total", "b:terminal+partial+total",
              "c:terminal+partial+total");
  co_await sleep_ms(100);
  BOOST_TEST(seen->calls == 1);
}

FANOUT_TEST(the_same_type_is_forwarded_each_time_that_it_is_requested) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(hears(heard, "a", 30))), signal);
  co_await sleep_ms(10);
  for (int i = 0; i < 3; ++i) signal.emit(cancellation_type::terminal);
  CHECK_TEXTS(heard, "a:terminal", "a:terminal", "a:terminal");
  co_await sleep_ms(100);
  BOOST_TEST(seen->calls == 1);
}

FANOUT_TEST(a_child_that_has_ended_hears_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  cancellation_signal signal;
  auto const seen = start(
      gather(ex, list(hears(heard, "a", 5), hears(heard, "b", 30), hears(heard, "c", 7))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  CHECK_TEXTS(heard, "b:terminal");
  co_await sleep_ms(100);
  BOOST_TEST(seen->calls == 1);
}

// The first child's reaction ends the second one, on the same stack.
FANOUT_TEST(a_child_that_ends_because_another_one_is_cancelled_hears_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  std::function<void()> end_second;
  std::shared_ptr<void> first_handler;
  texts heard;
  cancellation_signal signal;
  asio::deferred_t token;
  auto const first = [&] {
    return asio::async_initiate<asio::deferred_t, void(int)>(
        [&](auto handler) {
          auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
          first_handler = kept; // in its own slot it would keep itself alive
          asio::get_associated_cancellation_slot(*kept).assign([&, h = kept.get()](auto) {
            heard.push_back("first");
            end_second();
            asio::post(asio::get_associated_executor(*h), [h] { std::move (*h)(1); });
          });
        },
        token);
  };
  auto const second = [&] {
    return asio::async_initiate<asio::deferred_t, void(int)>(
        [&](auto handler) {
          auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
          asio::get_associated_cancellation_slot(*kept).assign(
              [&](cancellation_type) { heard.push_back("second"); });
          end_second = [kept] {
            asio::get_associated_cancellation_slot(*kept).clear();
            std::move (*kept)(2);
          };
        },
        token);
  };
  auto const seen = start(gather(ex, first, second, return_exceptions), signal);
  co_await sleep_ms(1);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(1);
  CHECK_TEXTS(heard, "first");
  BOOST_TEST(std::get<1>(seen->value).value() == 2);
}

FANOUT_TEST(a_request_reaches_the_children_of_a_gather_within_a_gather) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  cancellation_signal signal;
  auto const seen = start(
      gather(ex, gather(list(hears(heard, "a", 30), hears(heard, "b", 30))), hears(heard, "c", 30)),
      signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  signal.emit(cancellation_type::terminal);
  CHECK_TEXTS(heard, "a:total", "b:total", "c:total", "a:terminal", "b:terminal", "c:terminal");
  co_await sleep_ms(100);
  check_aborted(seen->error);
}

FANOUT_TEST(a_request_reaches_children_that_have_an_executor_of_their_own) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  cancellation_signal signal;
  auto const seen = start(gather(ex, asio::bind_executor(ex, hears(heard, "a", 30)),
                                 hears(heard, "b", 30), asio::bind_executor(ex, deaf(20, 1))),
                          signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::partial);
  signal.emit(cancellation_type::total);
  CHECK_TEXTS(heard, "a:partial", "b:partial", "a:total", "b:total");
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 30);
}

FANOUT_TEST(a_second_request_interrupts_a_child_that_cleans_up) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal one, two;
  auto const patient = start(gather(ex, list(cleans_up(100, 100))), one);
  auto const impatient = start(gather(ex, list(cleans_up(100, 100))), two);
  co_await sleep_ms(10);
  one.emit(cancellation_type::terminal);
  two.emit(cancellation_type::terminal);
  co_await sleep_ms(10);
  two.emit(cancellation_type::terminal);
  co_await sleep_ms(200);
  BOOST_TEST(patient->ms == 110);
  BOOST_TEST(impatient->ms == 20);
  check_aborted(impatient->error);
}

// ---- what starts no more

FANOUT_TEST(no_child_starts_after_a_request) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen = start(
      gather(ex, list(logged(log, "a", 20), logged(log, "b", 20), logged(log, "c", 20)), limit(2)),
      signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  CHECK_TEXTS(log, "+a", "+b", "!a", "!b");
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

FANOUT_TEST(no_child_starts_after_a_request_that_no_child_listens_to) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(logged(log, "a", 20), logged(log, "b", 20)), limit(1)), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  CHECK_TEXTS(log, "+a", "-a");
  BOOST_TEST(seen->ms == 20);
  check_aborted(seen->error);
}

FANOUT_TEST(a_request_before_the_first_start_prevents_every_start) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type :
       {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total}) {
    texts log;
    cancellation_signal signal;
    auto const seen = start(gather(ex, list(logged(log, "a", 20), logged(log, "b", 20))), signal);
    signal.emit(type);
    BOOST_TEST(seen->calls == 0);
    co_await sleep_ms(1);
    BOOST_TEST(log.empty());
    BOOST_TEST(seen->ms == 0);
    check_aborted(seen->error);
  }
}

FANOUT_TEST(a_request_before_the_first_start_leaves_every_place_aborted) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen = start(
      gather(ex, list(logged(log, "a", 20), logged(log, "b", 20)), return_exceptions), signal);
  signal.emit(cancellation_type::partial);
  co_await sleep_ms(1);
  BOOST_TEST(log.empty());
  BOOST_TEST(!seen->error);
  BOOST_REQUIRE(seen->value.size() == 2u);
  for (auto const& place : seen->value) check_aborted(place.error());
}

FANOUT_TEST(a_request_before_the_start_of_nothing_aborts_it_if_it_is_terminal) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal one, two;
  auto const terminal = start(gather(ex, std::vector<awaitable<int>>()), one);
  auto const total = start(gather(ex, std::vector<awaitable<int>>()), two);
  one.emit(cancellation_type::terminal);
  two.emit(cancellation_type::total);
  co_await sleep_ms(1);
  check_aborted(terminal->error);
  BOOST_TEST(total->calls == 1);
  BOOST_TEST(!total->error);
}

awaitable<int> requests(cancellation_signal& signal, cancellation_type type) {
  signal.emit(type);
  co_await sleep_ms(10);
  co_return 1;
}

FANOUT_TEST(a_request_by_a_child_as_it_starts_prevents_the_later_starts) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(logged(log, "a", 20), requests(signal, cancellation_type::terminal),
                            logged(log, "c", 20))),
            signal);
  co_await sleep_ms(100);
  CHECK_TEXTS(log, "+a", "!a");
  BOOST_TEST(seen->ms == 0);
  BOOST_TEST(fanout::is_cancelled(seen->error)); // thrown by Asio, at the child's next co_await
}

FANOUT_TEST(a_request_between_two_children_of_one_runner_prevents_the_later_one) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const requests_and_ends = [](cancellation_signal& s) -> awaitable<int> {
    s.emit(cancellation_type::total);
    co_return 1;
  };
  auto const seen = start(
      gather(ex, list(requests_and_ends(signal), logged(log, "b", 20)), return_exceptions), signal);
  co_await sleep_ms(100);
  BOOST_TEST(log.empty());
  BOOST_REQUIRE(seen->value.size() == 2u);
  BOOST_TEST(seen->value[0].value() == 1);
  check_aborted(seen->value[1].error());
}

// A range that cancels its gather while it makes the child with this number.
auto cancelling_range(texts& log, cancellation_signal& signal, int number,
                      cancellation_type type = cancellation_type::terminal) {
  auto const child = [&log, &signal, number, type](int i) {
    log.push_back("made " + std::to_string(i));
    if (i == number) signal.emit(type);
    return logged(log, std::to_string(i), 10, i);
  };
  return std::views::iota(0, 5) | std::views::transform(child);
}

FANOUT_TEST(a_child_whose_making_cancels_the_gather_never_runs) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, cancelling_range(log, signal, 2), return_exceptions, fanout::keep_results),
            signal);
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "made 0", "+0", "made 1", "+1", "made 2", "!0", "!1");
  BOOST_REQUIRE(seen->value.size() == 5u);
  for (int i = 2; i < 5; ++i) check_aborted(seen->value[i].error());
}

FANOUT_TEST(a_child_that_a_runner_takes_whose_making_cancels_the_gather_never_runs) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : {cancellation_type::terminal, cancellation_type::partial}) {
    texts log;
    cancellation_signal signal;
    auto const seen = start(gather(ex, cancelling_range(log, signal, 2, type), limit(1),
                                   return_exceptions, fanout::keep_results),
                            signal);
    co_await sleep_ms(50);
    CHECK_TEXTS(log, "made 0", "+0", "-0", "made 1", "+1", "-1", "made 2");
    BOOST_REQUIRE(seen->value.size() == 5u);
    BOOST_TEST(seen->value[1].value() == 1);
    for (int i = 2; i < 5; ++i) check_aborted(seen->value[i].error());
  }
}

FANOUT_TEST(a_child_that_follows_those_that_end_at_once_and_cancels_the_gather_never_runs) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  int runs = 0;
  auto const counts = [&runs]() -> awaitable<int> { co_return ++runs; };
  auto const child = [&](int i) {
    if (i == 2) signal.emit(cancellation_type::terminal);
    return counts();
  };
  auto const seen = start(gather(ex, std::views::iota(0, 4) | std::views::transform(child),
                                 return_exceptions, fanout::keep_results),
                          signal);
  co_await sleep_ms(1);
  BOOST_TEST(runs == 2);
  BOOST_TEST(seen->value.at(1).value() == 2);
  check_aborted(seen->value.at(2).error());
}

FANOUT_TEST(a_child_whose_making_cancels_the_gather_has_failed_as_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  for (int const number : {0, 1}) {
    texts log;
    cancellation_signal signal;
    auto const seen = start(gather(ex, cancelling_range(log, signal, number), limit(1)), signal);
    co_await sleep_ms(50);
    BOOST_TEST(log.back() == "made " + std::to_string(number));
    check_aborted(seen->error);
  }
}

// ---- how a gather ends after a terminal request

FANOUT_TEST(cancelled_children_end_the_gather_with_operation_aborted) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(20, 1), after(30, 2))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  BOOST_TEST(seen->calls == 0);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 10);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(seen->value.empty());
  check_aborted(seen->error);
}

FANOUT_TEST(the_first_error_after_a_request_counts_even_if_it_is_no_cancellation) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(cleans_up(100, 20), converts(100, "mine"))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 30);
  check_error<oops>(seen->error, "mine");
}

FANOUT_TEST(a_cancelled_child_counts_as_an_error_and_may_be_the_first) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(100, 1), converts(100, "mine"))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  check_aborted(seen->error);
}

FANOUT_TEST(a_value_before_the_request_does_not_count_as_an_end_with_an_error) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(5, 1), converts(100, "mine"))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  check_error<oops>(seen->error, "mine");
}

FANOUT_TEST(a_gather_whose_children_all_succeed_in_spite_of_the_request_is_aborted) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(swallows(100, 1), deaf(30, 2))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 30);
  check_aborted(seen->error);
}

FANOUT_TEST(return_exceptions_ends_with_operation_aborted_after_a_terminal_request) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(after(5, 1), converts(100, "mine")), return_exceptions), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 10);
  BOOST_TEST(seen->value.empty());
  check_aborted(seen->error);
}

FANOUT_TEST(cancel_on_error_ends_with_the_first_error_after_a_terminal_request) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(cleans_up(100, 20), converts(100, "mine")), cancel_on_error), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  check_error<oops>(seen->error, "mine");
}

// Contract 12.
FANOUT_TEST(a_request_does_not_replace_the_error_that_came_before_it) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(
      gather(ex, list(cleans_up(100, 100), throws_after(5, "first")), cancel_on_error), signal);
  co_await sleep_ms(20);
  BOOST_TEST(seen->calls == 0);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(200);
  BOOST_TEST(seen->ms == 20);
  check_error<oops>(seen->error, "first");
}

// ---- how a gather ends after other requests only

FANOUT_TEST(without_a_terminal_request_the_values_are_delivered) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(hears(heard, "a", 30, 1), hears(heard, "b", 20, 2))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::partial);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 30);
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value == (std::vector{1, 2}), boost::test_tools::per_element());
}

FANOUT_TEST(without_a_terminal_request_an_error_is_delivered_when_all_have_ended) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(throws_after(30, "second"), throws_after(20, "first"), after(50, 1))),
            signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 50);
  check_error<oops>(seen->error, "first");
}

FANOUT_TEST(without_a_terminal_request_children_that_never_started_are_failures) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal one, two;
  auto const plain = start(gather(ex, list(after(20, 1), after(20, 2)), limit(1)), one);
  auto const placed =
      start(gather(ex, list(after(20, 1), after(20, 2)), limit(1), return_exceptions), two);
  co_await sleep_ms(10);
  one.emit(cancellation_type::partial);
  two.emit(cancellation_type::partial);
  co_await sleep_ms(100);
  BOOST_TEST(plain->ms == 20);
  check_aborted(plain->error);
  BOOST_TEST(placed->ms == 20);
  BOOST_TEST(!placed->error);
  BOOST_REQUIRE(placed->value.size() == 2u);
  BOOST_TEST(placed->value[0].value() == 1);
  check_aborted(placed->value[1].error());
}

FANOUT_TEST(an_error_counts_more_than_children_that_never_started) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(throws_after(20, "mine"), after(20, 2)), limit(1)), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  check_error<oops>(seen->error, "mine");
}

FANOUT_TEST(a_terminal_request_after_others_makes_it_aborted) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(hears(heard, "a", 30))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  signal.emit(cancellation_type::terminal);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 30);
  check_aborted(seen->error);
}

// ---- the end

FANOUT_TEST(a_cancelled_gather_waits_for_a_child_that_does_not_listen) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(logged(log, "a", 20), deaf(100, 1))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "+a", "!a");
  BOOST_TEST(seen->calls == 0);
  co_await sleep_ms(50);
  BOOST_TEST(seen->ms == 100);
  check_aborted(seen->error);
}

FANOUT_TEST(the_slot_is_clear_when_the_handler_runs) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal one, two, three;
  auto const good = start(gather(ex, list(after(20, 1))), one);
  auto const bad = start(gather(ex, list(throws_after(5, "x"), after(20, 1))), two);
  auto const cancelled = start(gather(ex, list(after(20, 1))), three);
  BOOST_TEST(one.slot().has_handler());
  co_await sleep_ms(10);
  three.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(good->slot_was_clear);
  BOOST_TEST(bad->slot_was_clear);
  BOOST_TEST(cancelled->slot_was_clear);
}

FANOUT_TEST(a_request_after_an_early_error_does_not_reach_the_siblings) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(throws_after(5, "early"), logged(log, "b", 20))), signal);
  co_await sleep_ms(10);
  BOOST_TEST(seen->calls == 1);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(100);
  CHECK_TEXTS(log, "+b", "-b");
  BOOST_TEST(seen->calls == 1);
  check_error<oops>(seen->error, "early");
}

FANOUT_TEST(a_request_after_the_end_does_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(5, 1))), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(10);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(!seen->error);
}

// ---- from within a coroutine

awaitable<void> awaits_a_gather(texts& log) {
  try {
    co_await gather(list(logged(log, "a", 20), logged(log, "b", 30)));
  } catch (boost::system::system_error const& e) {
    log.push_back(e.what());
  }
}

FANOUT_TEST(cancelling_a_coroutine_cancels_the_gather_that_it_awaits_and_waits_for_its_children) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  bool ended = false;
  asio::co_spawn(
      ex, awaits_a_gather(log),
      asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { ended = true; }));
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(1);
  CHECK_TEXTS(log, "+a", "+b", "!a", "!b", fanout_test::aborted_text());
  BOOST_TEST(ended);
}

awaitable<std::vector<int>> lets_everything_through(texts& heard) {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  auto operation = gather(list(hears(heard, "a", 20, 1)));
  co_return co_await std::move(operation);
}

FANOUT_TEST(a_coroutine_that_enables_total_cancellation_passes_it_on_to_its_gather) {
  auto const ex = co_await asio::this_coro::executor;
  texts heard;
  std::vector<int> result;
  cancellation_signal signal;
  asio::co_spawn(ex, lets_everything_through(heard),
                 asio::bind_cancellation_slot(
                     signal.slot(), [&](std::exception_ptr, std::vector<int> r) { result = r; }));
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  CHECK_TEXTS(heard, "a:total");
  co_await sleep_ms(100);
  BOOST_TEST(result == std::vector{1}, boost::test_tools::per_element());
}

FANOUT_TEST(a_coroutine_goes_on_after_it_has_caught_the_end_of_a_child_that_was_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, gather(list(after(100, 1)), return_exceptions)), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(200);
  BOOST_TEST(seen->ms == 100);
  BOOST_REQUIRE(!seen->error);
  BOOST_TEST(std::get<0>(seen->value).at(0).value() == 1);
}

FANOUT_TEST(a_request_of_no_type_is_none) {
  asio::cancellation_signal signal;
  auto const ex = co_await asio::this_coro::executor;
  auto const seen = fanout_test::start(gather(ex, after(10, 1), after(20, 2)), signal);
  signal.emit(asio::cancellation_type::none);
  co_await sleep_ms(5);
  signal.emit(asio::cancellation_type::none);
  co_await sleep_ms(30);
  BOOST_REQUIRE(!seen->error);
  BOOST_TEST((seen->value == std::tuple(1, 2)));
}

BOOST_AUTO_TEST_SUITE_END()

#undef CHECK_TEXTS

} // namespace gather_cancellation
