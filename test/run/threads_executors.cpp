//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 10, 11: children on executors of their own and on pools, who runs in parallel and who
// must not, hooks and lazy ranges among threads.

#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <ranges>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace threads_executors {

namespace asio = boost::asio;
using asio::any_io_executor;
using asio::awaitable;
using fanout::gather;
using fanout_test::crowd;
using fanout_test::meeting;
using fanout_test::result_of;
using namespace std::chrono_literals;
using zoo::oops;

// A context that one thread runs. Where children are on several contexts, the pool that the gather
// runs on is joined before any of these is destroyed, and destroyed after all of them: their
// threads may still be leaving a post to each other.
struct one_thread {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread{[this] { context.run(); }};

  ~one_thread() {
    work.reset();
    thread.join();
  }
};

// ---- children

awaitable<std::thread::id> where() {
  co_await asio::post(asio::deferred);
  co_return std::this_thread::get_id();
}

awaitable<any_io_executor> executor_of_child() {
  auto const executor = co_await asio::this_coro::executor;
  co_await asio::post(asio::deferred);
  co_return executor;
}

awaitable<int> hops(crowd& here, int n) {
  crowd::visit const visit(here);
  for (int i = 0; i < n; ++i) co_await asio::post(asio::deferred);
  co_return n;
}

awaitable<bool> meets(meeting& others) {
  co_await asio::post(asio::deferred);
  co_return others.attend();
}

// Only a child that nobody runs beside may do this.
awaitable<int> counts(int& plain, int n) {
  for (int i = 0; i < n; ++i) {
    ++plain;
    co_await asio::post(asio::deferred);
  }
  co_return n;
}

awaitable<int> fails(int hops_before) {
  for (int i = 0; i < hops_before; ++i) co_await asio::post(asio::deferred);
  throw oops("failed");
}

std::vector<awaitable<bool>> two_that_meet(meeting& m) {
  std::vector<awaitable<bool>> children;
  children.push_back(meets(m));
  children.push_back(meets(m));
  return children;
}

std::vector<awaitable<int>> that_count(int& plain, int children, int steps) {
  std::vector<awaitable<int>> made;
  for (int i = 0; i < children; ++i) made.push_back(counts(plain, steps));
  return made;
}

awaitable<bool> grandchildren_meet() {
  meeting m(2);
  auto const met = co_await gather(two_that_meet(m));
  co_return met[0] && met[1];
}

awaitable<int> grandchildren_count(int& plain) {
  auto const counted = co_await gather(that_count(plain, 4, 50));
  co_return static_cast<int>(counted.size());
}

// What makes children cancellable, and never happens.
auto const cancellable = fanout::child_timeout(1h);

BOOST_AUTO_TEST_SUITE(threads_executors_test)

// ---- who runs where

BOOST_AUTO_TEST_CASE(children_run_on_the_executors_they_are_bound_to) {
  asio::thread_pool pool(4);
  one_thread a, b;
  auto const [on_a, on_b, on_pool] =
      result_of(gather(pool, asio::bind_executor(a.context, where()),
                       asio::bind_executor(b.context, where()), where()));
  BOOST_TEST((on_a == a.thread.get_id()));
  BOOST_TEST((on_b == b.thread.get_id()));
  pool.join();
  BOOST_TEST((on_pool != on_a && on_pool != on_b && on_pool != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(children_on_different_executors_may_end_at_once) {
  asio::thread_pool pool(2), other(2);
  one_thread third;
  auto const strand = asio::make_strand(pool);
  for (int round = 0; round < 200; ++round) {
    crowd here;
    auto const r =
        result_of(gather(pool, hops(here, 1), asio::bind_executor(other, hops(here, 2)),
                         asio::bind_executor(third.context, hops(here, 3)),
                         asio::bind_executor(strand, hops(here, 4)), fanout::return_exceptions));
    BOOST_TEST(std::get<0>(r).value() == 1);
    BOOST_TEST(std::get<1>(r).value() == 2);
    BOOST_TEST(std::get<2>(r).value() == 3);
    BOOST_TEST(std::get<3>(r).value() == 4);
    BOOST_TEST(here.inside() == 0);
  }
  pool.join();
}

BOOST_AUTO_TEST_CASE(children_on_different_executors_are_cancelled_each_on_its_own) {
  asio::thread_pool pool(2), other(2);
  one_thread third;
  auto const strand = asio::make_strand(pool);
  for (int round = 0; round < 100; ++round) {
    crowd here;
    auto const call = [&] {
      result_of(gather(pool, hops(here, 1'000'000),
                       asio::bind_executor(other, hops(here, 1'000'000)),
                       asio::bind_executor(third.context, hops(here, 1'000'000)),
                       asio::bind_executor(strand, hops(here, 1'000'000)), fails(round % 7),
                       fanout::cancel_on_error));
    };
    FANOUT_CHECK_THROWS(oops, "failed", call());
    BOOST_TEST(here.inside() == 0);
  }
  pool.join();
}

BOOST_AUTO_TEST_CASE(awaitables_with_concrete_executors_run_there) {
  using on_pool = asio::thread_pool::executor_type;
  using on_context = asio::io_context::executor_type;
  asio::thread_pool pool(2);
  one_thread other;
  auto const pooled = []() -> awaitable<std::thread::id, on_pool> {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable_t<on_pool>());
    co_return std::this_thread::get_id();
  };
  auto const there = []() -> awaitable<std::thread::id, on_context> {
    co_return std::this_thread::get_id();
  };
  auto const [a, b, c] =
      result_of(gather(pool, pooled(), asio::bind_executor(other.context, there()), pooled));
  pool.join();
  BOOST_TEST((a != other.thread.get_id() && a != std::this_thread::get_id()));
  BOOST_TEST((b == other.thread.get_id()));
  BOOST_TEST((c != other.thread.get_id() && c != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(the_handler_may_run_on_another_executor_than_the_children) {
  one_thread home;
  asio::thread_pool pool(4);
  for (int round = 0; round < 200; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 4; ++i) children.push_back(hops(here, i));
    auto const in_handler = [](std::exception_ptr, std::vector<int> const&) {
      return std::this_thread::get_id();
    };
    auto ended = gather(pool, std::move(children))(
        asio::bind_executor(home.context, asio::use_future(in_handler)));
    BOOST_TEST((fanout_test::get(std::move(ended)) == home.thread.get_id()));
  }
}

// ---- in parallel, and not

BOOST_AUTO_TEST_CASE(children_on_a_pool_run_in_parallel) {
  asio::thread_pool pool(4);
  meeting m(2);
  auto const met = result_of(gather(pool, two_that_meet(m)));
  BOOST_TEST((met[0] && met[1]));
}

BOOST_AUTO_TEST_CASE(children_on_a_pool_that_can_be_cancelled_run_in_parallel) {
  asio::thread_pool pool(4);
  meeting m(2);
  auto const met = result_of(gather(pool, two_that_meet(m), cancellable));
  BOOST_TEST((met[0] && met[1]));
}

BOOST_AUTO_TEST_CASE(grandchildren_on_a_pool_run_in_parallel) {
  asio::thread_pool pool(4);
  std::vector<awaitable<bool>> children;
  children.push_back(grandchildren_meet());
  BOOST_TEST(result_of(gather(pool, std::move(children), cancellable)).at(0));
}

BOOST_AUTO_TEST_CASE(children_on_a_strand_of_the_user_never_run_in_parallel) {
  asio::thread_pool pool(4);
  int plain = 0;
  result_of(gather(asio::make_strand(pool), that_count(plain, 4, 100), cancellable));
  BOOST_TEST(plain == 400);
}

BOOST_AUTO_TEST_CASE(grandchildren_on_a_strand_of_the_user_never_run_in_parallel) {
  asio::thread_pool pool(4);
  int plain = 0;
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 3; ++i) children.push_back(grandchildren_count(plain));
  result_of(gather(asio::make_strand(pool), std::move(children), cancellable));
  BOOST_TEST(plain == 600);
}

BOOST_AUTO_TEST_CASE(grandchildren_of_a_child_bound_to_a_strand_never_run_in_parallel) {
  asio::thread_pool pool(4);
  auto const strand = asio::make_strand(pool);
  int plain = 0;
  result_of(gather(pool, asio::bind_executor(strand, grandchildren_count(plain)),
                   asio::bind_executor(strand, grandchildren_count(plain)), cancellable));
  BOOST_TEST(plain == 400);
}

BOOST_AUTO_TEST_CASE(a_strand_over_any_executor_is_kept_too) {
  asio::thread_pool pool(4);
  int plain = 0;
  auto const strand = asio::make_strand(any_io_executor(pool.get_executor()));
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 3; ++i) children.push_back(grandchildren_count(plain));
  result_of(gather(any_io_executor(strand), std::move(children), cancellable));
  BOOST_TEST(plain == 600);
}

// ---- the serial executors of children

BOOST_AUTO_TEST_CASE(children_on_a_pool_that_nobody_can_cancel_use_the_executor_itself) {
  asio::thread_pool pool(2);
  any_io_executor const outer = pool.get_executor();
  auto const [a, b] = result_of(gather(pool, executor_of_child(), executor_of_child()));
  BOOST_TEST((a == outer && b == outer));
}

BOOST_AUTO_TEST_CASE(each_child_on_a_pool_that_can_be_cancelled_has_a_serial_executor_of_its_own) {
  asio::thread_pool pool(2);
  any_io_executor const outer = pool.get_executor();
  auto const [a, b] =
      result_of(gather(pool, executor_of_child(), executor_of_child(), cancellable));
  BOOST_TEST((a != outer && b != outer && a != b));
  BOOST_TEST((&asio::query(a, asio::execution::context) == &pool));
}

BOOST_AUTO_TEST_CASE(a_child_bound_to_a_pool_has_a_serial_executor_of_its_own_too) {
  asio::thread_pool pool(2), other(2);
  any_io_executor const outer = other.get_executor();
  auto const [a, b] =
      result_of(gather(pool, asio::bind_executor(other, executor_of_child()),
                       asio::bind_executor(other, executor_of_child()), cancellable));
  BOOST_TEST((a != outer && b != outer && a != b));
  BOOST_TEST((&asio::query(a, asio::execution::context) == &other));
  pool.join();
}

BOOST_AUTO_TEST_CASE(a_child_on_a_strand_of_the_user_stays_on_it) {
  asio::thread_pool pool(2);
  any_io_executor const strand = asio::make_strand(pool);
  auto const [a, b] =
      result_of(gather(strand, executor_of_child(), executor_of_child(), cancellable));
  BOOST_TEST((a == strand && b == strand));
}

// One child, many steps in flight at once: they come one after another.
awaitable<int> many_at_once(int& plain) {
  auto const executor = co_await asio::this_coro::executor;
  for (int i = 0; i < 100; ++i) asio::post(executor, [&plain] { ++plain; });
  for (int i = 0; i < 20; ++i) co_await asio::post(asio::deferred);
  co_return plain;
}

BOOST_AUTO_TEST_CASE(no_two_steps_of_one_child_run_at_once) {
  asio::thread_pool pool(4);
  int first = 0, second = 0;
  auto const r = result_of(gather(pool, many_at_once(first), many_at_once(second), cancellable));
  BOOST_TEST((r == std::tuple(100, 100)));
}

// ---- lazy ranges

BOOST_AUTO_TEST_CASE(a_lazy_range_is_never_used_by_two_threads_at_once) {
  asio::thread_pool pool(4);
  int plain = 0;
  crowd here, source;
  auto const child = [&](int i) {
    crowd::visit const visit(source);
    ++plain;
    return hops(here, i % 3);
  };
  for (int round = 0; round < 20; ++round)
    result_of(
        gather(pool, std::views::iota(0, 100) | std::views::transform(child), fanout::limit(4)));
  BOOST_TEST(plain == 2000);
  BOOST_TEST(source.most() == 1);
  BOOST_TEST(here.most() <= 4);
}

BOOST_AUTO_TEST_CASE(a_lazy_range_is_advanced_by_whichever_thread_frees_up) {
  asio::thread_pool pool(4);
  meeting m(4); // the last children come only if the first do not wait for one another
  auto const child = [&m](int i) -> awaitable<bool> {
    co_await asio::post(asio::deferred);
    co_return i < 50 || m.attend();
  };
  auto const met = result_of(
      gather(pool, std::views::iota(0, 54) | std::views::transform(child), fanout::limit(4)));
  BOOST_TEST(met == std::vector<bool>(54, true), boost::test_tools::per_element());
}

// ---- hooks

BOOST_AUTO_TEST_CASE(hooks_on_a_pool_are_called_one_at_a_time_and_before_the_handler) {
  asio::thread_pool pool(4);
  for (int round = 0; round < 50; ++round) {
    crowd here;
    std::vector<std::size_t> told; // as it is not synchronised
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 8; ++i) children.push_back(hops(here, i % 3));
    auto const tell =
        fanout::on_progress([&told](fanout::progress const& p) { told.push_back(p.ended); });
    auto const in_handler = [&told](std::exception_ptr, std::vector<int> const&) { return told; };
    auto ended = gather(pool, std::move(children), tell)(asio::use_future(in_handler));
    BOOST_TEST(fanout_test::get(std::move(ended)) ==
                   (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(hooks_and_a_limit_on_a_pool_see_every_child) {
  asio::thread_pool pool(4);
  crowd here;
  int plain = 0;
  auto const child = [&here](int i) { return hops(here, i % 3); };
  auto const values = result_of(
      gather(pool, std::views::iota(0, 100) | std::views::transform(child), fanout::limit(3),
             fanout::on_progress([&plain](fanout::progress const&) { ++plain; })));
  BOOST_TEST(values.size() == 100);
  BOOST_TEST(plain == 100);
  BOOST_TEST(here.most() <= 3);
}

awaitable<int> fails_when(std::atomic<bool>& allowed) {
  while (!allowed) co_await asio::post(asio::deferred);
  throw oops("late");
}

BOOST_AUTO_TEST_CASE(late_errors_on_a_pool_are_told_one_at_a_time) {
  int plain = 0;
  std::atomic<bool> over = false;
  asio::thread_pool pool(4);
  std::vector<awaitable<int>> children;
  children.push_back(fails(0));
  for (int i = 0; i < 7; ++i) children.push_back(fails_when(over));
  auto const late =
      fanout::on_late_error([&plain](std::size_t, std::exception_ptr const&) { ++plain; });
  auto const call = [&] { result_of(gather(pool, std::move(children), late)); };
  FANOUT_CHECK_THROWS(oops, "failed", call());
  over = true;
  pool.join();
  BOOST_TEST(plain == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_executors
