//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: a future as an operation, with tokens and in `gather`; and operations as tasks.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace futures_operations {

using namespace zoo;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout::promise;
using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(futures_operations_test)

// ---- tokens

BOOST_AUTO_TEST_CASE(a_future_can_be_waited_for_with_every_token) {
  asio::io_context context;
  promise<int> p(context);
  auto const f = p.get_future();
  lines log;
  f([&log](std::exception_ptr error, int value) {
    log.push_back(error ? "error" : "callback " + std::to_string(value));
  });
  std::future<int> std_future = f(asio::use_future);
  auto deferred = f(asio::deferred);
  std::move(deferred)([&log](std::exception_ptr, int value) {
    log.push_back("deferred " + std::to_string(value));
  });
  fanout_test::drive(context);
  BOOST_TEST(log.empty());
  p.set_value(7);
  BOOST_TEST(log.empty());
  fanout_test::drive(context);
  BOOST_TEST(log == (lines{"callback 7", "deferred 7"}), per_element());
  BOOST_REQUIRE((std_future.wait_for(std::chrono::seconds(0)) == std::future_status::ready));
  BOOST_TEST(std_future.get() == 7);
}

FANOUT_TEST(the_tokens_of_coroutines_work_too) {
  promise<int> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  p.set_value(7);
  BOOST_TEST(co_await f(asio::use_awaitable) == 7);
  auto const [error, value] = co_await f(asio::as_tuple(asio::use_awaitable)); // trivial
  BOOST_TEST((error == nullptr));
  BOOST_TEST(value == 7);
}

BOOST_AUTO_TEST_CASE(a_handler_runs_on_its_own_executor) {
  asio::io_context context, other;
  promise<int> p(context);
  int value = 0;
  p.get_future()(asio::bind_executor(other, [&](std::exception_ptr, int v) { value = v; }));
  p.set_value(7);
  BOOST_TEST(context.poll() == 0u);
  BOOST_TEST(value == 0);
  BOOST_TEST(other.poll() == 1u);
  BOOST_TEST(value == 7);
}

BOOST_AUTO_TEST_CASE(a_wait_keeps_the_executor_of_its_handler_busy) {
  asio::io_context context, other;
  promise<int> p(context);
  bool called = false;
  p.get_future()(asio::bind_executor(other, [&](std::exception_ptr, int) { called = true; }));
  BOOST_TEST(other.poll() == 0u);
  BOOST_TEST(!other.stopped()); // a run() would wait
  p.set_value(7);
  BOOST_TEST(other.run() == 1u);
  BOOST_TEST(called);
}

// ---- in gather

FANOUT_TEST(the_same_future_fills_every_place_and_runs_once) {
  auto const executor = co_await asio::this_coro::executor;
  lines log;
  auto const f = create_task(executor, logged(log, "f", 10, 7));
  auto const [a, b, c] = co_await gather(f, after(5, 1), f); // trivial
  BOOST_TEST(a == 7);
  BOOST_TEST(b == 1);
  BOOST_TEST(c == 7);
  BOOST_TEST(log == (lines{"+f", "-f"}), per_element());
  BOOST_TEST(f.result() == 7);
}

FANOUT_TEST(a_range_of_futures_is_read_and_left_as_it_is) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<future<int>> const tasks{create_task(executor, after(10, 1)),
                                       create_task(executor, after(5, 2))};
  auto const values = co_await gather(std::span(tasks));
  BOOST_TEST(values == (std::vector<int>{1, 2}), per_element());
  BOOST_TEST(tasks[0].result() == 1);
}

FANOUT_TEST(a_failed_future_fails_the_gather_with_its_error) {
  auto const executor = co_await asio::this_coro::executor;
  auto const f = create_task(executor, throws_after(5, "broken"));
  auto const g = create_task(executor, after(10, 1));
  FANOUT_CHECK_THROWS(oops, "broken", co_await gather(f, g));
  BOOST_TEST(co_await g == 1);
}

FANOUT_TEST(a_gather_can_be_a_task) {
  auto const executor = co_await asio::this_coro::executor;
  auto const f = create_task(executor, gather(after(10, 1), after(5, 2)));
  static_assert(std::is_same_v<decltype(f), future<std::tuple<int, int>> const>);
  co_await sleep_ms(20);
  BOOST_TEST(f.done());
  BOOST_TEST((f.result() == std::tuple(1, 2)));
}

FANOUT_TEST(an_operation_and_a_bound_child_can_be_tasks) {
  auto const executor = co_await asio::this_coro::executor;
  asio::io_context other;
  auto const f = create_task(executor, completes_with({}, 7));
  auto const g = create_task(executor, asio::bind_executor(other, completes_with({}, 8)));
  BOOST_TEST(co_await f == 7);
  BOOST_TEST(!g.done());
  fanout_test::drive(other);
  BOOST_TEST(co_await g == 8);
}

FANOUT_TEST(an_operation_that_throws_at_its_start_fails_the_task) {
  auto const f = create_task(co_await asio::this_coro::executor, throwing_initiation("no start"));
  FANOUT_CHECK_THROWS(oops, "no start", co_await f);
}

// ---- a task as a child

FANOUT_TEST(of_a_task_and_a_coroutine_that_fail_in_one_turn_the_first_in_time_counts) {
  auto const executor = co_await asio::this_coro::executor;
  promise<int> opens(executor);
  auto const fails = [](future<int> gate, std::string text) -> awaitable<int> {
    co_await gate;
    throw oops(text);
  };
  auto const task = create_task(executor, fails(opens.get_future(), "the task"));
  auto const both = create_task(executor, gather(fails(opens.get_future(), "the other"), task));
  co_await sleep_ms(1);
  opens.set_value(0);
  FANOUT_CHECK_THROWS(oops, "the task", co_await both);
}

FANOUT_TEST(of_a_task_that_failed_before_and_one_that_fails_now_the_first_in_time_counts) {
  auto const executor = co_await asio::this_coro::executor;
  auto const fails = [](std::string text) -> awaitable<int> {
    co_await hop(1);
    throw oops(text);
  };
  auto const before = create_task(executor, fails("before"));
  co_await sleep_ms(1);
  auto const now = create_task(executor, fails("now"));
  FANOUT_CHECK_THROWS(oops, "before", co_await gather(before, now));
}

FANOUT_TEST(of_a_task_that_is_done_and_one_that_ends_now_the_first_in_time_comes_first) {
  auto const executor = co_await asio::this_coro::executor;
  auto const ends = [](int value) -> awaitable<int> {
    co_await hop(1);
    co_return value;
  };
  auto const before = create_task(executor, ends(1));
  co_await sleep_ms(1);
  BOOST_TEST((co_await fanout::race(before, create_task(executor, ends(2)))).index == 0u);
  BOOST_TEST((co_await fanout::first_success(before, create_task(executor, ends(2)))).index == 0u);
  auto stream = fanout::as_completed(before, create_task(executor, ends(2)));
  BOOST_TEST((co_await stream.next())->index == 0u);
  BOOST_TEST((co_await stream.next())->index == 1u);
}

FANOUT_TEST(a_hundred_thousand_tasks_that_are_done_end_without_native_stack) {
  auto const executor = co_await asio::this_coro::executor;
  auto const done = create_task(executor, after(0, 1));
  co_await done;
  std::vector<future<int>> const futures(100'000, done);
  BOOST_TEST((co_await gather(futures)).size() == futures.size());
  BOOST_TEST((co_await gather(futures, fanout::limit(1))).size() == futures.size());
  auto stream = fanout::as_completed(futures, fanout::limit(3));
  std::size_t ends = 0;
  while (co_await stream.next()) ++ends;
  BOOST_TEST(ends == futures.size());
}

FANOUT_TEST(a_promise_tells_a_gather_from_a_handler) {
  auto const executor = co_await asio::this_coro::executor;
  promise<int> p(executor);
  int told = 0;
  auto operation =
      gather(p.get_future(), after(5, 2), fanout::on_progress([&told](auto const&) { ++told; }));
  auto const both = create_task(executor, std::move(operation));
  co_await sleep_ms(1);
  p.set_value(1);
  BOOST_TEST(told == 0);
  co_await sleep_ms(1);
  BOOST_TEST(told == 1);
  co_await both;
}

FANOUT_TEST(tasks_of_tasks_end_without_native_stack) {
  auto const executor = co_await asio::this_coro::executor;
  auto last = create_task(executor, after(10, 7));
  for (int i = 0; i < 100'000; ++i) last = create_task(executor, last);
  BOOST_TEST(co_await last == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace futures_operations
