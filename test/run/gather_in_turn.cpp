//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Coroutines that are given one by one: for as long as none suspends, one runner awaits all of
// them.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/launches.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace gather_in_turn {

using namespace zoo;
using boost::test_tools::per_element;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::launches;
using fanout_test::step;
using fanout_test::traced_executor;
using lines = std::vector<std::string>;

awaitable<int> writes(lines& log, std::string name, int value) {
  log.push_back(std::move(name));
  co_return value;
}

awaitable<std::string> text_at_once(std::string text) { co_return text; }

BOOST_AUTO_TEST_SUITE(gather_in_turn_test)

BOOST_AUTO_TEST_CASE(coroutines_of_every_type_end_at_once_with_one_launch) {
  launches seen;
  asio::io_context context(1);
  std::tuple<int, std::string, std::monostate, int> values;
  gather(traced_executor(context), seen.at_once(1), seen.at_once(std::string("two")),
         seen.nothing(),
         seen.at_once(4))([&](std::exception_ptr, auto const& all) { values = all; });
  context.run();
  BOOST_TEST(seen.count() == 1u);
  BOOST_TEST((values == std::tuple(1, "two", std::monostate(), 4)));
}

BOOST_AUTO_TEST_CASE(each_that_suspends_costs_one_launch) {
  launches seen;
  asio::io_context context(1);
  std::tuple<int, int, std::string, int> values;
  gather(traced_executor(context), seen.hop(1), seen.at_once(2), seen.hop(std::string("three")),
         seen.hop(4))([&](std::exception_ptr, auto const& all) { values = all; });
  context.run();
  BOOST_TEST(seen.count() == 3u);
  BOOST_TEST((values == std::tuple(1, 2, "three", 4)));
}

FANOUT_TEST(one_that_suspends_keeps_none_waiting) {
  auto const begin = now_ms();
  auto r = co_await gather(after(30, 1), at_once(2), undefaulted_after(20, 3), moved_after(10, 4));
  BOOST_TEST(now_ms() - begin == 30);
  BOOST_TEST(r.get<0>() == 1);
  BOOST_TEST(r.get<1>() == 2);
  BOOST_TEST(r.get<2>().number == 3);
  BOOST_TEST(*r.get<3>().number == 4);
}

FANOUT_TEST(they_run_in_the_order_of_the_arguments) {
  lines log;
  co_await gather(writes(log, "a", 1), writes(log, "b", 2), writes(log, "c", 3));
  BOOST_TEST(log == (lines{"a", "b", "c"}), per_element());
}

FANOUT_TEST(one_that_fails_leaves_the_others_alone) {
  lines log;
  auto r = co_await gather(writes(log, "a", 1), throws_at_once("mine"), writes(log, "c", 3),
                           throws_after(10, "later"), return_exceptions);
  BOOST_TEST(log == (lines{"a", "c"}), per_element());
  BOOST_TEST(std::get<0>(r).value() == 1);
  check_error<oops>(std::get<1>(r).error(), "mine");
  BOOST_TEST(std::get<2>(r).value() == 3);
  check_error<oops>(std::get<3>(r).error(), "later");
}

FANOUT_TEST(the_first_error_is_that_of_the_gather_and_all_start) {
  lines log;
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await gather(writes(log, "a", 1), throws_at_once("mine"),
                                      writes(log, "c", 3), throws_at_once("too late")));
  BOOST_TEST(log == (lines{"a", "c"}), per_element());
}

FANOUT_TEST(none_starts_behind_an_error_that_cancels_the_rest) {
  lines log;
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await gather(writes(log, "a", 1), throws_at_once("mine"),
                                      writes(log, "c", 3), cancel_on_error));
  BOOST_TEST(log == (lines{"a"}), per_element());
}

FANOUT_TEST(a_limit_holds_back_those_behind_one_that_suspends) {
  lines log;
  auto r = co_await gather(logged(log, "a", 10, 1), logged(log, "b", 10, 2), at_once(3), limit(1));
  BOOST_TEST(log == (lines{"+a", "-a", "+b", "-b"}), per_element());
  BOOST_TEST((r == std::tuple(1, 2, 3)));
}

BOOST_AUTO_TEST_CASE(none_starts_behind_one_that_cancels_the_gather) {
  asio::io_context context(1);
  asio::cancellation_signal signal;
  lines log;
  auto const cancels = [&]() -> awaitable<int> {
    log.push_back("a");
    signal.emit(asio::cancellation_type::terminal);
    co_return 1;
  };
  auto const seen = fanout_test::start(
      gather(context, cancels(), writes(log, "b", 2), writes(log, "c", 3)), signal);
  context.run();
  check_aborted(seen->error);
  BOOST_TEST(log == (lines{"a"}), per_element());
}

FANOUT_TEST(none_inherits_the_cancellation_state_of_the_one_before) {
  auto const changes = []() -> awaitable<int> {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return 1;
  };
  auto const waits = []() -> awaitable<int> {
    BOOST_TEST(co_await asio::this_coro::throw_if_cancelled());
    co_await sleep_ms(1000);
    co_return 2;
  };
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(
      oops, "mine", co_await gather(changes(), waits(), throws_after(10, "mine"), cancel_on_error));
  BOOST_TEST(now_ms() - begin == 10);
}

FANOUT_TEST(each_is_destroyed_before_the_next_one_starts) {
  std::vector<int> live;
  auto const holds = [](std::vector<int>& seen, counted) -> awaitable<int> {
    seen.push_back(counted::live);
    co_return 1;
  };
  auto all = gather(holds(live, counted()), holds(live, counted()), holds(live, counted()));
  co_await std::move(all);
  BOOST_TEST(live.size() == 3u);
  BOOST_TEST(live[0] - live[1] == 1);
  BOOST_TEST(live[1] - live[2] == 1);
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(they_die_with_their_context_at_every_stage) {
  auto const holds = [](counted, long long ms) -> awaitable<int> {
    if (ms != 0) co_await sleep_ms(ms);
    co_return 1;
  };
  bool ended = false;
  for (int stage = 0; !ended; ++stage) {
    BOOST_REQUIRE(stage < 20);
    int calls = 0;
    {
      asio::io_context context;
      gather(context, holds(counted(), 0), holds(counted(), 20), holds(counted(), 0),
             holds(counted(), 10))(counted_handler{&calls});
      for (int i = 0; i < stage; ++i) step(context);
      ended = calls != 0;
    }
    BOOST_TEST(calls == (ended ? 1 : 0));
    BOOST_TEST(counted::live == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_in_turn
