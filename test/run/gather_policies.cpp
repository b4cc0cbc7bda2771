//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: cancel_on_error, child_timeout, on_progress, on_late_error, and policies together.

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace gather_policies {

using namespace zoo;
using namespace std::chrono_literals;
using fanout::cancel_on_error;
using fanout::deadline_exceeded;
using fanout::gather;
using fanout::limit;
using fanout::on_late_error;
using fanout::on_progress;
using fanout::progress;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::start;
using child_timeout = fanout::child_timeout<virtual_clock>;
using texts = std::vector<std::string>;

#define CHECK_TEXTS(found, ...)                                                                    \
  BOOST_TEST(found == (texts{__VA_ARGS__}), boost::test_tools::per_element())

std::string text_of(progress const& p) {
  return "index " + std::to_string(p.index) + ": started " + std::to_string(p.started) +
         ", ended " + std::to_string(p.ended) + ", failed " + std::to_string(p.failed) + " of " +
         (p.total ? std::to_string(*p.total) : "?");
}

// A hook that writes down what it hears.
auto told(texts& log) {
  return on_progress([&log](progress const& p) { log.push_back(text_of(p)); });
}

auto told_late(texts& log) {
  return on_late_error([&log](std::size_t index, std::exception_ptr error) {
    try {
      std::rethrow_exception(error);
    } catch (std::exception const& e) {
      log.push_back("late " + std::to_string(index) + ": " + e.what());
    }
  });
}

awaitable<int> aborted_after(long long ms) {
  co_await sleep_ms(ms);
  throw boost::system::system_error(asio::error::operation_aborted);
}

/// Runs `main` in virtual time; gives the texts of what left the context's run() meanwhile.
template <class Main>
texts what_leaves_run(Main main) {
  asio::io_context context(1);
  texts left;
  auto const drive = [&] {
    for (;;) {
      try {
        return fanout::detail::drive_virtual(context);
      } catch (oops const& e) {
        left.push_back(e.what());
      }
    }
  };
  fanout::run_on(context, std::move(main), drive);
  return left;
}

BOOST_AUTO_TEST_SUITE(gather_policies_test)

// ---- cancel_on_error

FANOUT_TEST(cancel_on_error_cancels_the_rest_and_ends_with_the_error_when_all_have_ended) {
  texts log;
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await gather(list(logged(log, "a", 50), throws_after(10, "mine"),
                                           cleans_up(100, 20), logged(log, "d", 60)),
                                      cancel_on_error));
  BOOST_TEST(now_ms() - begin == 30);
  CHECK_TEXTS(log, "+a", "+d", "!a", "!d");
}

FANOUT_TEST(cancel_on_error_without_an_error_changes_nothing) {
  auto const r = co_await gather(list(after(20, 1), after(10, 2)), cancel_on_error);
  BOOST_TEST(r == (std::vector{1, 2}), boost::test_tools::per_element());
}

FANOUT_TEST(cancel_on_error_keeps_the_first_error_whatever_the_cancelled_children_throw) {
  FANOUT_CHECK_THROWS(
      oops, "first",
      co_await gather(list(converts(50, "second"), throws_after(10, "first")), cancel_on_error));
}

FANOUT_TEST(cancel_on_error_waits_for_a_child_that_does_not_listen) {
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(
      oops, "mine", co_await gather(list(deaf(50, 1), throws_after(10, "mine")), cancel_on_error));
  BOOST_TEST(now_ms() - begin == 50);
}

FANOUT_TEST(cancel_on_error_starts_nothing_after_an_error_at_once) {
  texts log;
  FANOUT_CHECK_THROWS(
      oops, "mine",
      co_await gather(list(logged(log, "a", 50), throws_at_once("mine"), logged(log, "c", 50)),
                      cancel_on_error));
  CHECK_TEXTS(log, "+a", "!a");
}

FANOUT_TEST(cancel_on_error_treats_a_child_that_is_cancelled_on_its_own_as_failed) {
  texts log;
  asio::basic_waitable_timer<virtual_clock> timer(co_await asio::this_coro::executor, 1s);
  auto const cancels = [&]() -> awaitable<void> {
    co_await sleep_ms(10);
    timer.cancel();
  };
  std::exception_ptr error;
  auto const begin = now_ms();
  try {
    co_await gather(timer.async_wait(asio::deferred), cancels, logged(log, "c", 50),
                    cancel_on_error);
  } catch (...) {
    error = std::current_exception();
  }
  BOOST_TEST(now_ms() - begin == 10);
  check_aborted(error);
  CHECK_TEXTS(log, "+c", "!c");
}

FANOUT_TEST(cancel_on_error_sends_terminal_once) {
  texts heard;
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await gather(hears(heard, "a", 50), throws_after(10, "mine"),
                                      throws_after(20, "other"), cancel_on_error));
  CHECK_TEXTS(heard, "a:terminal");
}

FANOUT_TEST(cancel_on_error_with_return_exceptions_ends_without_error) {
  texts log;
  auto const begin = now_ms();
  auto const r = co_await gather(list(after(5, 1), logged(log, "b", 50), throws_after(10, "mine"),
                                      swallows(50, 4), converts(50, "other")),
                                 cancel_on_error, return_exceptions);
  BOOST_TEST(now_ms() - begin == 10);
  BOOST_REQUIRE(r.size() == 5u);
  BOOST_TEST(r[0].value() == 1);
  check_aborted(r[1].error());
  check_error<oops>(r[2].error(), "mine");
  BOOST_TEST(r[3].value() == 4);
  check_error<oops>(r[4].error(), "other");
}

FANOUT_TEST(cancel_on_error_with_return_exceptions_leaves_places_of_the_never_started_aborted) {
  auto const r = co_await gather(throws_at_once("mine"), after(10, 1), nothing_after(10),
                                 cancel_on_error, return_exceptions);
  check_error<oops>(std::get<0>(r).error(), "mine");
  check_aborted(std::get<1>(r).error());
  check_aborted(std::get<2>(r).error());
}

FANOUT_TEST(cancel_on_error_reaches_operations_callables_and_children_on_other_executors) {
  auto const ex = co_await asio::this_coro::executor;
  auto const callable = [] { return after(50, 1); };
  auto const begin = now_ms();
  auto const r = co_await gather(sleep_ms(50), callable, asio::bind_executor(ex, after(50, 1)),
                                 gather(after(50, 1)), throws_after(10, "mine"), cancel_on_error,
                                 return_exceptions);
  BOOST_TEST(now_ms() - begin == 10);
  check_aborted(std::get<0>(r).error());
  check_aborted(std::get<1>(r).error());
  check_aborted(std::get<2>(r).error());
  check_aborted(std::get<3>(r).error());
  check_error<oops>(std::get<4>(r).error(), "mine");
}

// ---- child_timeout

FANOUT_TEST(a_child_that_runs_longer_than_its_timeout_is_cancelled_and_counts_as_timed_out) {
  texts log;
  auto const begin = now_ms();
  auto const r = co_await gather(list(logged(log, "a", 50), after(5, 2)), child_timeout(10ms),
                                 return_exceptions);
  BOOST_TEST(now_ms() - begin == 10);
  CHECK_TEXTS(log, "+a", "!a");
  BOOST_REQUIRE(r.size() == 2u);
  check_error<deadline_exceeded>(r[0].error(), "deadline exceeded");
  BOOST_TEST(fanout::is_timed_out(r[0]));
  BOOST_TEST(!fanout::is_cancelled(r[0]));
  BOOST_TEST(r[1].value() == 2);
}

FANOUT_TEST(a_timeout_has_the_code_timed_out) {
  boost::system::error_code code;
  try {
    co_await gather(list(after(50, 1)), child_timeout(10ms));
  } catch (boost::system::system_error const& e) {
    code = e.code();
  }
  BOOST_TEST((code == asio::error::timed_out));
}

FANOUT_TEST(a_timeout_is_an_error_like_any_other) {
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await gather(list(after(5, 1), after(50, 2)), child_timeout(10ms)));
  BOOST_TEST(now_ms() - begin == 10);
}

FANOUT_TEST(a_value_that_comes_after_the_timeout_is_delivered) {
  auto const begin = now_ms();
  auto const r = co_await gather(list(swallows(50, 1), deaf(30, 2)), child_timeout(10ms));
  BOOST_TEST(now_ms() - begin == 30);
  BOOST_TEST(r == (std::vector{1, 2}), boost::test_tools::per_element());
}

FANOUT_TEST(another_error_that_comes_after_the_timeout_is_delivered) {
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await gather(list(converts(50, "mine")), child_timeout(10ms)));
}

FANOUT_TEST(a_child_that_is_cancelled_on_its_own_before_its_timeout_has_not_timed_out) {
  auto const r = co_await gather(list(aborted_after(5)), child_timeout(10ms), return_exceptions);
  check_aborted(r.at(0).error());
}

FANOUT_TEST(a_child_that_is_cancelled_on_its_own_after_one_that_has_timed_out_has_not) {
  auto const r = co_await gather(list(after(50, 1), aborted_after(5)), child_timeout(10ms),
                                 limit(1), return_exceptions);
  BOOST_TEST(fanout::is_timed_out(r.at(0)));
  check_aborted(r.at(1).error());
}

FANOUT_TEST(a_child_that_times_out_is_awaited_while_it_cleans_up) {
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await gather(list(cleans_up(50, 100)), child_timeout(10ms)));
  BOOST_TEST(now_ms() - begin == 110);
}

FANOUT_TEST(the_timeout_of_a_child_counts_from_its_own_start) {
  auto const r = co_await gather(list(after(8, 1), after(8, 2), after(50, 3), after(8, 4)),
                                 child_timeout(10ms), limit(1), return_exceptions);
  BOOST_REQUIRE(r.size() == 4u);
  BOOST_TEST(r[0].value() == 1);
  BOOST_TEST(r[1].value() == 2);
  BOOST_TEST(fanout::is_timed_out(r[2]));
  BOOST_TEST(r[3].value() == 4);
}

FANOUT_TEST(children_that_start_at_different_moments_time_out_at_different_moments) {
  texts ends;
  auto const begin = now_ms();
  auto const note = on_progress([&](progress const& p) {
    ends.push_back(std::to_string(p.index) + " at " + std::to_string(now_ms() - begin));
  });
  co_await gather(list(after(4, 1), after(50, 2), after(50, 3), after(3, 4), after(50, 5)),
                  child_timeout(10ms), limit(2), return_exceptions, note);
  CHECK_TEXTS(ends, "0 at 4", "1 at 10", "3 at 13", "2 at 14", "4 at 23");
}

FANOUT_TEST(a_child_is_not_disturbed_by_the_timeout_of_the_one_before_it) {
  auto const r = co_await gather(list(swallows(50, 1), after(8, 2), after(50, 3), after(8, 4)),
                                 child_timeout(10ms), limit(1), return_exceptions);
  BOOST_TEST(r.at(0).value() == 1);
  BOOST_TEST(r.at(1).value() == 2);
  BOOST_TEST(fanout::is_timed_out(r.at(2)));
  BOOST_TEST(r.at(3).value() == 4);
}

FANOUT_TEST(every_kind_of_child_can_time_out) {
  auto const ex = co_await asio::this_coro::executor;
  auto const callable = [] { return sleep_ms(50); };
  auto const r = co_await gather(sleep_ms(50), callable, asio::bind_executor(ex, after(50, 1)),
                                 gather(after(50, 1)), child_timeout(10ms), return_exceptions);
  BOOST_TEST(fanout::is_timed_out(std::get<0>(r)));
  BOOST_TEST(fanout::is_timed_out(std::get<1>(r)));
  BOOST_TEST(fanout::is_timed_out(std::get<2>(r)));
  BOOST_TEST(fanout::is_timed_out(std::get<3>(r)));
}

FANOUT_TEST(stragglers_time_out_as_well) {
  texts log;
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(throws_after(5, "early"), logged(log, "b", 50)),
                                      child_timeout(10ms), told_late(log)));
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "+b", "!b", "late 1: deadline exceeded");
}

FANOUT_TEST(an_outer_cancellation_is_no_timeout) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(50, 1)), child_timeout(10ms)), signal);
  co_await sleep_ms(5);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(50);
  BOOST_TEST(seen->ms == 5);
  check_aborted(seen->error);
}

FANOUT_TEST(an_outer_cancellation_stays_one_if_the_time_of_a_child_passes_while_it_cleans_up) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(cleans_up(50, 20), after(9, 2)), child_timeout(10ms)), signal);
  co_await sleep_ms(5);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(50);
  check_aborted(seen->error);
}

FANOUT_TEST(with_cancel_on_error_a_timeout_cancels_the_rest) {
  auto const r = co_await gather(list(after(50, 1), after(8, 2), after(50, 3)), child_timeout(10ms),
                                 limit(2), cancel_on_error, return_exceptions);
  BOOST_TEST(fanout::is_timed_out(r.at(0)));
  BOOST_TEST(r.at(1).value() == 2);
  check_aborted(r.at(2).error());
}

FANOUT_TEST(a_timeout_of_nothing_or_less_is_an_invalid_argument) {
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::child_timeout: the duration must be positive, not 0 s",
                      static_cast<void>(child_timeout(0ms)));
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::child_timeout: the duration must be positive, not -1500 ms",
                      static_cast<void>(child_timeout(-1500ms)));
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::child_timeout: the duration must be positive, not -1 ns",
                      static_cast<void>(child_timeout(-1ns)));
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::child_timeout: the duration must be positive, not -60 s",
                      static_cast<void>(fanout::child_timeout(-1min)));
  FANOUT_CHECK_THROWS(
      std::invalid_argument,
      "fanout::child_timeout: the duration must be positive, not -9223372036854775808 ns",
      static_cast<void>(fanout::child_timeout(std::chrono::hours::min())));
  co_return;
}

FANOUT_TEST(a_timeout_shorter_than_a_tick_of_the_clock_is_one_tick) {
  auto const shortest = std::chrono::duration<double>(1e-15);
  FANOUT_CHECK_THROWS(deadline_exceeded, "deadline exceeded",
                      co_await gather(list(after(1, 1)), child_timeout(shortest)));
}

FANOUT_TEST(a_timeout_longer_than_the_clock_can_count_never_comes) {
  auto const longest = std::chrono::hours::max();
  auto const r = co_await gather(list(after(10, 1), after(20, 2)), child_timeout(longest));
  BOOST_TEST(r == (std::vector{1, 2}), boost::test_tools::per_element());
}

// ---- on_progress

FANOUT_TEST(progress_is_told_after_each_end_in_the_order_of_the_ends) {
  texts log;
  co_await gather(list(after(30, 1), throws_after(10, "b"), after(20, 3)), return_exceptions,
                  told(log));
  CHECK_TEXTS(log, "index 1: started 3, ended 1, failed 1 of 3",
              "index 2: started 3, ended 2, failed 1 of 3",
              "index 0: started 3, ended 3, failed 1 of 3");
}

FANOUT_TEST(progress_counts_what_a_limit_has_let_start) {
  texts log;
  co_await gather(list(after(10, 1), after(10, 2), after(10, 3)), limit(1), told(log));
  CHECK_TEXTS(log, "index 0: started 1, ended 1, failed 0 of 3",
              "index 1: started 2, ended 2, failed 0 of 3",
              "index 2: started 3, ended 3, failed 0 of 3");
}

FANOUT_TEST(progress_has_no_total_for_a_range_of_unknown_size) {
  texts log;
  auto const all = [](int) { return true; };
  auto const child = [](int i) { return after(10, i); };
  co_await gather(std::views::iota(0, 2) | std::views::filter(all) | std::views::transform(child),
                  told(log));
  CHECK_TEXTS(log, "index 0: started 2, ended 1, failed 0 of ?",
              "index 1: started 2, ended 2, failed 0 of ?");
}

FANOUT_TEST(progress_is_told_before_the_gather_completes) {
  texts log;
  co_await gather(list(after(10, 1)), told(log));
  log.push_back("completed");
  CHECK_TEXTS(log, "index 0: started 1, ended 1, failed 0 of 1", "completed");
}

FANOUT_TEST(progress_is_told_before_the_gather_completes_on_another_executor) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  co_await gather(ex, list(after(10, 1)), told(log));
  log.push_back("completed");
  CHECK_TEXTS(log, "index 0: started 1, ended 1, failed 0 of 1", "completed");
}

FANOUT_TEST(no_progress_is_told_after_the_end) {
  texts log;
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(throws_after(5, "early"), after(20, 2)), told(log)));
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "index 0: started 2, ended 1, failed 1 of 2");
}

FANOUT_TEST(progress_counts_cancelled_children_as_failed) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(50, 1), after(50, 2)), told(log)), signal);
  co_await sleep_ms(5);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(5);
  CHECK_TEXTS(log, "index 0: started 2, ended 1, failed 1 of 2",
              "index 1: started 2, ended 2, failed 2 of 2");
}

FANOUT_TEST(nothing_to_gather_tells_no_progress) {
  texts log;
  co_await gather(std::vector<awaitable<int>>(), told(log));
  BOOST_TEST(log.empty());
}

FANOUT_TEST(children_that_end_at_once_tell_progress_too) {
  texts log;
  co_await gather(list(at_once(1), at_once(2)), told(log));
  CHECK_TEXTS(log, "index 0: started 1, ended 1, failed 0 of 2",
              "index 1: started 2, ended 2, failed 0 of 2");
}

FANOUT_TEST(a_hook_may_cancel_the_gather) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const enough = on_progress([&](progress const& p) {
    if (p.ended == 2) signal.emit(asio::cancellation_type::terminal);
  });
  auto const seen = start(
      gather(ex, list(after(5, 1), after(10, 2), after(50, 3), after(50, 4)), limit(3), enough),
      signal);
  co_await sleep_ms(50);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

// ---- on_late_error

FANOUT_TEST(errors_that_come_after_the_end_are_told_to_on_late_error) {
  texts log;
  FANOUT_CHECK_THROWS(oops, "first",
                      co_await gather(list(throws_after(30, "third"), throws_after(10, "first"),
                                           throws_after(20, "second"), after(40, 4)),
                                      told_late(log)));
  BOOST_TEST(log.empty());
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "late 2: second", "late 0: third");
}

FANOUT_TEST(errors_that_come_before_the_end_are_not_late) {
  texts log;
  FANOUT_CHECK_THROWS(oops, "first",
                      co_await gather(list(throws_at_once("first"), throws_at_once("second"),
                                           throws_after(10, "late")),
                                      told_late(log)));
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "late 2: late");
}

struct hears_late { // of a user
  texts* log;
  void apply(fanout::rules&) const {}
  void late_error(std::size_t, std::exception_ptr const&) { log->push_back("late"); }
};

FANOUT_TEST(with_return_exceptions_no_error_is_late) {
  texts log;
  co_await gather(list(throws_after(10, "a"), throws_after(20, "b")), return_exceptions,
                  hears_late{&log});
  co_await sleep_ms(50);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(on_late_error_lives_until_the_last_child_has_ended) {
  auto const mark = std::make_shared<int>(1);
  std::weak_ptr<int> const watched = mark;
  std::optional<int> told;
  {
    auto hook = on_late_error([mark, &told](std::size_t, std::exception_ptr) { told = *mark; });
    auto operation =
        gather(list(throws_after(5, "early"), throws_after(10, "late")), std::move(hook));
    FANOUT_CHECK_THROWS(oops, "early", co_await std::move(operation));
  }
  co_await sleep_ms(50);
  BOOST_TEST((told == 1));
  BOOST_TEST(mark.use_count() == 1);
}

// ---- hooks that throw

awaitable<void> gathers_with_a_progress_that_throws(std::vector<int>& values) {
  auto const throws = on_progress([](progress const& p) {
    if (p.index != 1) throw oops("progress " + std::to_string(p.index));
  });
  values = co_await gather(list(after(10, 1), after(20, 2), after(30, 3), at_once(4)), throws);
}

BOOST_AUTO_TEST_CASE(
    an_exception_out_of_the_last_on_progress_leaves_run_before_the_gather_completes) {
  asio::io_context context(1);
  int calls = 0;
  gather(context, list(hop(1), hop(2)), on_progress([](progress const& p) {
           if (p.ended == 2) throw oops("last");
         }))([&calls](std::exception_ptr error, std::vector<int> const&) { calls += !error; });
  FANOUT_CHECK_THROWS(oops, "last", context.run());
  BOOST_TEST(calls == 0);
  context.run();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_on_progress_leaves_run_and_the_gather_goes_on) {
  std::vector<int> values;
  auto const left = what_leaves_run(gathers_with_a_progress_that_throws(values));
  CHECK_TEXTS(left, "progress 3", "progress 0", "progress 2");
  BOOST_TEST(values == (std::vector{1, 2, 3, 4}), boost::test_tools::per_element());
}

awaitable<void> gathers_with_a_late_error_that_throws() {
  auto const throws = on_late_error(
      [](std::size_t index, std::exception_ptr) { throw oops("hook " + std::to_string(index)); });
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(throws_after(5, "early"), throws_after(10, "late"),
                                           throws_after(20, "later")),
                                      throws));
  co_await sleep_ms(50);
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_on_late_error_leaves_run_and_the_gather_goes_on) {
  auto const left = what_leaves_run(gathers_with_a_late_error_that_throws());
  CHECK_TEXTS(left, "hook 1", "hook 2");
}

awaitable<void> gathers_with_two_hooks(texts& log) {
  auto const throws = on_progress([](progress const&) { throw oops("one"); });
  co_await gather(list(after(10, 1)), throws, told(log));
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_one_hook_does_not_keep_the_next_one_from_being_called) {
  texts log;
  auto const left = what_leaves_run(gathers_with_two_hooks(log));
  CHECK_TEXTS(left, "one");
  CHECK_TEXTS(log, "index 0: started 1, ended 1, failed 0 of 1");
}

// ---- together

FANOUT_TEST(policies_may_stand_in_any_order) {
  auto const one = co_await gather(list(after(10, 1), throws_after(10, "b")), limit(1),
                                   child_timeout(50ms), return_exceptions);
  auto const two = co_await gather(list(after(10, 1), throws_after(10, "b")), return_exceptions,
                                   child_timeout(50ms), limit(1));
  BOOST_TEST(one.at(0).value() == two.at(0).value());
  check_error<oops>(one.at(1).error(), "b");
  check_error<oops>(two.at(1).error(), "b");
}

/// A policy of a user's.
struct counts_ends {
  int* count;

  void apply(fanout::rules& r) const { r.limit = 1; }
  void ended(progress const&) { ++*count; }
};

FANOUT_TEST(a_policy_of_a_user_works_like_any_other) {
  int ends = 0;
  auto const begin = now_ms();
  co_await gather(list(after(10, 1), after(10, 2)), counts_ends{&ends});
  BOOST_TEST(ends == 2);
  BOOST_TEST(now_ms() - begin == 20);
}

/// A policy of a user's that lets no child run.
struct limits_to_none {
  void apply(fanout::rules& r) const { r.limit = 0; }
};

FANOUT_TEST(a_policy_of_a_user_cannot_set_a_limit_of_zero) {
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout: at least one child must be able to run, not 0",
                      static_cast<void>(gather(list(after(10, 1)), limits_to_none())));
  co_return;
}

BOOST_AUTO_TEST_SUITE_END()

#undef CHECK_TEXTS

} // namespace gather_policies
