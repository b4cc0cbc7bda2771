//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Tasks, groups and streams with `eager`.

#include <fanout/all_tasks.hpp>
#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/task_group.hpp>

#include "../support/completions.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/steps.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eager_tasks {

using namespace zoo;
using namespace steps;
using fanout::as_completed;
using fanout::create_task;
using fanout::eager;
using fanout::gather;
using fanout::keep_going;
using fanout::limit;
using fanout::task_group;
using fanout::with_task_group;
using fanout_test::check_error;

BOOST_AUTO_TEST_SUITE(eager_tasks_test)

// ---- tasks

FANOUT_TEST(a_task_starts_inside_the_call_and_may_be_done_when_it_returns) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const done = create_task(executor, step(log, "a", 1), "a", eager);
  auto const waits = create_task(executor, two_steps(log, "b", 2), "b", eager);
  log.push_back("the calls have returned");
  BOOST_TEST(done.done());
  BOOST_TEST(done.result() == 1);
  BOOST_TEST(done.name() == "a");
  BOOST_TEST(!waits.done());
  BOOST_TEST(waits.name() == "b");
  BOOST_TEST(co_await waits == 2);
  check(log, {"a", "b", "the calls have returned", "b goes on"});
}

FANOUT_TEST(a_task_needs_no_name) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  BOOST_TEST(create_task(executor, step(log, "a"), eager).done());
  auto const named = create_task(executor, fanout::named("its own", step(log, "b")), eager);
  BOOST_TEST(named.name() == "its own");
  check(log, {"a", "b"});
}

FANOUT_TEST(an_error_of_a_first_step_is_in_the_future) {
  auto const failed =
      create_task(co_await asio::this_coro::executor, throws_at_once("oops"), "f", eager);
  BOOST_TEST(failed.done());
  check_error<oops>(failed.exception(), "oops");
}

FANOUT_TEST(an_initiation_that_throws_in_a_first_step_is_an_error_in_the_future) {
  auto const executor = co_await asio::this_coro::executor;
  auto const operation = create_task(executor, throwing_initiation("operation"), eager);
  check_error<oops>(operation.exception(), "operation");
  auto const body = []() -> awaitable<void> { co_await throwing_initiation("in a coroutine"); };
  auto const coroutine = create_task(executor, body(), eager);
  co_await sleep_ms(1);
  check_error<oops>(coroutine.exception(), "in a coroutine");
}

FANOUT_TEST(callbacks_of_a_task_that_was_done_at_once_take_a_turn) {
  strings log;
  auto const task = create_task(co_await asio::this_coro::executor, step(log, "a"), eager);
  task.add_done_callback([&log](auto const&) { log.push_back("callback"); });
  log.push_back("added");
  co_await sleep_ms(1);
  check(log, {"a", "added", "callback"});
}

FANOUT_TEST(a_task_on_another_context_starts_there) {
  strings log;
  asio::io_context other;
  auto const task = create_task(other, step(log, "a"), eager);
  BOOST_TEST(!task.done());
  BOOST_TEST(log.empty());
  other.run();
  BOOST_TEST(task.done());
  check(log, {"a"});
  co_return;
}

FANOUT_TEST(a_task_on_a_strand_starts_inside_a_call_on_that_strand) {
  strings log;
  auto const strand = asio::make_strand(co_await asio::this_coro::executor);
  auto const body = [&] {
    auto const task = create_task(strand, step(log, "a"), eager);
    BOOST_TEST(task.done());
    log.push_back("the call has returned");
  };
  co_await asio::post(asio::bind_executor(strand, asio::deferred));
  asio::dispatch(strand, body);
  co_await sleep_ms(1);
  check(log, {"a", "the call has returned"});
}

FANOUT_TEST(all_tasks_lists_a_task_that_has_started_inside_the_call) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const task = create_task(executor, after(5, 1), "waiting", eager);
  std::vector<std::string> names;
  for (auto const& each : fanout::all_tasks(executor)) names.push_back(each.name);
  BOOST_TEST(std::count(names.begin(), names.end(), "task 'waiting'") == 1);
  BOOST_TEST(co_await task == 1);
}

// ---- groups

FANOUT_TEST(tasks_of_a_group_start_inside_the_call) {
  strings log;
  task_group group(co_await asio::this_coro::executor, eager);
  auto const a = group.create_task(step(log, "a", 1));
  auto const b = group.create_task(two_steps(log, "b", 2));
  log.push_back("the calls have returned");
  BOOST_TEST(a.done());
  BOOST_TEST(!b.done());
  co_await group.join();
  BOOST_TEST(b.result() == 2);
  check(log, {"a", "b", "the calls have returned", "b goes on"});
}

FANOUT_TEST(a_task_of_a_group_that_creates_another_one_starts_it_inside_the_call) {
  strings log;
  task_group group(co_await asio::this_coro::executor, eager);
  auto const outer = [&]() -> awaitable<void> {
    log.push_back("outer");
    auto const inner = group.create_task(step(log, "inner"));
    BOOST_TEST(inner.done());
    log.push_back("outer goes on");
    co_return;
  };
  auto const task = group.create_task(outer);
  BOOST_TEST(task.done());
  co_await group.join();
  check(log, {"outer", "inner", "outer goes on"});
}

FANOUT_TEST(a_limit_of_a_group_holds_for_tasks_that_start_inside_the_call) {
  strings log;
  task_group group(co_await asio::this_coro::executor, limit(1), eager);
  group.create_task(step(log, "a"));
  group.create_task(two_steps(log, "b"));
  auto const c = group.create_task(step(log, "c"));
  BOOST_TEST(!c.done());
  log.push_back("the calls have returned");
  co_await group.join();
  check(log, {"a", "b", "the calls have returned", "b goes on", "c"});
}

FANOUT_TEST(failures_of_first_steps_are_listed) {
  task_group group(co_await asio::this_coro::executor, keep_going, eager);
  group.create_task(throws_at_once("one"), "first");
  group.create_task(throws_at_once("two"), "second");
  auto const failures = group.failures();
  BOOST_REQUIRE(failures.size() == 2u);
  BOOST_TEST(failures[0].name == "first");
  check_error<oops>(failures[1].exception, "two");
  co_await group.join();
}

FANOUT_TEST(with_task_group_goes_on_without_a_turn_if_all_tasks_have_ended) {
  strings log;
  co_await ready_handler(log);
  int const sum = co_await with_task_group(
      [&log](task_group& group) -> awaitable<int> {
        log.push_back("body");
        auto const a = group.create_task(step(log, "a", 1));
        auto const b = group.create_task(step(log, "b", 2));
        co_return a.result() + b.result();
      },
      eager);
  log.push_back("after the await");
  co_await sleep_ms(1);
  BOOST_TEST(sum == 3);
  check(log, {"body", "a", "b", "after the await", "ready handler"});
}

FANOUT_TEST(with_task_group_yields_a_value_that_cannot_be_copied) {
  auto const body = [](task_group&) -> awaitable<move_only> { co_return move_only(7); };
  auto const value = co_await with_task_group(body, eager);
  BOOST_TEST(*value.number == 7);
}

FANOUT_TEST(with_task_group_waits_for_a_task_that_waits) {
  strings log;
  co_await with_task_group(
      [&log](task_group& group) -> awaitable<void> {
        group.create_task(two_steps(log, "a"));
        co_return;
      },
      eager);
  log.push_back("after the await");
  check(log, {"a", "a goes on", "after the await"});
}

FANOUT_TEST(with_task_group_throws_the_failure_of_a_task_that_has_ended_at_once) {
  strings log;
  FANOUT_CHECK_THROWS(oops, "oops",
                      co_await with_task_group(
                          [](task_group& group) -> awaitable<int> {
                            group.create_task(throws_at_once("oops"));
                            co_return 1;
                          },
                          eager));
  FANOUT_CHECK_THROWS(oops, "body",
                      co_await with_task_group(
                          [](task_group&) -> awaitable<int> {
                            throw oops("body");
                            co_return 1;
                          },
                          eager));
}

// ---- streams

FANOUT_TEST(children_of_a_stream_start_inside_the_first_wait) {
  strings log;
  co_await ready_handler(log);
  auto stream = as_completed(list(two_steps(log, "a", 1), step(log, "b", 2)), eager);
  log.push_back("made");
  CHECK_ENDS(std::move(stream), "1: 2", "0: 1");
  check(log, {"made", "a", "b", "ready handler", "a goes on"});
}

FANOUT_TEST(children_of_a_stream_with_an_executor_start_inside_the_call) {
  strings log;
  auto stream = as_completed(co_await asio::this_coro::executor,
                             list(two_steps(log, "a", 1), step(log, "b", 2)), eager);
  log.push_back("made");
  CHECK_ENDS(std::move(stream), "1: 2", "0: 1");
  check(log, {"a", "b", "made", "a goes on"});
}

FANOUT_TEST(a_stream_on_another_context_starts_there) {
  strings log;
  asio::io_context other;
  {
    auto const stream = as_completed(other, list(step(log, "a")), eager);
    BOOST_TEST(log.empty());
    other.run();
    check(log, {"a"});
  }
  co_return;
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace eager_tasks
