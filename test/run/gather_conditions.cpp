//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: cancel_when, completion_order, keep_results.

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/experimental/cancellation_condition.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace gather_conditions {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_type;
using boost::system::system_error;
using boost::test_tools::per_element;
using fanout::cancel_on_error;
using fanout::cancel_when;
using fanout::completion_order;
using fanout::gather;
using fanout::keep_results;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::aborted_text;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::start;
using deadline = fanout::deadline<virtual_clock>;
using indices = std::vector<std::size_t>;
using lines = std::vector<std::string>;

constexpr auto none = cancellation_type::none;
constexpr auto partial = cancellation_type::partial;
constexpr auto total = cancellation_type::total;
constexpr auto terminal = cancellation_type::terminal;

// One type for all conditions of these tests.
using condition = std::function<cancellation_type(std::size_t, std::exception_ptr const&)>;

auto when(condition c) { return cancel_when(std::move(c)); }

// Cancels at the end of one child.
auto at_the_end_of(std::size_t child, cancellation_type type = terminal) {
  return when([child, type](std::size_t index, std::exception_ptr const&) {
    return index == child ? type : none;
  });
}

// Writes down what it is asked, and gives the same answer each time.
auto asked(lines& log, cancellation_type answer = none) {
  return when([&log, answer](std::size_t index, std::exception_ptr const& error) {
    log.push_back(std::to_string(index) + (error ? ": " + fanout::detail::what_of(error) : ""));
    return answer;
  });
}

BOOST_AUTO_TEST_SUITE(gather_conditions_test)

// ---- cancel_when

FANOUT_TEST(a_condition_is_asked_at_each_end_in_the_order_of_the_ends) {
  lines log;
  auto const r = co_await gather(list(after(20, 1), throws_after(10, "b"), after(30, 3)),
                                 asked(log), return_exceptions);
  BOOST_TEST(log == (lines{"1: b", "0", "2"}), per_element());
  BOOST_TEST(r.at(2).value() == 3);
}

FANOUT_TEST(its_first_answer_cancels_the_rest_and_every_place_is_delivered) {
  stopwatch const passed;
  auto const r = co_await gather(list(after(10, 1), after(50, 2), swallows(50, 3),
                                      throws_after(5, "d"), converts(50, "e"), deaf(20, 6)),
                                 at_the_end_of(0), return_exceptions);
  BOOST_TEST(passed() == 20);
  BOOST_REQUIRE(r.size() == 6u);
  BOOST_TEST(r[0].value() == 1);
  check_aborted(r[1].error());
  BOOST_TEST(r[2].value() == 3);
  check_error<oops>(r[3].error(), "d");
  check_error<oops>(r[4].error(), "e");
  BOOST_TEST(r[5].value() == 6);
}

FANOUT_TEST(each_type_of_request_is_passed_on_as_it_is) {
  lines heard;
  for (auto const type : {partial, total, terminal, partial | total, cancellation_type::all})
    co_await gather(after(5, 1), hears(heard, "b", 10), at_the_end_of(0, type));
  BOOST_TEST(heard == (lines{"b:partial", "b:total", "b:terminal", "b:partial+total",
                             "b:terminal+partial+total"}),
             per_element());
}

FANOUT_TEST(it_cancels_once_whatever_it_says_later) {
  lines log, heard;
  co_await gather(after(5, 1), hears(heard, "b", 20), deaf(10, 3), asked(log, terminal),
                  return_exceptions);
  BOOST_TEST(log == (lines{"0", "2", "1"}), per_element());
  BOOST_TEST(heard == lines{"b:terminal"}, per_element());
}

FANOUT_TEST(what_a_limit_has_held_back_then_never_starts) {
  lines log;
  auto const r = co_await gather(list(after(5, 1), after(50, 2), logged(log, "c", 1)), limit(2),
                                 at_the_end_of(0), return_exceptions);
  BOOST_TEST(log.empty());
  BOOST_REQUIRE(r.size() == 3u);
  BOOST_TEST(r[0].value() == 1);
  check_aborted(r[1].error());
  check_aborted(r[2].error());
}

FANOUT_TEST(an_answer_while_children_start_keeps_the_later_ones_from_starting) {
  lines log;
  auto const r = co_await gather(list(logged(log, "a", 50), at_once(2), logged(log, "c", 50)),
                                 at_the_end_of(1), return_exceptions);
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
  check_aborted(r.at(0).error());
  BOOST_TEST(r.at(1).value() == 2);
  check_aborted(r.at(2).error());
}

FANOUT_TEST(the_last_end_cancels_nobody) {
  auto const r = co_await gather(list(after(5, 1), after(10, 2)), at_the_end_of(1));
  BOOST_TEST(r == (std::vector{1, 2}), per_element());
}

// ---- without return_exceptions

FANOUT_TEST(without_return_exceptions_a_child_that_the_condition_cancelled_is_an_error) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      system_error, aborted_text(),
      co_await gather(list(after(5, 1), after(50, 2), cleans_up(50, 10)), at_the_end_of(0)));
  BOOST_TEST(passed() == 15);
}

FANOUT_TEST(without_return_exceptions_values_that_survive_are_the_result) {
  stopwatch const passed;
  auto const all = co_await gather(list(after(5, 1), swallows(50, 2)), at_the_end_of(0));
  BOOST_TEST(all == (std::vector{1, 2}), per_element());
  BOOST_TEST(passed() == 5);
  auto const deaf_to_that =
      co_await gather(list(after(5, 1), after(10, 2)), at_the_end_of(0, partial));
  BOOST_TEST(deaf_to_that == (std::vector{1, 2}), per_element());
}

FANOUT_TEST(without_return_exceptions_a_child_that_never_started_is_an_error) {
  FANOUT_CHECK_THROWS(
      system_error, aborted_text(),
      co_await gather(list(after(5, 1), swallows(50, 2), after(1, 3)), limit(2), at_the_end_of(0)));
}

FANOUT_TEST(an_error_that_the_condition_lets_pass_completes_at_once) {
  stopwatch const passed;
  lines log;
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(list(throws_after(5, "early"), logged(log, "b", 10)), at_the_end_of(1)));
  BOOST_TEST(passed() == 5);
  co_await sleep_ms(50);
  BOOST_TEST(log == (lines{"+b", "-b"}), per_element());
}

FANOUT_TEST(an_error_at_which_the_condition_cancels_is_delivered_when_all_have_ended) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(list(throws_after(5, "early"), cleans_up(50, 10), converts(50, "late")),
                      at_the_end_of(0)));
  BOOST_TEST(passed() == 15);
}

FANOUT_TEST(an_error_after_the_condition_has_cancelled_leaves_nobody_behind) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      oops, "b",
      co_await gather(list(after(5, 1), converts(50, "b"), cleans_up(50, 10)), at_the_end_of(0)));
  BOOST_TEST(passed() == 15);
}

FANOUT_TEST(a_condition_is_not_asked_about_stragglers) {
  lines log;
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(list(throws_after(5, "early"), after(10, 2), throws_after(15, "late")),
                      asked(log)));
  co_await sleep_ms(50);
  BOOST_TEST(log == lines{"0: early"}, per_element());
}

// ---- which callables

FANOUT_TEST(a_condition_may_take_the_error_alone_and_may_have_a_state) {
  int values = 0;
  auto const r =
      co_await gather(list(throws_after(5, "a"), after(10, 2), after(15, 3), after(50, 4)),
                      cancel_when([&values](std::exception_ptr const& error) {
                        return !error && ++values == 2 ? terminal : none;
                      }),
                      return_exceptions);
  BOOST_TEST(r.at(2).value() == 3);
  check_aborted(r.at(3).error());
}

FANOUT_TEST(the_condition_wait_for_one_of_asio_cancels_at_the_first_end) {
  lines heard;
  auto const r =
      co_await gather(throws_after(5, "a"), hears(heard, "b", 10, 2), after(50, 3),
                      cancel_when(asio::experimental::wait_for_one()), return_exceptions);
  check_error<oops>(std::get<0>(r).error(), "a");
  BOOST_TEST(std::get<1>(r).value() == 2);
  check_aborted(std::get<2>(r).error());
  BOOST_TEST(heard == lines{"b:terminal+partial+total"}, per_element());
}

FANOUT_TEST(the_condition_wait_for_one_success_of_asio_lets_errors_pass) {
  stopwatch const passed;
  auto const r = co_await gather(list(throws_after(5, "a"), after(10, 2), after(50, 3)),
                                 cancel_when(asio::experimental::wait_for_one_success(terminal)),
                                 return_exceptions);
  BOOST_TEST(passed() == 10);
  check_error<oops>(r.at(0).error(), "a");
  BOOST_TEST(r.at(1).value() == 2);
  check_aborted(r.at(2).error());
}

FANOUT_TEST(the_condition_wait_for_one_error_of_asio_lets_values_pass) {
  stopwatch const passed;
  auto const r =
      co_await gather(list(after(5, 1), throws_after(10, "b"), after(50, 3)),
                      cancel_when(asio::experimental::wait_for_one_error()), return_exceptions);
  BOOST_TEST(passed() == 10);
  BOOST_TEST(r.at(0).value() == 1);
  check_error<oops>(r.at(1).error(), "b");
  check_aborted(r.at(2).error());
}

FANOUT_TEST(the_types_of_asios_conditions_are_those_of_the_request) {
  lines heard;
  co_await gather(after(5, 1), hears(heard, "b", 10),
                  cancel_when(asio::experimental::wait_for_one(partial)));
  co_await gather(after(5, 1), hears(heard, "b", 10),
                  cancel_when(asio::experimental::wait_for_one_success(total)));
  BOOST_TEST(heard == (lines{"b:partial", "b:total"}), per_element());
}

awaitable<void> gathers_with_a_condition_that_throws(std::vector<fanout::result<int>>& results) {
  int ends = 0;
  results = co_await gather(list(after(5, 1), after(10, 2), after(50, 3)),
                            when([&ends](std::size_t, std::exception_ptr const&) {
                              if (++ends == 1) throw oops("condition");
                              return terminal;
                            }),
                            return_exceptions);
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_a_condition_leaves_run_and_counts_as_none) {
  asio::io_context context(1);
  lines left;
  auto const drive = [&] {
    for (;;) {
      try {
        return fanout::detail::drive_virtual(context);
      } catch (oops const& e) {
        left.push_back(e.what());
      }
    }
  };
  std::vector<fanout::result<int>> r;
  fanout::run_on(context, gathers_with_a_condition_that_throws(r), drive);
  BOOST_TEST(left == lines{"condition"}, per_element());
  BOOST_TEST(r.at(0).value() == 1);
  BOOST_TEST(r.at(1).value() == 2);
  check_aborted(r.at(2).error());
}

// ---- with other policies

FANOUT_TEST(with_cancel_on_error_an_error_cancels_and_so_does_the_condition) {
  auto const by_error = co_await gather(list(throws_after(5, "a"), after(10, 2), after(50, 3)),
                                        cancel_on_error, at_the_end_of(1), return_exceptions);
  check_error<oops>(by_error.at(0).error(), "a");
  check_aborted(by_error.at(1).error());
  check_aborted(by_error.at(2).error());
  auto const by_condition =
      co_await gather(list(throws_after(15, "a"), after(10, 2), swallows(50, 3)), cancel_on_error,
                      at_the_end_of(1), return_exceptions);
  check_aborted(by_condition.at(0).error());
  BOOST_TEST(by_condition.at(1).value() == 2);
  BOOST_TEST(by_condition.at(2).value() == 3);
}

FANOUT_TEST(an_outer_cancellation_beside_a_condition_is_one) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(after(5, 1), cleans_up(50, 20)), at_the_end_of(0), return_exceptions),
            signal);
  co_await sleep_ms(10);
  signal.emit(terminal);
  co_await sleep_ms(1);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

// A policy of a user's: enough is enough.
struct quorum {
  std::size_t left;
  cancellation_type type;

  void apply(fanout::rules& r) const { r.cancels_children = true; }
  cancellation_type cancels(std::size_t, std::exception_ptr const& error) {
    if (error || --left != 0) return none;
    return type;
  }
};

FANOUT_TEST(a_policy_of_a_user_may_cancel_the_rest) {
  auto const r =
      co_await gather(list(throws_after(5, "a"), after(10, 2), after(15, 3), after(50, 4)),
                      quorum{2, terminal}, return_exceptions);
  BOOST_TEST(r.at(1).value() == 2);
  BOOST_TEST(r.at(2).value() == 3);
  check_aborted(r.at(3).error());
}

// Nothing but `cancels` says that it does.
struct only_cancels {
  void apply(fanout::rules&) const {}
  cancellation_type cancels(std::size_t, std::exception_ptr const&) { return terminal; }
};

// Without `run`, which may cancel every child.
BOOST_AUTO_TEST_CASE(a_policy_that_says_nothing_else_reaches_the_children) {
  asio::io_context context(1);
  lines log;
  std::exception_ptr ended;
  gather(context, after(5, 1), logged(log, "b", 50),
         only_cancels())([&](std::exception_ptr error, auto&&) { ended = error; });
  fanout::detail::drive_virtual(context);
  BOOST_TEST(log == (lines{"+b", "!b"}), per_element());
  check_aborted(ended);
}

FANOUT_TEST(two_that_cancel_at_the_same_end_cancel_with_both_types) {
  lines heard;
  co_await gather(after(5, 1), hears(heard, "b", 10), at_the_end_of(0, partial), quorum{1, total});
  BOOST_TEST(heard == lines{"b:partial+total"}, per_element());
}

BOOST_AUTO_TEST_CASE(on_several_threads_a_condition_is_asked_one_end_at_a_time) {
  asio::thread_pool pool(4);
  fanout_test::crowd inside;
  int ends = 0; // not atomic: one at a time
  auto const hops = [](int n) -> awaitable<int> {
    for (int i = 0; i < n; ++i) co_await asio::post(asio::deferred);
    co_return n;
  };
  auto const r =
      fanout_test::result_of(gather(pool, std::views::iota(0, 200) | std::views::transform(hops),
                                    when([&](std::size_t, std::exception_ptr const&) {
                                      fanout_test::crowd::visit const visit(inside);
                                      return ++ends == 100 ? terminal : none;
                                    }),
                                    return_exceptions));
  BOOST_TEST(r.size() == 200u);
  BOOST_TEST(ends == 200);
  BOOST_TEST(inside.most() == 1);
}

// ---- completion_order

FANOUT_TEST(the_order_of_completion_is_that_of_the_ends) {
  indices order;
  auto const r = co_await gather(list(after(20, 1), throws_after(10, "b"), at_once(3), after(5, 4)),
                                 completion_order(order), return_exceptions);
  BOOST_TEST(r.size() == 4u);
  BOOST_TEST(order == (indices{2, 3, 1, 0}), per_element());
}

FANOUT_TEST(the_order_of_completion_follows_what_stands_there_already) {
  std::deque<std::size_t> order{7};
  co_await gather(after(20, 1), nothing_after(10), completion_order(order));
  BOOST_TEST(order == (std::deque<std::size_t>{7, 1, 0}), per_element());
}

FANOUT_TEST(stragglers_do_not_stand_in_the_order_of_completion) {
  indices order;
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(after(5, 1), throws_after(10, "early"), after(20, 3)),
                                      completion_order(order)));
  BOOST_TEST(order == (indices{0, 1}), per_element());
  co_await sleep_ms(50);
  BOOST_TEST(order == (indices{0, 1}), per_element());
}

FANOUT_TEST(who_was_cancelled_stands_in_the_order_of_completion_and_who_never_started_does_not) {
  indices order;
  co_await gather(list(after(5, 1), cleans_up(50, 10), after(50, 3), after(1, 4)), limit(3),
                  at_the_end_of(0), completion_order(order), return_exceptions);
  BOOST_TEST(order == (indices{0, 2, 1}), per_element());
}

FANOUT_TEST(the_order_of_completion_is_complete_when_the_gather_ends) {
  indices order;
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(cleans_up(50, 5), after(50, 2)), completion_order(order)), signal);
  co_await sleep_ms(10);
  signal.emit(terminal);
  co_await sleep_ms(10);
  check_aborted(seen->error);
  BOOST_TEST(order == (indices{1, 0}), per_element());
}

// ---- keep_results

// What a gather yields that is cancelled after some time.
template <class Operation>
awaitable<std::shared_ptr<fanout_test::outcome<typename Operation::result_type>>> cancelled_after(
    long long ms, Operation operation, cancellation_type type = terminal) {
  asio::cancellation_signal signal;
  auto seen = start(std::move(operation), signal);
  if (ms > 0) co_await sleep_ms(ms);
  signal.emit(type);
  co_await sleep_ms(100);
  BOOST_TEST(seen->calls == 1);
  co_return seen;
}

FANOUT_TEST(kept_results_survive_a_cancellation) {
  auto const ex = co_await asio::this_coro::executor;
  auto const seen = co_await cancelled_after(
      10, gather(ex, list(after(5, 1), after(50, 2), throws_after(6, "c"), swallows(50, 4)),
                 return_exceptions, keep_results));
  BOOST_TEST(seen->ms == 10);
  BOOST_TEST(!seen->error);
  BOOST_REQUIRE(seen->value.size() == 4u);
  BOOST_TEST(seen->value[0].value() == 1);
  check_aborted(seen->value[1].error());
  check_error<oops>(seen->value[2].error(), "c");
  BOOST_TEST(seen->value[3].value() == 4);
}

FANOUT_TEST(without_keep_results_they_do_not) {
  auto const ex = co_await asio::this_coro::executor;
  auto const seen =
      co_await cancelled_after(10, gather(ex, list(after(5, 1), after(50, 2)), return_exceptions));
  check_aborted(seen->error);
  BOOST_TEST(seen->value.empty());
}

FANOUT_TEST(kept_results_before_the_start_are_all_cancelled) {
  lines log;
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : {terminal, partial, total}) {
    auto const seen = co_await cancelled_after(
        0,
        gather(ex, list(logged(log, "a", 1), logged(log, "b", 1)), return_exceptions, keep_results),
        type);
    BOOST_TEST(!seen->error);
    BOOST_REQUIRE(seen->value.size() == 2u);
    check_aborted(seen->value[0].error());
    check_aborted(seen->value[1].error());
  }
  BOOST_TEST(log.empty());
}

FANOUT_TEST(a_cancellation_after_the_end_does_not_touch_what_was_kept) {
  auto const ex = co_await asio::this_coro::executor;
  auto const seen = co_await cancelled_after(
      10, gather(ex, list(after(5, 1), after(6, 2)), return_exceptions, keep_results));
  BOOST_TEST(seen->ms == 6);
  BOOST_TEST(seen->value.at(1).value() == 2);
}

FANOUT_TEST(kept_results_of_what_a_limit_has_held_back_are_cancelled) {
  lines log;
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : {terminal, partial}) {
    auto const seen =
        co_await cancelled_after(10,
                                 gather(ex, list(after(5, 1), deaf(15, 2), logged(log, "c", 1)),
                                        limit(1), return_exceptions, keep_results),
                                 type);
    BOOST_TEST(seen->ms == 20);
    BOOST_TEST(!seen->error);
    BOOST_TEST(seen->value.at(0).value() == 1);
    BOOST_TEST(seen->value.at(1).value() == 2);
    check_aborted(seen->value.at(2).error());
  }
  BOOST_TEST(log.empty());
}

FANOUT_TEST(kept_results_of_children_given_one_by_one_are_a_tuple) {
  asio::cancellation_signal signal;
  auto const ex = co_await asio::this_coro::executor;
  auto const seen =
      start(gather(ex, after(5, 1), text_after(50, "b"), return_exceptions, keep_results), signal);
  co_await sleep_ms(10);
  signal.emit(terminal);
  co_await sleep_ms(10);
  BOOST_TEST(std::get<0>(seen->value).value() == 1);
  check_aborted(std::get<1>(seen->value).error());
}

FANOUT_TEST(kept_results_of_a_range_of_unknown_size_are_those_of_what_was_started) {
  auto const all = [](int) { return true; };
  auto const child = [](int i) { return after(8, i); };
  auto const ex = co_await asio::this_coro::executor;
  auto const seen = co_await cancelled_after(
      20,
      gather(ex, std::views::iota(0, 9) | std::views::filter(all) | std::views::transform(child),
             limit(1), return_exceptions, keep_results));
  BOOST_TEST(!seen->error);
  BOOST_REQUIRE(seen->value.size() == 3u);
  BOOST_TEST(seen->value[1].value() == 1);
  check_aborted(seen->value[2].error());
}

// Throws when it is to give its second child.
auto failing_range() {
  auto const good = [](int i) {
    if (i == 1) throw oops("range");
    return true;
  };
  auto const child = [](int i) { return cleans_up(50 + i, 10); };
  return std::views::iota(0, 9) | std::views::filter(good) | std::views::transform(child);
}

FANOUT_TEST(an_error_of_the_range_is_not_replaced_by_what_was_kept) {
  auto const ex = co_await asio::this_coro::executor;
  auto const seen =
      co_await cancelled_after(10, gather(ex, failing_range(), return_exceptions, keep_results));
  BOOST_TEST(seen->ms == 20);
  check_error<oops>(seen->error, "range");
}

FANOUT_TEST(with_a_deadline_kept_results_tell_what_was_late_and_what_was_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  auto const cancelled =
      co_await cancelled_after(5, gather(ex, list(at_once(1), after(50, 2)), deadline(10ms),
                                         return_exceptions, keep_results));
  BOOST_TEST(cancelled->value.at(0).value() == 1);
  check_aborted(cancelled->value.at(1).error());
  auto const late =
      co_await cancelled_after(15, gather(ex, list(cleans_up(50, 100), after(50, 2)),
                                          deadline(10ms), return_exceptions, keep_results));
  BOOST_TEST(late->ms == 15);
  check_aborted(late->value.at(0).error()); // it was still cleaning up
  BOOST_TEST(fanout::is_timed_out(late->value.at(1)));
}

FANOUT_TEST(without_a_cancellation_keep_results_changes_nothing) {
  auto const r = co_await gather(list(after(5, 1), throws_after(6, "b")), cancel_on_error,
                                 return_exceptions, keep_results);
  BOOST_TEST(r.at(0).value() == 1);
  check_error<oops>(r.at(1).error(), "b");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_conditions
