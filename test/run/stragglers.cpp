//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 3: stragglers(group): siblings that run on after an early error are adopted.

#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stragglers_of_a_gather {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::gather;
using fanout::keep_going;
using fanout::named;
using fanout::stragglers;
using fanout::task_group;
using fanout::detail::what_of;
using fanout_test::aborted_text;
using fanout_test::check_error;
using fanout_test::start;
using fanout_test::unhandled;
using lines = std::vector<std::string>;

#define CHECK_LINES(found, ...) BOOST_TEST(found == (lines{__VA_ARGS__}), per_element())

// What a group does with failures: it writes them down.
auto told(lines& log) {
  return fanout::on_error([&log](std::string_view name, std::exception_ptr const& e) {
    log.push_back(std::string(name) + ": " + what_of(e));
  });
}

BOOST_AUTO_TEST_SUITE(stragglers_test)

FANOUT_TEST(a_join_waits_for_the_siblings_of_an_early_error) {
  lines log;
  task_group group(co_await asio::this_coro::executor);
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(logged(log, "a", 50), throws_after(10, "early"),
                                      logged(log, "c", 30), stragglers(group)));
  BOOST_TEST(now_ms() - begin == 10);
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 50);
  CHECK_LINES(log, "+a", "+c", "-c", "-a");
}

FANOUT_TEST(a_group_that_is_cancelled_cancels_them_and_waits_until_they_have_cleaned_up) {
  task_group group(co_await asio::this_coro::executor);
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(cleans_up(1000, 20), throws_after(10, "early"),
                                      after(1000, 1), stragglers(group)));
  co_await sleep_ms(5);
  group.cancel();
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 35);
}

FANOUT_TEST(a_request_of_every_type_reaches_them_through_a_join) {
  using type = asio::cancellation_type;
  for (type const t : {type::terminal, type::partial, type::total}) {
    auto const ex = co_await asio::this_coro::executor;
    lines log;
    task_group group(ex);
    FANOUT_CHECK_THROWS(
        oops, "early",
        co_await gather(hears(log, "a", 50), throws_after(10, "early"), stragglers(group)));
    auto const joining = fanout::create_task(ex, group.join());
    co_await sleep_ms(5);
    joining.cancel(t);
    co_await sleep_ms(50);
    BOOST_TEST(joining.done());
    CHECK_LINES(log, "a:" + text_of(t));
  }
}

FANOUT_TEST(nobody_is_adopted_when_all_succeed) {
  task_group group(co_await asio::this_coro::executor);
  auto const [a, b] = co_await gather(after(10, 1), after(20, 2), stragglers(group));
  BOOST_TEST(a + b == 3);
  auto const begin = now_ms();
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 0);
}

FANOUT_TEST(their_errors_are_the_groups) {
  task_group group(co_await asio::this_coro::executor);
  auto const task = group.create_task(after(1000, 1));
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(throws_after(30, "late"), throws_after(10, "early"),
                                      after(1000, 1), stragglers(group)));
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "late", co_await group.join());
  BOOST_TEST(now_ms() - begin == 20);
  BOOST_TEST(task.cancelled());
}

FANOUT_TEST(the_group_hears_of_them_by_name) {
  lines log;
  unhandled nobody;
  task_group group(co_await asio::this_coro::executor, keep_going, told(log));
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(named("price", throws_after(30, "late")),
                                      throws_after(10, "early"), throws_after(20, "later"),
                                      stragglers(group)));
  co_await group.join();
  CHECK_LINES(log, "child 2 of a gather: later", "price: late");
  BOOST_TEST(nobody.log.empty());
}

FANOUT_TEST(an_error_in_the_same_turn_as_the_first_one_is_not_lost) {
  lines log;
  task_group group(co_await asio::this_coro::executor, keep_going, told(log));
  std::size_t failed = 0;
  auto const count = fanout::on_progress([&](fanout::progress const& p) { failed = p.failed; });
  FANOUT_CHECK_THROWS(oops, "first",
                      co_await gather(throws_after(10, "first"), throws_after(10, "second"),
                                      after(10, 1), count, stragglers(group)));
  co_await group.join();
  BOOST_TEST(log.size() + failed == 2u);
}

FANOUT_TEST(one_that_is_cancelled_on_its_own_has_not_failed) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex);
  auto const task = fanout::create_task(ex, after(1000, 1));
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(task, throws_after(10, "early"), stragglers(group)));
  task.cancel();
  co_await group.join();
  BOOST_TEST(group.failures().empty());
}

FANOUT_TEST(they_do_not_wait_for_the_limit_and_count_for_it) {
  lines log;
  task_group group(co_await asio::this_coro::executor, fanout::limit(1));
  auto const begin = now_ms();
  group.create_task(logged(log, "task", 20));
  group.create_task(logged(log, "next", 10));
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(logged(log, "a", 50), throws_after(10, "early"),
                                      logged(log, "c", 30), stragglers(group)));
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 60);
  CHECK_LINES(log, "+task", "+a", "+c", "-task", "-c", "-a", "+next", "-next");
}

FANOUT_TEST(with_a_limit_they_are_cancelled_at_once_beside_tasks_that_wait) {
  task_group group(co_await asio::this_coro::executor, fanout::limit(1));
  auto const begin = now_ms();
  group.create_task(after(1000, 1));
  auto const waits = group.create_task(after(1000, 2));
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(cleans_up(1000, 20), throws_after(10, "early"), stragglers(group)));
  group.cancel();
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 30);
  BOOST_TEST(waits.cancelled());
}

FANOUT_TEST(a_slot_is_there_when_they_have_ended) {
  task_group group(co_await asio::this_coro::executor, fanout::limit(1));
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(after(50, 1), throws_after(10, "early"), after(40, 2), stragglers(group)));
  co_await group.slot();
  BOOST_TEST(now_ms() - begin == 50);
}

FANOUT_TEST(a_group_that_has_ended_takes_nobody_and_they_are_cancelled) {
  lines log;
  task_group group(co_await asio::this_coro::executor);
  co_await group.join();
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(logged(log, "a", 50), throws_after(10, "early"), stragglers(group)));
  co_await sleep_ms(1);
  CHECK_LINES(log, "+a", "!a");
}

FANOUT_TEST(a_group_that_is_being_cancelled_cancels_what_it_adopts) {
  lines log;
  task_group group(co_await asio::this_coro::executor);
  group.create_task(cleans_up(1000, 50));
  co_await sleep_ms(1);
  group.cancel();
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(logged(log, "a", 50), throws_after(10, "early"), stragglers(group)));
  co_await sleep_ms(1);
  CHECK_LINES(log, "+a", "!a");
  co_await group.join();
}

FANOUT_TEST(without_the_group_they_are_cancelled_and_an_error_is_told) {
  unhandled nobody;
  {
    std::optional<task_group> group(std::in_place, co_await asio::this_coro::executor);
    auto operation = gather(converts(1000, "converted"), throws_after(10, "early"), after(1000, 1),
                            stragglers(*group));
    group.reset();
    FANOUT_CHECK_THROWS(oops, "early", co_await std::move(operation));
    co_await sleep_ms(1);
  }
  CHECK_LINES(nobody.log, "child 0 of a gather: converted");
}

FANOUT_TEST(destroying_the_group_cancels_those_that_it_has_adopted) {
  lines log;
  {
    task_group group(co_await asio::this_coro::executor);
    FANOUT_CHECK_THROWS(
        oops, "early",
        co_await gather(logged(log, "a", 50), throws_after(10, "early"), stragglers(group)));
  }
  co_await sleep_ms(1);
  CHECK_LINES(log, "+a", "!a");
}

FANOUT_TEST(after_a_cancellation_there_are_none) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex);
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, cleans_up(1000, 20), deaf(50, 1), stragglers(group)), signal);
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(100);
  BOOST_TEST(seen->ms == 50);
  fanout_test::check_aborted(seen->error);
  auto const begin = now_ms();
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 0);
}

FANOUT_TEST(children_of_every_kind_are_adopted) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex);
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(
                          sleep_ms(1000), [] { return after(1000, 1); },
                          asio::bind_executor(asio::make_strand(ex), after(1000, 1)),
                          gather(after(1000, 1), after(1000, 2)),
                          fanout::timeout<virtual_clock>(999ms, after(1000, 1)),
                          throws_at_once("early"), stragglers(group)));
  group.cancel();
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 0);
}

FANOUT_TEST(children_of_a_range_are_adopted) {
  lines log;
  task_group group(co_await asio::this_coro::executor);
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(list(throws_after(10, "early"), logged(log, "b", 20), logged(log, "c", 30)),
                      stragglers(group)));
  co_await group.join();
  CHECK_LINES(log, "+b", "+c", "-b", "-c");
}

FANOUT_TEST(those_that_a_limit_has_held_back_never_start) {
  lines log;
  task_group group(co_await asio::this_coro::executor);
  FANOUT_CHECK_THROWS(
      oops, "early",
      co_await gather(list(throws_after(10, "early"), logged(log, "b", 20), logged(log, "c", 30)),
                      fanout::limit(2), stragglers(group)));
  co_await group.join();
  CHECK_LINES(log, "+b", "-b");
}

FANOUT_TEST(other_policies_go_on_for_them) {
  lines log, late;
  task_group group(co_await asio::this_coro::executor, keep_going, told(log));
  auto const hear = fanout::on_late_error([&](std::size_t index, std::exception_ptr const& e) {
    late.push_back(std::to_string(index) + ": " + what_of(e));
  });
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(oops, "early",
                      co_await gather(after(1000, 1), throws_after(10, "early"), hear,
                                      fanout::child_timeout<virtual_clock>(30ms),
                                      stragglers(group)));
  co_await group.join();
  BOOST_TEST(now_ms() - begin == 30);
  CHECK_LINES(log, "child 0 of a gather: deadline exceeded");
  CHECK_LINES(late, "0: deadline exceeded");
}

// A group with this time limit adopts a child after 10 ms, and ends it at `expected` ms.
template <class Limit>
awaitable<void> check_limit_of_group(Limit limit, long long expected) {
  lines log;
  task_group group(co_await asio::this_coro::executor, keep_going, told(log), limit);
  auto const begin = now_ms();
  FANOUT_CHECK_THROWS(
      oops, "early", co_await gather(after(1000, 1), throws_after(10, "early"), stragglers(group)));
  co_await group.join();
  BOOST_TEST(now_ms() - begin == expected);
  CHECK_LINES(log, "child 0 of a gather: deadline exceeded");
}

FANOUT_TEST(a_child_timeout_of_the_group_counts_from_their_adoption) {
  co_await check_limit_of_group(fanout::child_timeout<virtual_clock>(30ms), 40);
}

FANOUT_TEST(the_deadline_of_the_group_ends_them) {
  co_await check_limit_of_group(fanout::deadline<virtual_clock>(30ms), 30);
}

FANOUT_TEST(one_policy_object_serves_several_gathers) {
  lines log;
  task_group group(co_await asio::this_coro::executor);
  stragglers const adopted(group);
  auto const fails = [&](std::string name) {
    return gather(logged(log, std::move(name), 20), throws_after(10, "early"), adopted);
  };
  FANOUT_CHECK_THROWS(oops, "early", co_await fails("a"));
  FANOUT_CHECK_THROWS(oops, "early", co_await fails("b"));
  co_await group.join();
  CHECK_LINES(log, "+a", "+b", "-a", "-b");
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_takes_them_along) {
  auto const mark = std::make_shared<int>(1);
  std::optional<task_group> group;
  {
    asio::io_context context(1);
    group.emplace(context);
    auto holds = [mark](asio::io_context& where) -> awaitable<int> {
      auto const kept = mark;
      asio::steady_timer forever(where, asio::steady_timer::time_point::max());
      co_await forever.async_wait(asio::deferred);
      co_return *kept;
    };
    std::exception_ptr error;
    gather(context, holds(context), throws_at_once("early"),
           stragglers(*group))([&](std::exception_ptr e, auto&&) { error = e; });
    context.run_for(1ms);
    check_error<oops>(error, "early");
    BOOST_TEST(mark.use_count() > 2);
  }
  BOOST_TEST(mark.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace stragglers_of_a_gather
