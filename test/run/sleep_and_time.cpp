//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: virtual time, `sleep` and `sleep_until`, `shield`.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/testing.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace sleep_and_time {

using namespace std::chrono_literals;
using namespace zoo;
using fanout::gather;
using fanout::shield;
using std::chrono::steady_clock;

std::string stuck(std::string const& who) {
  return "fanout::run_virtual: main has not ended, and no timer of virtual_clock is pending; other "
         "clocks and real I/O do not count here; not ended: " +
         who + ": invalid state [fanout:1]";
}

using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(sleep_and_time_test)

// ---- virtual time

BOOST_AUTO_TEST_CASE(an_hour_passes_at_once) {
  auto const begin = steady_clock::now();
  auto const main = []() -> awaitable<long long> {
    auto const begin_ms = now_ms();
    co_await fanout::sleep<virtual_clock>(1h);
    co_return now_ms() - begin_ms;
  };
  BOOST_TEST(fanout::run_virtual(main) == 3'600'000);
  BOOST_TEST((steady_clock::now() - begin < 30s));
}

BOOST_AUTO_TEST_CASE(run_virtual_gives_the_value_or_the_error_of_main) {
  BOOST_TEST(fanout::run_virtual(after(10, 7)) == 7);
  FANOUT_CHECK_THROWS(oops, "oops", fanout::run_virtual(throws_after(10, "oops")));
}

BOOST_AUTO_TEST_CASE(run_virtual_sees_a_deadlock_at_once) {
  auto const main = []() -> awaitable<void> {
    asio::signal_set never(co_await asio::this_coro::executor, SIGUSR2);
    co_await never.async_wait(asio::use_awaitable);
  };
  FANOUT_CHECK_THROWS(fanout::invalid_state, stuck("main"), fanout::run_virtual(main));
}

BOOST_AUTO_TEST_CASE(run_virtual_sees_a_deadlock_after_the_last_timer) {
  auto const main = []() -> awaitable<void> {
    asio::signal_set never(co_await asio::this_coro::executor, SIGUSR2);
    auto operation = gather(never.async_wait(asio::deferred), after(1000, 1));
    co_await std::move(operation);
  };
  FANOUT_CHECK_THROWS(fanout::invalid_state,
                      stuck("main, which waits for a gather; child 0 of a gather"),
                      fanout::run_virtual(main));
}

BOOST_AUTO_TEST_CASE(run_virtual_names_the_tasks_that_wait_for_each_other_or_for_real_time) {
  auto const main = []() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto real = fanout::sleep(1h); // not of the virtual clock
    auto const quote = fanout::create_task(executor, std::move(real), "quote");
    co_await quote;
  };
  FANOUT_CHECK_THROWS(fanout::invalid_state,
                      stuck("main, which waits for future 'quote'; task 'quote'"),
                      fanout::run_virtual(main));
}

BOOST_AUTO_TEST_CASE(run_virtual_cancels_leftovers) {
  lines log;
  auto const main = [&log]() -> awaitable<void> {
    co_await gather(logged(log, "a", 1'000'000), throws_after(10, "oops"));
  };
  FANOUT_CHECK_THROWS(oops, "oops", fanout::run_virtual(main));
  BOOST_TEST(log == (lines{"+a", "!a"}), boost::test_tools::per_element());
}

FANOUT_TEST(equal_deadlines_fire_in_the_order_of_their_start) {
  lines log;
  std::vector<awaitable<int>> children;
  lines expected;
  for (int i = 0; i < 20; ++i) children.push_back(logged(log, std::to_string(i), 10));
  for (int i = 0; i < 20; ++i) expected.push_back("+" + std::to_string(i));
  for (int i = 0; i < 20; ++i) expected.push_back("-" + std::to_string(i));
  co_await gather(std::move(children));
  BOOST_TEST(log == expected, boost::test_tools::per_element());
}

FANOUT_TEST(time_stands_still_while_anything_can_run) {
  auto const begin = now_ms();
  for (int i = 0; i < 1000; ++i) co_await asio::post(asio::deferred);
  BOOST_TEST(now_ms() == begin);
}

FANOUT_TEST(timers_of_the_user_may_use_the_virtual_clock) {
  auto const begin = now_ms();
  asio::basic_waitable_timer<virtual_clock> timer(co_await asio::this_coro::executor, 5min);
  co_await timer.async_wait(asio::deferred);
  BOOST_TEST(now_ms() - begin == 300'000);
}

BOOST_AUTO_TEST_CASE(each_thread_has_a_time_of_its_own) {
  long long there = -1;
  std::thread([&there] { there = now_ms(); }).join();
  BOOST_TEST(there == 0);
}

// ---- sleep

FANOUT_TEST(sleep_lasts_as_long_as_it_says) {
  auto const begin = now_ms();
  co_await sleep_ms(250);
  BOOST_TEST(now_ms() - begin == 250);
}

FANOUT_TEST(the_time_of_a_sleep_runs_from_its_initiation_on) {
  auto const waits = sleep_ms(100);
  co_await sleep_ms(70);
  auto const begin = now_ms();
  co_await waits;
  BOOST_TEST(now_ms() - begin == 100);
}

FANOUT_TEST(sleep_until_ends_at_its_moment) {
  auto const end = virtual_clock::now() + 80ms;
  co_await sleep_ms(30);
  auto const begin = now_ms();
  co_await fanout::sleep_until(end);
  BOOST_TEST(now_ms() - begin == 50);
}

FANOUT_TEST(a_fraction_is_rounded_up) {
  auto const begin = virtual_clock::now();
  co_await fanout::sleep<virtual_clock>(std::chrono::duration<double, std::pico>(1000.25));
  BOOST_TEST((virtual_clock::now() - begin >= virtual_clock::duration(1001)));
}

BOOST_AUTO_TEST_CASE(sleep_uses_the_steady_clock_unless_told_otherwise) {
  auto const main = []() -> awaitable<bool> {
    auto const begin = steady_clock::now();
    co_await fanout::sleep(2ms);
    co_await fanout::sleep_until(begin + 4ms);
    co_return steady_clock::now() - begin >= 4ms;
  };
  BOOST_TEST(fanout::run(main));
}

// Yields by `operation`, between two handlers that were posted before and while it was.
template <class Operation>
awaitable<lines> yields_once(Operation operation) {
  auto const log = std::make_shared<lines>();
  auto const executor = co_await asio::this_coro::executor;
  auto const begin = now_ms();
  asio::post(executor, [log, executor] {
    log->push_back("first");
    asio::post(executor, [log] { log->push_back("second"); });
  });
  co_await operation;
  log->push_back(now_ms() == begin ? "yielded" : "slept");
  co_return *log;
}

lines const once{"first", "yielded"};

FANOUT_TEST(a_sleep_of_zero_yields_once) {
  BOOST_TEST(co_await yields_once(sleep_ms(0)) == once, boost::test_tools::per_element());
}

FANOUT_TEST(a_sleep_of_less_than_zero_yields_once) {
  BOOST_TEST(co_await yields_once(sleep_ms(-5)) == once, boost::test_tools::per_element());
}

FANOUT_TEST(a_sleep_until_the_past_yields_once) {
  co_await sleep_ms(10);
  auto const past = virtual_clock::now() - 5ms;
  BOOST_TEST(co_await yields_once(fanout::sleep_until(past)) == once,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_cancelled_sleep_ends_at_once_with_operation_aborted) {
  for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total}) {
    asio::io_context context;
    asio::cancellation_signal signal;
    std::exception_ptr error;
    auto const begin = now_ms();
    fanout::sleep<virtual_clock>(context, 1h)(asio::bind_cancellation_slot(
        signal.slot(), [&error](std::exception_ptr const& e) { error = e; }));
    context.poll();
    signal.emit(type);
    context.run();
    fanout_test::check_aborted(error);
    BOOST_TEST(now_ms() == begin);
  }
}

FANOUT_TEST(sleep_may_have_its_timer_on_another_executor) {
  asio::io_context other;
  bool done = false;
  auto const begin = now_ms();
  fanout::sleep<virtual_clock>(other, 10ms)([&done](std::exception_ptr) { done = true; });
  fanout::sleep_until(other.get_executor(), virtual_clock::now() + 10ms)([](std::exception_ptr) {});
  co_await sleep_ms(100);
  BOOST_TEST(!done);
  fanout_test::drive(other);
  BOOST_TEST(done);
  BOOST_TEST(now_ms() - begin == 100);
}

FANOUT_TEST(a_sleep_on_another_executor_ends_on_that_of_its_handler) {
  auto const executor = co_await asio::this_coro::executor;
  auto const strand = asio::make_strand(
      static_cast<asio::io_context&>(asio::query(executor, asio::execution::context)));
  bool on_strand = false;
  fanout::sleep<virtual_clock>(executor, 10ms)(asio::bind_executor(
      strand, [&](std::exception_ptr) { on_strand = strand.running_in_this_thread(); }));
  co_await sleep_ms(20);
  BOOST_TEST(on_strand);
}

// ---- shield

FANOUT_TEST(a_shield_yields_what_its_child_does) {
  BOOST_TEST(co_await shield(after(10, 7)) == 7);
  co_await shield(nothing_after(10));
  static_assert(std::is_void_v<decltype(shield(nothing_after(10)))::result_type>);
  auto const text = co_await shield(text_after(10, "seven"));
  BOOST_TEST(text == "seven");
}

FANOUT_TEST(a_shield_yields_what_cannot_be_copied_or_default_constructed) {
  auto const moved = co_await shield(moved_after(10, 7));
  BOOST_TEST(*moved.number == 7);
  no_default const undefaulted = co_await shield(undefaulted_after(10, 8));
  BOOST_TEST(undefaulted.number == 8);
}

FANOUT_TEST(a_shield_yields_one_tuple_of_an_operation_with_several_values) {
  auto const both = co_await shield(
      completing<void(boost::system::error_code, int, bool)>(boost::system::error_code(), 7, true));
  BOOST_TEST((both == std::tuple(7, true)));
}

FANOUT_TEST(a_shield_throws_what_its_child_throws) {
  auto operation = shield(throws_after(10, "oops"));
  FANOUT_CHECK_THROWS(oops, "oops", co_await std::move(operation));
}

FANOUT_TEST(a_shield_takes_a_callable_and_an_executor) {
  auto const executor = co_await asio::this_coro::executor;
  auto child = [own = std::make_shared<int>(7)]() -> awaitable<int> {
    co_await sleep_ms(10);
    co_return *own;
  };
  auto operation = shield(executor, std::move(child));
  BOOST_TEST(co_await std::move(operation) == 7);
}

FANOUT_TEST(cancelling_a_shield_ends_the_wait_at_once_and_not_the_child) {
  for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total}) {
    lines log;
    asio::cancellation_signal signal;
    auto const seen = fanout_test::start(
        shield(co_await asio::this_coro::executor, logged(log, "a", 100)), signal);
    co_await sleep_ms(30);
    signal.emit(type);
    co_await sleep_ms(1);
    BOOST_TEST(seen->calls == 1);
    BOOST_TEST(seen->ms == 30);
    BOOST_TEST(seen->slot_was_clear);
    fanout_test::check_aborted(seen->error);
    BOOST_TEST(log == lines{"+a"}, boost::test_tools::per_element());
    co_await sleep_ms(100);
    BOOST_TEST(log == (lines{"+a", "-a"}), boost::test_tools::per_element());
    BOOST_TEST(seen->calls == 1);
  }
}

FANOUT_TEST(a_shield_protects_its_child_from_a_gather_around_it) {
  lines log;
  auto operation = gather(shield(logged(log, "a", 100)), logged(log, "b", 100),
                          throws_after(10, "oops"), fanout::cancel_on_error);
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "oops", co_await std::move(operation));
  BOOST_TEST(now_ms() - begin == 10);
  co_await sleep_ms(200);
  BOOST_TEST(log == (lines{"+b", "+a", "!b", "-a"}), boost::test_tools::per_element());
}

FANOUT_TEST(the_late_error_of_a_shielded_child_is_told_to_the_unhandled_error_handler) {
  int heard = 0;
  auto const before =
      fanout::set_unhandled_error_handler([&heard](auto const&, auto const&) { ++heard; });
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(
      shield(co_await asio::this_coro::executor, throws_after(100, "late")), signal);
  co_await sleep_ms(30);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(200);
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(seen->calls == 1);
  fanout_test::check_aborted(seen->error);
  BOOST_TEST(heard == 1);
}

FANOUT_TEST(a_cancellation_after_the_end_of_a_shield_reaches_nobody) {
  asio::cancellation_signal signal;
  auto const seen =
      fanout_test::start(shield(co_await asio::this_coro::executor, after(10, 7)), signal);
  co_await sleep_ms(30);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(30);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value == 7);
}

// On a thread of its own, since each has its own virtual time.
BOOST_AUTO_TEST_CASE(after_106_days_virtual_time_stands_still_and_timers_expire_at_once) {
  std::thread([] {
    fanout::run_virtual([]() -> awaitable<void> {
      co_await fanout::sleep<virtual_clock>(std::chrono::hours(24 * 365));
      auto const end = virtual_clock::now();
      BOOST_TEST((end == virtual_clock::time_point::max()));
      co_await fanout::sleep<virtual_clock>(std::chrono::hours(1));
      BOOST_TEST((virtual_clock::now() == end));
    });
  }).join();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sleep_and_time
