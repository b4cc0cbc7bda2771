//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: task_group and with_task_group.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace task_groups {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::failure;
using fanout::keep_going;
using fanout::task_group;
using fanout::with_task_group;
using fanout::detail::what_of;
using fanout_test::aborted_text;
using lines = std::vector<std::string>;

constexpr char over[] =
    "fanout::task_group: it has ended, or is being cancelled: invalid state [fanout:1]";

awaitable<void> grows(task_group& group, int n) {
  co_await sleep_ms(10);
  if (n > 0) group.create_task(grows(group, n - 1));
}

BOOST_AUTO_TEST_SUITE(task_groups_test)

// ---- tasks

FANOUT_TEST(tasks_run_at_once_and_a_join_waits_for_all) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor);
  auto const a = group.create_task(after(20, 1));
  auto const b = group.create_task(text_after(30, "b"), "text");
  BOOST_TEST(b.name() == "text");
  co_await group.join();
  BOOST_TEST(a.result() == 1);
  BOOST_TEST(b.result() == "b");
  BOOST_TEST(elapsed() == 30);
}

FANOUT_TEST(a_group_without_tasks_ends_at_once) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor);
  co_await group.join();
  BOOST_TEST(elapsed() == 0);
}

FANOUT_TEST(nothing_runs_inside_create_task) {
  lines log;
  task_group group(co_await asio::this_coro::executor);
  group.create_task(logged(log, "a", 0));
  BOOST_TEST(log.empty());
  co_await group.join();
  lines const expected{"+a", "-a"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(every_kind_of_child_can_be_a_task) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex);
  auto const operation = group.create_task(sleep_ms(5));
  auto const callable = group.create_task([] { return after(5, 2); });
  auto const bound = group.create_task(asio::bind_executor(asio::make_strand(ex), after(5, 3)));
  auto const named = group.create_task(fanout::named("n", after(5, 4)));
  auto const future = group.create_task(callable);
  auto moved = group.create_task(moved_after(5, 6));
  auto undefaulted = group.create_task(undefaulted_after(5, 7));
  co_await group.join();
  BOOST_TEST(operation.done());
  BOOST_TEST(callable.result() == 2);
  BOOST_TEST(bound.result() == 3);
  BOOST_TEST(named.result() == 4);
  BOOST_TEST(named.name() == "n");
  BOOST_TEST(future.result() == 2);
  BOOST_TEST(*moved.result().number == 6);
  BOOST_TEST(undefaulted.result().number == 7);
}

FANOUT_TEST(a_task_whose_initiation_throws_has_failed) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex, keep_going);
  asio::deferred_t token;
  auto const destroys_its_handler = asio::async_initiate<asio::deferred_t, void(int)>(
      [](auto handler) {
        auto const gone = std::move(handler);
        throw oops("destroyed");
      },
      token);
  auto const keeps = group.create_task(throwing_initiation("kept"));
  auto const destroys = group.create_task(destroys_its_handler);
  auto const alone = fanout::create_task(ex, destroys_its_handler);
  co_await group.join();
  FANOUT_CHECK_THROWS(oops, "kept", co_await keeps);
  FANOUT_CHECK_THROWS(oops, "destroyed", co_await destroys);
  FANOUT_CHECK_THROWS(oops, "destroyed", co_await alone);
  BOOST_TEST(group.failures().size() == 2u);
}

FANOUT_TEST(of_the_names_of_a_task_the_outermost_counts) {
  task_group group(co_await asio::this_coro::executor);
  auto const given = group.create_task(fanout::named("of the child", after(1, 1)), "given");
  auto const twice = group.create_task(fanout::named("outer", fanout::named("inner", after(1, 2))));
  BOOST_TEST(given.name() == "given");
  BOOST_TEST(twice.name() == "outer");
  co_await group.join();
}

FANOUT_TEST(tasks_may_create_tasks_also_while_somebody_joins) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor);
  group.create_task(grows(group, 3));
  co_await group.join();
  BOOST_TEST(elapsed() == 40);
}

FANOUT_TEST(a_group_that_has_ended_takes_no_more) {
  task_group group(co_await asio::this_coro::executor);
  co_await group.join();
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, group.create_task(after(1, 1)));
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, co_await group.slot());
  co_await group.join(); // once more is fine
}

FANOUT_TEST(several_may_join) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex);
  group.create_task(throws_after(10, "oops"));
  auto const first = fanout::create_task(ex, group.join());
  auto const second = fanout::create_task(ex, group.join());
  FANOUT_CHECK_THROWS(oops, "oops", co_await first);
  FANOUT_CHECK_THROWS(oops, "oops", co_await second);
}

// ---- errors

FANOUT_TEST(the_first_error_cancels_the_others_and_is_rethrown_when_all_have_ended) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor);
  auto const slow = group.create_task(cleans_up(1000, 5));
  group.create_task(throws_after(10, "first"), "bad");
  auto const late = group.create_task(after(1000, 2));
  FANOUT_CHECK_THROWS(oops, "first", co_await group.join());
  BOOST_TEST(elapsed() == 15);
  BOOST_TEST(slow.cancelled());
  BOOST_TEST(late.cancelled());
  auto const failures = group.failures();
  BOOST_REQUIRE(failures.size() == 1u);
  BOOST_TEST(failures[0].index == 1u);
  BOOST_TEST(failures[0].name == "bad");
  BOOST_TEST(what_of(failures[0].exception) == "first");
}

FANOUT_TEST(failures_after_the_first_are_listed_too) {
  task_group group(co_await asio::this_coro::executor);
  group.create_task(converts(1000, "second"), "b");
  group.create_task(throws_after(10, "first"), "a");
  FANOUT_CHECK_THROWS(oops, "first", co_await group.join());
  lines texts;
  for (auto const& f : group.failures()) texts.push_back(f.name + ": " + what_of(f.exception));
  lines const expected{"a: first", "b: second"};
  BOOST_TEST(texts == expected, per_element());
}

FANOUT_TEST(an_error_of_a_task_counts_as_looked_at) {
  fanout_test::unhandled errors;
  {
    task_group group(co_await asio::this_coro::executor);
    group.create_task(throws_after(10, "oops"));
    FANOUT_CHECK_THROWS(oops, "oops", co_await group.join());
  }
  BOOST_TEST(errors.log.empty());
}

FANOUT_TEST(a_task_that_is_cancelled_on_its_own_has_not_failed) {
  task_group group(co_await asio::this_coro::executor);
  auto const cancelled = group.create_task(after(1000, 1));
  auto const other = group.create_task(after(20, 2));
  co_await sleep_ms(5);
  cancelled.cancel();
  co_await group.join();
  BOOST_TEST(cancelled.cancelled());
  BOOST_TEST(other.result() == 2);
  BOOST_TEST(group.failures().empty());
}

FANOUT_TEST(no_task_can_be_created_while_the_others_are_being_cancelled) {
  task_group group(co_await asio::this_coro::executor);
  group.create_task(cleans_up(1000, 50));
  group.create_task(throws_after(10, "oops"));
  co_await sleep_ms(20);
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, group.create_task(after(1, 1)));
  FANOUT_CHECK_THROWS(oops, "oops", co_await group.join());
}

FANOUT_TEST(with_keep_going_one_failure_ends_nothing) {
  lines heard;
  task_group group(co_await asio::this_coro::executor, keep_going,
                   fanout::on_error([&](std::string_view name, std::exception_ptr const& e) {
                     heard.push_back(std::string(name) + ": " + what_of(e));
                   }));
  group.create_task(throws_after(10, "oops"), "bad");
  auto const good = group.create_task(after(30, 1));
  co_await sleep_ms(20);
  auto const later = group.create_task(after(30, 2));
  co_await group.join();
  BOOST_TEST(good.result() == 1);
  BOOST_TEST(later.result() == 2);
  lines const expected{"bad: oops"};
  BOOST_TEST(heard == expected, per_element());
  BOOST_TEST(group.failures().empty()); // on_error has them
}

FANOUT_TEST(collect_receives_every_failure) {
  std::vector<failure> all;
  task_group group(co_await asio::this_coro::executor, keep_going, fanout::collect(all));
  for (int i = 0; i < 3; ++i)
    group.create_task(throws_after(30 - i * 10, std::to_string(i)), "task " + std::to_string(i));
  co_await group.join();
  lines texts;
  for (auto const& f : all) texts.push_back(f.name + ": " + what_of(f.exception));
  lines const expected{"task 2: 2", "task 1: 1", "task 0: 0"};
  BOOST_TEST(texts == expected, per_element());
}

FANOUT_TEST(without_on_error_keep_going_lists_the_failures) {
  task_group group(co_await asio::this_coro::executor, keep_going);
  group.create_task(throws_after(10, "oops"), "bad");
  co_await group.join();
  BOOST_REQUIRE(group.failures().size() == 1u);
  BOOST_TEST(group.failures()[0].name == "bad");
}

// ---- limit and slot

FANOUT_TEST(with_a_limit_the_others_wait_for_their_turn) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor, fanout::limit(2));
  lines log;
  for (auto const* name : {"a", "b", "c"}) group.create_task(logged(log, name, 10));
  co_await group.join();
  lines const expected{"+a", "+b", "-a", "+c", "-b", "-c"};
  BOOST_TEST(log == expected, per_element());
  BOOST_TEST(elapsed() == 20);
}

FANOUT_TEST(a_slot_is_there_when_a_task_would_start_at_once) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor, fanout::limit(2));
  std::vector<long long> moments;
  for (int i = 0; i < 6; ++i) {
    co_await group.slot();
    moments.push_back(elapsed());
    group.create_task(after(10, i));
  }
  co_await group.join();
  std::vector<long long> const expected{0, 0, 10, 10, 20, 20};
  BOOST_TEST(moments == expected, per_element());
}

FANOUT_TEST(no_slot_is_given_while_tasks_wait_for_their_turn) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor, fanout::limit(1));
  group.create_task(after(10, 1));
  group.create_task(after(10, 2));
  co_await group.slot();
  BOOST_TEST(elapsed() == 20);
  co_await group.join();
}

FANOUT_TEST(a_slot_that_is_not_used_is_not_lost) {
  task_group group(co_await asio::this_coro::executor, fanout::limit(1));
  co_await group.slot();
  co_await group.slot();
  auto const task = group.create_task(after(10, 1));
  co_await group.join();
  BOOST_TEST(task.result() == 1);
}

FANOUT_TEST(without_a_limit_there_is_always_a_slot) {
  task_group group(co_await asio::this_coro::executor);
  group.create_task(after(10, 1));
  co_await group.slot();
  co_await group.join();
}

FANOUT_TEST(a_wait_for_a_slot_can_be_cancelled_and_leaves_it_to_others) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex, fanout::limit(1));
  group.create_task(after(10, 1));
  co_await sleep_ms(1);
  auto const gone = fanout::create_task(ex, group.slot());
  auto const stays = fanout::create_task(ex, group.slot());
  co_await sleep_ms(1);
  gone.cancel();
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await gone);
  co_await stays;
  co_await group.join();
}

FANOUT_TEST(who_waits_for_a_slot_of_a_group_that_fails_gets_none) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex, fanout::limit(2));
  group.create_task(cleans_up(1000, 50));
  group.create_task(throws_after(10, "oops"));
  co_await sleep_ms(1);
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, co_await group.slot());
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, group.create_task(after(1, 1)));
  FANOUT_CHECK_THROWS(oops, "oops", co_await group.join());
}

FANOUT_TEST(who_waits_for_a_slot_of_a_group_that_is_cancelled_gets_none) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex, fanout::limit(1));
  group.create_task(cleans_up(1000, 50));
  co_await sleep_ms(1);
  auto const waits = fanout::create_task(ex, group.slot());
  co_await sleep_ms(1);
  stopwatch const elapsed;
  group.cancel();
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, co_await waits);
  BOOST_TEST(elapsed() == 0);
  co_await group.join();
  BOOST_TEST(elapsed() == 50);
}

FANOUT_TEST(who_waits_in_vain_for_a_slot_hears_that_the_group_has_ended) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex, fanout::limit(1));
  group.create_task(throws_after(10, "oops"));
  co_await sleep_ms(1);
  auto const first = fanout::create_task(ex, group.slot());
  auto const second = fanout::create_task(ex, group.slot());
  FANOUT_CHECK_THROWS(oops, "oops", co_await group.join());
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, co_await first);
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, co_await second);
}

FANOUT_TEST(tasks_that_wait_for_their_turn_are_cancelled_and_never_start) {
  lines log;
  task_group group(co_await asio::this_coro::executor, fanout::limit(1));
  group.create_task(throws_after(10, "oops"));
  auto const waits = group.create_task(logged(log, "a", 10));
  FANOUT_CHECK_THROWS(oops, "oops", co_await group.join());
  BOOST_TEST(waits.cancelled());
  BOOST_TEST(log.empty());
}

FANOUT_TEST(a_task_that_waits_for_its_turn_can_be_cancelled) {
  lines log;
  task_group group(co_await asio::this_coro::executor, fanout::limit(1));
  group.create_task(after(10, 1));
  auto const waits = group.create_task(logged(log, "a", 10));
  waits.cancel();
  co_await group.join();
  BOOST_TEST(waits.cancelled());
  BOOST_TEST(log.empty());
}

// ---- time

FANOUT_TEST(a_task_that_takes_too_long_has_failed) {
  task_group group(co_await asio::this_coro::executor, fanout::child_timeout<virtual_clock>(20ms));
  group.create_task(after(1000, 1), "slow");
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded", co_await group.join());
  BOOST_TEST(group.failures()[0].name == "slow");
}

FANOUT_TEST(a_deadline_ends_the_whole_group) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor, fanout::deadline<virtual_clock>(20ms));
  group.create_task(after(1000, 1));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded", co_await group.join());
  BOOST_TEST(elapsed() == 20);
}

// ---- cancellation

FANOUT_TEST(cancel_ends_all_tasks_and_the_join_without_error) {
  stopwatch const elapsed;
  task_group group(co_await asio::this_coro::executor);
  auto const a = group.create_task(cleans_up(1000, 5));
  auto const b = group.create_task(after(1000, 1));
  co_await sleep_ms(10);
  group.cancel();
  co_await group.join();
  BOOST_TEST(a.cancelled());
  BOOST_TEST(b.cancelled());
  BOOST_TEST(elapsed() == 15);
}

FANOUT_TEST(an_error_of_a_task_that_is_cancelled_so_counts) {
  task_group group(co_await asio::this_coro::executor);
  group.create_task(converts(1000, "in the middle"));
  co_await sleep_ms(10);
  group.cancel();
  FANOUT_CHECK_THROWS(oops, "in the middle", co_await group.join());
}

FANOUT_TEST(cancelling_twice_or_after_the_end_does_nothing) {
  task_group group(co_await asio::this_coro::executor);
  lines log;
  group.create_task(logged(log, "a", 1000));
  co_await sleep_ms(1);
  group.cancel();
  group.cancel();
  co_await group.join();
  group.cancel();
  lines const expected{"+a", "!a"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(a_cancelled_join_cancels_all_and_waits_for_their_end) {
  auto const ex = co_await asio::this_coro::executor;
  stopwatch const elapsed;
  task_group group(ex);
  auto const a = group.create_task(cleans_up(1000, 5));
  auto const join = fanout::create_task(ex, group.join());
  co_await sleep_ms(10);
  join.cancel();
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await join);
  BOOST_TEST(elapsed() == 15);
  BOOST_TEST(a.cancelled());
}

FANOUT_TEST(a_task_on_an_executor_of_its_own_is_cancelled_there_by_its_future) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  task_group group(ex);
  auto const bound =
      group.create_task(asio::bind_executor(asio::make_strand(ex), logged(log, "a", 1000)));
  auto const made = group.create_task(
      [&] { return asio::bind_executor(asio::make_strand(ex), logged(log, "b", 1000)); });
  auto const other = group.create_task(after(10, 1));
  co_await sleep_ms(1);
  bound.cancel();
  made.cancel();
  co_await group.join();
  BOOST_TEST(bound.cancelled());
  BOOST_TEST(made.cancelled());
  BOOST_TEST(other.result() == 1);
  lines const expected{"+a", "+b", "!a", "!b"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(a_task_on_its_way_to_an_executor_of_its_own_does_not_run_once_it_is_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  for (std::string const by : {"the future", "the group", "the end of the group"})
    for (int const hops : {0, 1}) {
      BOOST_TEST_CONTEXT(hops << " turns, by " << by) {
        lines log;
        std::optional<task_group> group(std::in_place, ex);
        auto const task =
            group->create_task(asio::bind_executor(asio::make_strand(ex), logged(log, "a", 1000)));
        for (int i = 0; i < hops; ++i) co_await hop(i);
        if (by == "the future")
          task.cancel();
        else if (by == "the group")
          group->cancel();
        else
          group.reset();
        co_await sleep_ms(1);
        BOOST_TEST(log.empty());
        BOOST_TEST(task.cancelled());
      }
    }
}

FANOUT_TEST(the_type_of_a_request_is_passed_on) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  task_group group(ex);
  group.create_task(hears(log, "a", 50));
  auto const join = fanout::create_task(ex, group.join());
  co_await sleep_ms(10);
  join.cancel(asio::cancellation_type::partial);
  co_await sleep_ms(10);
  join.cancel(asio::cancellation_type::total);
  co_await join;
  lines const expected{"a:partial", "a:total"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(destroying_a_group_cancels_its_tasks_and_does_not_wait) {
  lines log;
  {
    task_group group(co_await asio::this_coro::executor);
    group.create_task(logged(log, "a", 1000));
    co_await sleep_ms(1);
  }
  lines const before{"+a"};
  BOOST_TEST(log == before, per_element());
  co_await sleep_ms(1);
  lines const after{"+a", "!a"};
  BOOST_TEST(log == after, per_element());
}

FANOUT_TEST(a_join_survives_its_group) {
  auto const ex = co_await asio::this_coro::executor;
  std::optional<task_group> group(ex);
  group->create_task(after(1000, 1));
  auto const join = fanout::create_task(ex, group->join());
  co_await sleep_ms(1);
  group.reset();
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await join);
}

FANOUT_TEST(a_group_can_be_moved) {
  task_group first(co_await asio::this_coro::executor);
  auto const task = first.create_task(after(10, 1));
  task_group second(std::move(first));
  second.create_task(after(20, 2));
  co_await second.join();
  BOOST_TEST(task.result() == 1);
}

// ---- for days

BOOST_AUTO_TEST_CASE(finished_tasks_leave_nothing_behind) {
  asio::io_context context(1);
  task_group group(context, keep_going);
  auto const thousand = [&] {
    for (int i = 0; i < 1000; ++i) group.create_task(at_once(i), "a task with a long enough name");
    context.restart();
    context.run();
  };
  thousand();
  thousand();
  fanout_test::heap_mark const mark;
  for (int i = 0; i < 20; ++i) thousand();
  auto const used = mark.since();
  BOOST_TEST((used.allocations > 0) == fanout_test::counts_allocations());
  BOOST_TEST(used.allocations == used.frees);
}

FANOUT_TEST(of_a_hundred_connections_one_fails_and_99_finish) {
  int failed = 0, finished = 0;
  task_group group(
      co_await asio::this_coro::executor, keep_going, fanout::limit(10),
      fanout::on_error([&](std::string_view, std::exception_ptr const&) { ++failed; }));
  auto serve = [&finished](int i) -> awaitable<void> {
    co_await sleep_ms(i % 7);
    if (i == 42) throw oops("42");
    ++finished;
  };
  for (int i = 0; i < 100; ++i) {
    co_await group.slot();
    group.create_task(serve(i));
  }
  co_await group.join();
  BOOST_TEST(failed == 1);
  BOOST_TEST(finished == 99);
}

// ---- hooks and conditions

FANOUT_TEST(hooks_hear_of_every_end_of_a_task) {
  std::vector<std::size_t> order;
  lines told;
  auto const tell = [&told](fanout::progress const& p) {
    told.push_back(std::to_string(p.index) + ": " + std::to_string(p.ended) + " of " +
                   std::to_string(p.started) + " ended, " + std::to_string(p.failed) + " failed");
    BOOST_TEST(!p.total.has_value());
  };
  task_group group(co_await asio::this_coro::executor, keep_going, fanout::completion_order(order),
                   fanout::on_progress(tell));
  group.create_task(after(20, 1));
  group.create_task(throws_after(10, "oops"));
  co_await sleep_ms(15);
  group.create_task(after(10, 2));
  co_await group.join();
  BOOST_TEST(order == (std::vector<std::size_t>{1, 0, 2}), per_element());
  lines const expected{"1: 1 of 2 ended, 1 failed", "0: 2 of 3 ended, 1 failed",
                       "2: 3 of 3 ended, 1 failed"};
  BOOST_TEST(told == expected, per_element());
}

FANOUT_TEST(a_condition_ends_the_group_and_no_task_comes_any_more) {
  stopwatch const elapsed;
  auto const enough = [](std::size_t index, std::exception_ptr const&) {
    return index == 1 ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  };
  task_group group(co_await asio::this_coro::executor, fanout::cancel_when(enough));
  group.create_task(after(10, 1));
  group.create_task(after(20, 2));
  auto const slow = group.create_task(cleans_up(1000, 5));
  co_await sleep_ms(22);
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, group.create_task(after(1, 1)));
  co_await group.join();
  BOOST_TEST(slow.cancelled());
  BOOST_TEST(elapsed() == 25);
}

// ---- contexts

BOOST_AUTO_TEST_CASE(an_idle_group_does_not_keep_its_context_busy) {
  asio::io_context context(1);
  task_group group(context);
  auto const task = group.create_task(at_once(1));
  context.run();
  BOOST_TEST(task.result() == 1);
}

BOOST_AUTO_TEST_CASE(a_group_may_outlive_its_context) {
  auto context = std::make_unique<asio::io_context>(1);
  auto alive = std::make_shared<int>(0);
  task_group group(*context);
  auto const task = group.create_task([alive]() -> awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    co_await timer.async_wait(asio::use_awaitable);
  });
  auto const waits = group.create_task(at_once(1));
  context->poll();
  context.reset();
  BOOST_TEST(alive.use_count() == 1);
  BOOST_TEST(!task.done());
  group.cancel();
  FANOUT_CHECK_THROWS(fanout::invalid_state, over, group.create_task(at_once(1)));
}

BOOST_AUTO_TEST_CASE(tasks_that_never_started_are_abandoned_with_their_context) {
  auto context = std::make_unique<asio::io_context>(1);
  std::optional<task_group> group(*context);
  auto const task = group->create_task(at_once(1));
  context.reset();
  BOOST_TEST(!task.done());
  BOOST_TEST(!task.cancel());
  group.reset();
}

BOOST_AUTO_TEST_CASE(tasks_are_cancelled_by_the_end_of_a_context_of_their_own) {
  asio::io_context context(1);
  auto other = std::make_unique<asio::io_context>(1);
  auto alive = std::make_shared<int>(0);
  auto const waits = [alive]() -> awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    co_await timer.async_wait(asio::use_awaitable);
  };
  task_group group(context);
  auto const in_group = group.create_task(asio::bind_executor(other->get_executor(), waits));
  auto const alone = fanout::create_task(context, asio::bind_executor(*other, waits()));
  context.poll();
  other->poll();
  BOOST_TEST(alive.use_count() > 2);
  other.reset();
  BOOST_TEST(alive.use_count() == 2); // that of `waits` is left
  BOOST_TEST(!in_group.done());
  BOOST_TEST(!alone.done());
  context.restart();
  context.poll();
  BOOST_TEST(in_group.cancelled());
  BOOST_TEST(alone.cancelled());
}

BOOST_AUTO_TEST_CASE(run_cancels_and_awaits_what_a_forgotten_group_still_runs) {
  lines log;
  std::optional<task_group> group;
  auto const main = [&]() -> awaitable<void> {
    group.emplace(co_await asio::this_coro::executor);
    group->create_task(logged(log, "a", 1000));
    co_await sleep_ms(1);
  };
  fanout::run_virtual(main);
  lines const expected{"+a", "!a"};
  BOOST_TEST(log == expected, per_element());
}

BOOST_AUTO_TEST_CASE(every_token_fits) {
  asio::io_context context(1);
  task_group group(context);
  group.create_task(throws_at_once("oops"));
  auto joined = group.join()(asio::bind_executor(context.get_executor(), asio::use_future));
  bool called = false;
  group.join()([&](std::exception_ptr const& e) { called = what_of(e) == "oops"; });
  context.run();
  FANOUT_CHECK_THROWS(oops, "oops", joined.get());
  BOOST_TEST(called);
}

FANOUT_TEST(the_tasks_of_a_group_are_listed_by_their_names) {
  auto const ex = co_await asio::this_coro::executor;
  task_group group(ex);
  group.create_task(after(10, 1), "one");
  co_await sleep_ms(1);
  bool found = false;
  for (auto const& each : fanout::all_tasks(ex)) found = found || each.name == "task 'one'";
  BOOST_TEST(found);
  co_await group.join();
}

// ---- with_task_group

FANOUT_TEST(with_task_group_returns_what_the_function_does_when_all_have_ended) {
  stopwatch const elapsed;
  auto const body = [](task_group& group) -> awaitable<int> {
    auto const a = group.create_task(after(20, 1));
    group.create_task(after(50, 2));
    co_return co_await a + 10;
  };
  BOOST_TEST(co_await with_task_group(body) == 11);
  BOOST_TEST(elapsed() == 50);
}

FANOUT_TEST(the_function_of_with_task_group_is_cancelled_with_the_others) {
  stopwatch const elapsed;
  auto const body = [](task_group& group) -> awaitable<void> {
    group.create_task(throws_after(10, "oops"));
    co_await sleep_ms(1000);
  };
  FANOUT_CHECK_THROWS(oops, "oops", co_await with_task_group(body));
  BOOST_TEST(elapsed() == 10);
}

FANOUT_TEST(an_error_of_the_function_cancels_the_tasks) {
  lines log;
  auto const body = [&log](task_group& group) -> awaitable<void> {
    group.create_task(logged(log, "a", 1000));
    co_await sleep_ms(10);
    throw oops("body");
  };
  FANOUT_CHECK_THROWS(oops, "body", co_await with_task_group(body));
  lines const expected{"+a", "!a"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(with_task_group_yields_any_value) {
  auto const moved = [](task_group&) { return moved_after(1, 7); };
  auto const m = co_await with_task_group(moved);
  BOOST_TEST(*m.number == 7);
  auto const undefaulted = [](task_group&) { return undefaulted_after(1, 8); };
  auto const u = co_await with_task_group(undefaulted);
  BOOST_TEST(u.number == 8);
}

FANOUT_TEST(with_task_group_takes_the_policies_of_a_group) {
  std::vector<failure> all;
  auto const body = [](task_group& group) -> awaitable<int> {
    group.create_task(throws_after(10, "oops"), "bad");
    co_await sleep_ms(20);
    co_return 5;
  };
  BOOST_TEST(co_await with_task_group(body, keep_going, fanout::collect(all)) == 5);
  BOOST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0].name == "bad");
}

FANOUT_TEST(a_cancelled_with_task_group_ends_when_all_have_ended) {
  auto const ex = co_await asio::this_coro::executor;
  stopwatch const elapsed;
  auto body = [](task_group& group) -> awaitable<void> {
    group.create_task(cleans_up(1000, 5));
    co_await sleep_ms(1000);
  };
  auto const task = fanout::create_task(ex, with_task_group(body));
  co_await sleep_ms(10);
  task.cancel();
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await task);
  BOOST_TEST(elapsed() == 15);
}

FANOUT_TEST(with_task_group_passes_the_type_of_a_request_on_and_yields_what_comes_all_the_same) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  auto const body = [&log](task_group& group) -> awaitable<int> {
    group.create_task(hears(log, "a", 50));
    co_return 7;
  };
  auto const task = fanout::create_task(ex, with_task_group(body));
  co_await sleep_ms(10);
  task.cancel(asio::cancellation_type::partial);
  co_await sleep_ms(10);
  task.cancel(asio::cancellation_type::total);
  BOOST_TEST(co_await task == 7);
  lines const expected{"a:partial", "a:total"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(groups_can_stand_in_groups) {
  stopwatch const elapsed;
  auto const inner = [](task_group& group) -> awaitable<void> {
    group.create_task(cleans_up(1000, 5));
    group.create_task(throws_after(10, "inner"));
    co_await sleep_ms(1000);
  };
  auto const outer = [&](task_group& group) -> awaitable<void> {
    group.create_task(cleans_up(1000, 5));
    co_await with_task_group(inner);
  };
  FANOUT_CHECK_THROWS(oops, "inner", co_await with_task_group(outer));
  BOOST_TEST(elapsed() == 20);
}

FANOUT_TEST(a_timeout_ends_a_group_and_a_shield_protects_it) {
  stopwatch const elapsed;
  auto const body = [](task_group& group) -> awaitable<void> {
    group.create_task(cleans_up(1000, 5));
    co_return;
  };
  auto limited = fanout::timeout<virtual_clock>(10ms, with_task_group(body));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded", co_await std::move(limited));
  BOOST_TEST(elapsed() == 15);
  lines log;
  auto const quick = [&log](task_group& group) -> awaitable<void> {
    group.create_task(logged(log, "a", 20));
    co_return;
  };
  auto shielded = fanout::timeout<virtual_clock>(10ms, fanout::shield(with_task_group(quick)));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded", co_await std::move(shielded));
  co_await sleep_ms(20);
  lines const expected{"+a", "-a"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(with_task_group_can_be_gathered) {
  auto const body = [](task_group& group) -> awaitable<int> {
    group.create_task(after(10, 1));
    co_return 3;
  };
  auto both = fanout::gather(with_task_group(body), with_task_group(body));
  auto const r = co_await std::move(both);
  BOOST_TEST(std::get<0>(r) + std::get<1>(r) == 6);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace task_groups
