//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: limit(limiter), one limit for the children of several operations.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/named.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace limiters_in_gather {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_signal;
using asio::cancellation_type;
using boost::test_tools::per_element;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::limit;
using fanout::limiter;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::start;
using deadline = fanout::deadline<virtual_clock>;
using lines = std::vector<std::string>;

// How many places are free.
std::size_t free_places(limiter const& l) {
  std::vector<limiter::guard> taken;
  while (auto place = l.try_acquire()) taken.push_back(std::move(place));
  return taken.size();
}

/// Counts the children that run now, and the most that ever did.
struct counter {
  int now = 0;
  int most = 0;
};

awaitable<int> counts(counter& c, long long ms, int value) {
  c.most = std::max(c.most, ++c.now);
  co_await sleep_ms(ms);
  --c.now;
  co_return value;
}

// A range of n children.
auto counting(counter& c, int n) {
  return std::views::iota(0, n) |
         std::views::transform([&c](int i) { return counts(c, 5 + i % 3, i); });
}

// A range of children that write down their starts and ends.
auto logging(lines& log, std::string name, int n, long long ms = 10) {
  return std::views::iota(0, n) | std::views::transform([&log, name, ms](int i) {
           return logged(log, name + std::to_string(i), ms, i);
         });
}

// The same, of a size that is not known.
auto unsized(lines& log, std::string name, int n) {
  auto const child = [&log, name](int i) { return logged(log, name + std::to_string(i), 10, i); };
  return std::views::iota(0, n) | std::views::filter([](int) { return true; }) |
         std::views::transform(child);
}

BOOST_AUTO_TEST_SUITE(limiters_in_gather_test)

// ---- how many run

FANOUT_TEST(a_limiter_limits_the_children_of_one_gather) {
  limiter l(3);
  counter c;
  auto const r = co_await gather(counting(c, 20), limit(l));
  BOOST_TEST(c.most == 3);
  BOOST_REQUIRE(r.size() == 20u);
  for (int i = 0; i < 20; ++i) BOOST_TEST(r[static_cast<std::size_t>(i)] == i);
  BOOST_TEST(free_places(l) == 3u);
}

FANOUT_TEST(a_limiter_limits_the_children_of_all_who_use_it) {
  limiter l(3);
  counter c;
  auto const r =
      co_await gather(gather(counting(c, 20), limit(l)), gather(counting(c, 10), limit(l)),
                      gather(counts(c, 5, 1), counts(c, 5, 2), limit(l)));
  BOOST_TEST(c.most == 3);
  BOOST_TEST(std::get<0>(r).size() == 20u);
  BOOST_TEST(std::get<1>(r).size() == 10u);
  BOOST_TEST(std::get<1>(std::get<2>(r)) == 2);
  BOOST_TEST(free_places(l) == 3u);
}

FANOUT_TEST(operations_take_turns_and_who_acquires_stands_in_the_same_queue) {
  limiter l(1);
  lines log;
  auto const acquires = [&]() -> awaitable<int> {
    auto const place = co_await l.acquire();
    co_return co_await logged(log, "c", 10);
  };
  co_await gather(gather(logging(log, "a", 3), limit(l)), gather(logging(log, "b", 2), limit(l)),
                  acquires);
  BOOST_TEST(log == (lines{"+c", "-c", "+a0", "-a0", "+b0", "-b0", "+a1", "-a1", "+b1", "-b1",
                           "+a2", "-a2"}),
             per_element());
}

FANOUT_TEST(of_a_number_and_a_limiter_the_smaller_one_counts) {
  limiter l(3);
  counter number, shared;
  co_await gather(counting(number, 10), limit(2), limit(l));
  co_await gather(counting(shared, 10), limit(5), limit(l));
  BOOST_TEST(number.most == 2);
  BOOST_TEST(shared.most == 3);
  BOOST_TEST(free_places(l) == 3u);
}

FANOUT_TEST(a_limiter_of_its_own_may_be_a_temporary) {
  counter c;
  co_await gather(counting(c, 10), limit(limiter(2)));
  BOOST_TEST(c.most == 2);
}

FANOUT_TEST(children_that_end_at_once_follow_one_another) {
  limiter l(1);
  auto const r =
      co_await gather(std::views::iota(0, 10'000) | std::views::transform(at_once), limit(l));
  BOOST_TEST(r.size() == 10'000u);
  BOOST_TEST(free_places(l) == 1u);
}

FANOUT_TEST(every_kind_of_child_takes_a_place) {
  limiter l(1);
  auto const ex = co_await asio::this_coro::executor;
  auto const begin = now_ms();
  auto const callable = [] { return after(10, 3); };
  auto const task = fanout::create_task(ex, after(1, 4));
  auto const r = co_await gather(
      after(10, 1), sleep_ms(10), callable, task, asio::bind_executor(ex, after(10, 5)),
      fanout::named("with a name", after(10, 6)), gather(after(10, 7)), limit(l));
  BOOST_TEST(now_ms() - begin == 60);
  BOOST_TEST(std::get<5>(r) == 6);
  BOOST_TEST(free_places(l) == 1u);
}

FANOUT_TEST(a_child_may_use_another_limiter) {
  limiter outer(2), inner(1);
  counter c;
  auto const family = [&](int i) -> awaitable<int> {
    auto const r = co_await gather(counting(c, 3), limit(inner));
    co_return i + static_cast<int>(r.size());
  };
  auto const r =
      co_await gather(std::views::iota(0, 4) | std::views::transform(family), limit(outer));
  BOOST_TEST(c.most == 1);
  BOOST_TEST(r == (std::vector{3, 4, 5, 6}), per_element());
}

// ---- when a place is taken and given back

FANOUT_TEST(no_place_is_taken_before_the_initiation_nor_held_after_the_end) {
  limiter l(2);
  auto operation = gather(list(after(10, 1), after(20, 2)), limit(l));
  co_await sleep_ms(5);
  BOOST_TEST(free_places(l) == 2u);
  co_await std::move(operation);
  BOOST_TEST(free_places(l) == 2u);
}

FANOUT_TEST(a_place_is_held_from_the_start_of_a_child_to_its_end) {
  limiter l(3);
  cancellation_signal signal;
  auto const seen =
      start(gather(co_await asio::this_coro::executor, list(after(10, 1), after(20, 2)), limit(l)),
            signal);
  co_await sleep_ms(5);
  BOOST_TEST(free_places(l) == 1u);
  co_await sleep_ms(10);
  BOOST_TEST(free_places(l) == 2u);
  co_await sleep_ms(10);
  BOOST_TEST(free_places(l) == 3u);
  BOOST_TEST(seen->ms == 20);
}

FANOUT_TEST(an_element_is_read_when_there_is_a_place_for_it) {
  limiter l(1);
  lines log;
  auto const child = [&log](int i) {
    log.push_back("made " + std::to_string(i));
    return logged(log, std::to_string(i), 10, i);
  };
  auto place = l.try_acquire();
  cancellation_signal signal;
  auto const seen = start(gather(co_await asio::this_coro::executor,
                                 std::views::iota(0, 2) | std::views::transform(child), limit(l)),
                          signal);
  co_await sleep_ms(5);
  BOOST_TEST(log.empty());
  place.release();
  co_await sleep_ms(50);
  BOOST_TEST(log == (lines{"made 0", "+0", "-0", "made 1", "+1", "-1"}), per_element());
  BOOST_TEST(seen->value == (std::vector{0, 1}), per_element());
}

FANOUT_TEST(a_gather_whose_children_have_all_ended_does_not_wait_for_a_place) {
  limiter l(1);
  lines log;
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal one, two, three;
  auto const sized = start(gather(ex, logging(log, "a", 2), limit(l)), one);
  auto const not_sized = start(gather(ex, unsized(log, "b", 2), limit(l)), two);
  auto const slow = start(gather(ex, logging(log, "c", 2, 1000), limit(l)), three);
  co_await sleep_ms(5000);
  BOOST_TEST(sized->ms == 20);
  BOOST_TEST(not_sized->ms == 1040);
  BOOST_TEST(slow->ms == 2040);
}

FANOUT_TEST(nothing_to_gather_needs_no_place) {
  limiter l(1);
  lines log;
  auto const place = l.try_acquire();
  auto const begin = now_ms();
  auto const none = co_await gather(std::vector<awaitable<int>>(), limit(l));
  auto const unsized_none = co_await gather(unsized(log, "a", 0), limit(l));
  BOOST_TEST((none.empty() && unsized_none.empty()));
  BOOST_TEST(now_ms() == begin);
}

FANOUT_TEST(a_range_that_throws_gives_its_places_back) {
  limiter l(2);
  auto const bad_step = [](int i) {
    if (i == 1) throw oops("range");
    return true;
  };
  auto const child = [](int i) { return after(10, i); };
  FANOUT_CHECK_THROWS(oops, "range",
                      co_await gather(std::views::iota(0, 3) | std::views::filter(bad_step) |
                                          std::views::transform(child),
                                      limit(l)));
  BOOST_TEST(free_places(l) == 1u);
  co_await sleep_ms(20);
  BOOST_TEST(free_places(l) == 2u);
}

FANOUT_TEST(an_element_that_throws_gives_its_place_back) {
  limiter l(1);
  auto const child = [](int i) {
    if (i == 1) throw oops("element");
    return after(10, i);
  };
  auto const r = co_await gather(std::views::iota(0, 3) | std::views::transform(child), limit(l),
                                 return_exceptions);
  check_error<oops>(r.at(1).error(), "element");
  BOOST_TEST(r.at(2).value() == 2);
  BOOST_TEST(free_places(l) == 1u);
}

// ---- errors

FANOUT_TEST(after_an_error_what_was_held_back_never_starts) {
  limiter l(2);
  lines log;
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(throws_after(5, "early"), deaf(20, 2),
                                           logged(log, "c", 1), logged(log, "d", 1)),
                                      limit(l)));
  BOOST_TEST(now_ms() - begin == 5);
  BOOST_TEST(free_places(l) == 1u); // the straggler has the other one
  co_await sleep_ms(20);
  BOOST_TEST(log.empty());
  BOOST_TEST(free_places(l) == 2u);
}

FANOUT_TEST(after_an_error_in_the_first_turn_what_finds_a_place_starts) {
  limiter l(2);
  lines log;
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(list(throws_at_once("early"), logged(log, "b", 5),
                                           logged(log, "c", 5), logged(log, "d", 1)),
                                      limit(l)));
  co_await sleep_ms(20);
  BOOST_TEST(log == (lines{"+b", "+c", "-b", "-c"}), per_element());
  BOOST_TEST(free_places(l) == 2u);
}

FANOUT_TEST(after_an_error_what_waits_behind_others_never_starts) {
  limiter l(2);
  lines log;
  auto place = l.try_acquire();
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const failing =
      start(gather(ex, list(throws_after(5, "early"), logged(log, "b", 1)), limit(l)), signal);
  co_await sleep_ms(1);
  auto const next = start(l.acquire(ex), signal);
  co_await sleep_ms(10);
  BOOST_TEST(failing->ms == 5);
  check_error<oops>(failing->error, "early");
  BOOST_TEST(log.empty());
  BOOST_TEST(static_cast<bool>(next->value)); // that of the child that failed
}

FANOUT_TEST(with_return_exceptions_an_error_frees_a_place_for_the_next) {
  limiter l(1);
  auto const r =
      co_await gather(list(throws_after(5, "a"), after(5, 2), throws_at_once("c"), at_once(4)),
                      limit(l), return_exceptions);
  check_error<oops>(r.at(0).error(), "a");
  BOOST_TEST(r.at(1).value() == 2);
  check_error<oops>(r.at(2).error(), "c");
  BOOST_TEST(r.at(3).value() == 4);
}

FANOUT_TEST(with_cancel_on_error_what_was_held_back_counts_as_cancelled) {
  limiter l(2);
  lines log;
  auto const r = co_await gather(
      list(throws_after(5, "mine"), cleans_up(50, 20), logged(log, "c", 1), logged(log, "d", 1)),
      limit(l), cancel_on_error, return_exceptions);
  check_error<oops>(r.at(0).error(), "mine");
  for (std::size_t i = 1; i < 4; ++i) check_aborted(r.at(i).error());
  BOOST_TEST(log.empty());
  BOOST_TEST(free_places(l) == 2u);
}

// ---- cancelled

FANOUT_TEST(a_gather_that_waits_for_its_first_place_can_be_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type :
       {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total}) {
    limiter l(1);
    lines log;
    auto place = l.try_acquire();
    cancellation_signal signal, other;
    auto const seen = start(gather(ex, list(logged(log, "a", 1)), limit(l)), signal);
    co_await sleep_ms(5);
    auto const next = start(l.acquire(ex), other);
    signal.emit(type);
    co_await sleep_ms(1);
    BOOST_TEST(seen->ms == 5);
    check_aborted(seen->error);
    place.release();
    co_await sleep_ms(1);
    BOOST_TEST(static_cast<bool>(next->value));
    BOOST_TEST(log.empty());
  }
}

FANOUT_TEST(a_gather_whose_place_is_on_its_way_can_be_cancelled) {
  limiter l(1);
  lines log;
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto place = l.try_acquire();
  auto const seen = start(gather(ex, list(logged(log, "a", 1)), limit(l)), signal);
  co_await sleep_ms(5);
  place.release();
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(1);
  check_aborted(seen->error);
  BOOST_TEST(log.empty());
  BOOST_TEST(free_places(l) == 1u);
}

FANOUT_TEST(a_gather_that_runs_and_waits_gives_everything_back_when_it_is_cancelled) {
  limiter l(2);
  lines log;
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(logged(log, "a", 50), cleans_up(50, 10), logged(log, "c", 50)),
                   limit(l), return_exceptions, fanout::keep_results),
            signal);
  co_await sleep_ms(5);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(20);
  BOOST_TEST(seen->ms == 15);
  for (auto const& each : seen->value) check_aborted(each.error());
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
  BOOST_TEST(free_places(l) == 2u);
}

FANOUT_TEST(a_cancelled_gather_does_not_keep_others_waiting_while_it_cleans_up) {
  limiter l(2);
  lines log;
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal one, two;
  auto const cancelled =
      start(gather(ex, list(cleans_up(50, 100), after(50, 2), after(50, 3)), limit(l)), one);
  auto const waiting = start(gather(ex, logging(log, "a", 2), limit(l)), two);
  co_await sleep_ms(5);
  one.emit(cancellation_type::terminal);
  co_await sleep_ms(200);
  BOOST_TEST(cancelled->ms == 105);
  BOOST_TEST(waiting->ms == 25); // one place for both
}

// ---- deadlines

FANOUT_TEST(a_gather_that_waits_for_its_first_place_meets_its_deadline) {
  limiter l(1);
  lines log;
  auto place = l.try_acquire();
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(
      fanout::deadline_exceeded, "deadline exceeded",
      co_await gather(list(logged(log, "a", 1), logged(log, "b", 1)), limit(l), deadline(10ms)));
  auto const r = co_await gather(list(logged(log, "a", 1), logged(log, "b", 1)), limit(l),
                                 deadline(10ms), return_exceptions);
  BOOST_TEST(now_ms() - begin == 20);
  BOOST_TEST(fanout::is_timed_out(r.at(0)));
  BOOST_TEST(fanout::is_timed_out(r.at(1)));
  place.release();
  BOOST_TEST(log.empty());
  BOOST_TEST(free_places(l) == 1u);
}

FANOUT_TEST(the_time_of_a_child_does_not_count_while_it_waits_for_a_place) {
  limiter l(1);
  auto const r = co_await gather(list(after(8, 1), after(8, 2), after(50, 3)), limit(l),
                                 fanout::child_timeout<virtual_clock>(10ms), return_exceptions);
  BOOST_TEST(r.at(0).value() == 1);
  BOOST_TEST(r.at(1).value() == 2);
  BOOST_TEST(fanout::is_timed_out(r.at(2)));
}

// ---- who goes

BOOST_AUTO_TEST_CASE(children_that_go_with_their_context_give_their_places_back) {
  limiter l(2);
  auto const never = [](std::exception_ptr, std::vector<int>) { BOOST_ERROR("called"); };
  {
    asio::io_context context;
    gather(context, list(after(50, 1), after(50, 2), after(50, 3)), limit(l))(never);
    gather(context, list(after(50, 1)), limit(l))(never);
    context.poll();
    BOOST_TEST(free_places(l) == 0u);
  }
  BOOST_TEST(free_places(l) == 2u);
}

BOOST_AUTO_TEST_CASE(a_child_that_goes_with_a_context_of_its_own_does_not_keep_its_place) {
  limiter l(1);
  {
    asio::io_context here;
    auto there = std::make_optional<asio::io_context>();
    gather(here, asio::bind_executor(*there, after(50, 1)),
           limit(l))([](std::exception_ptr, std::tuple<int>) { BOOST_ERROR("called"); });
    here.poll();
    there->poll();
    BOOST_TEST(free_places(l) == 0u);
    there.reset();
  }
  BOOST_TEST(free_places(l) == 1u);
}

BOOST_AUTO_TEST_CASE(a_gather_that_waits_on_a_context_that_goes_takes_no_place) {
  asio::io_context here;
  limiter l(1);
  lines log;
  auto place = l.try_acquire();
  {
    asio::io_context there;
    gather(there, list(after(50, 1)),
           limit(l))([](std::exception_ptr, std::vector<int>) { BOOST_ERROR("called"); });
    there.poll();
  }
  gather(here, logging(log, "a", 1), limit(l))(asio::detached);
  here.poll();
  place.release();
  fanout_test::drive(here);
  BOOST_TEST(log == (lines{"+a0", "-a0"}), per_element());
  BOOST_TEST(free_places(l) == 1u);
}

BOOST_AUTO_TEST_CASE(a_gather_whose_place_is_on_its_way_to_a_context_that_goes_gives_it_back) {
  limiter l(1);
  {
    asio::io_context context;
    auto place = l.try_acquire();
    gather(context, list(after(50, 1)),
           limit(l))([](std::exception_ptr, std::vector<int>) { BOOST_ERROR("called"); });
    context.poll();
    place.release();
  }
  BOOST_TEST(free_places(l) == 1u);
}

FANOUT_TEST(a_limiter_may_go_before_the_gathers_that_use_it) {
  std::optional<limiter> l(1);
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal one, two;
  lines log;
  auto const a = start(gather(ex, logging(log, "a", 2), limit(*l)), one);
  auto const b = start(gather(ex, logging(log, "b", 2), limit(*l)), two);
  co_await sleep_ms(5);
  l.reset();
  co_await sleep_ms(100);
  BOOST_TEST(a->value == (std::vector{0, 1}), per_element());
  BOOST_TEST(b->value == (std::vector{0, 1}), per_element());
}

BOOST_AUTO_TEST_CASE(a_gather_that_waits_for_a_place_at_the_end_of_run_is_cancelled) {
  limiter l(1);
  lines log;
  auto place = l.try_acquire();
  std::exception_ptr error;
  auto const main = [&]() -> awaitable<void> {
    gather(co_await asio::this_coro::executor, logging(log, "a", 2),
           limit(l))([&error](std::exception_ptr e, std::vector<int>) { error = e; });
    co_await sleep_ms(5);
  };
  fanout::run_virtual(main);
  check_aborted(error);
  BOOST_TEST(log.empty());
  place.release();
  BOOST_TEST(free_places(l) == 1u);
}

BOOST_AUTO_TEST_CASE(a_gather_for_which_there_will_never_be_a_place_is_a_deadlock_that_is_told) {
  limiter l(1);
  auto const place = l.try_acquire();
  auto const main = [&]() -> awaitable<void> { co_await gather(nothing_at_once(), limit(l)); };
  FANOUT_CHECK_THROWS(
      fanout::invalid_state,
      "fanout::run_virtual: main has not ended, and no timer of virtual_clock is "
      "pending; other clocks and real I/O do not count here; not ended: main, which "
      "waits for a gather: invalid state [fanout:1]",
      fanout::run_virtual(main));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace limiters_in_gather
