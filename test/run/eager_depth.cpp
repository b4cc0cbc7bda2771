//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Operations with `eager` in one another and in loops: the order, the native stack, and the turns
// of the other handlers.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/result.hpp>
#include <fanout/task_group.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/sanitizers.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <pthread.h>

namespace eager_depth {

using namespace zoo;
using fanout::create_task;
using fanout::eager;
using fanout::gather;
using fanout::task_group;
using fanout::with_task_group;
using strings = std::vector<std::string>;

#if defined(FANOUT_TEST_ADDRESS_SANITIZER) || defined(FANOUT_TEST_THREAD_SANITIZER)
constexpr int deep = 10'000, often = 50'000;
#else
constexpr int deep = 100'000, often = 1'000'000;
#endif

// Runs `f` on a thread with a stack of 256 KiB, or more where a sanitizer makes frames large.
void on_a_small_stack(std::function<void()> const& f) {
#if defined(FANOUT_TEST_ADDRESS_SANITIZER) || defined(FANOUT_TEST_THREAD_SANITIZER)
  std::size_t const size = 1024 * 1024;
#else
  std::size_t const size = 256 * 1024;
#endif
  pthread_attr_t attributes;
  BOOST_REQUIRE(pthread_attr_init(&attributes) == 0);
  BOOST_REQUIRE(pthread_attr_setstacksize(&attributes, size) == 0);
  pthread_t thread;
  auto const run = [](void* function) -> void* {
    (*static_cast<std::function<void()> const*>(function))();
    return nullptr;
  };
  BOOST_REQUIRE(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&f)) ==
                0);
  BOOST_REQUIRE(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

// Runs a coroutine on a small stack, and gives what it yields.
template <class F>
int on_a_small_stack_in_a_context(F f) {
  int yielded = -1;
  on_a_small_stack([&] {
    asio::io_context context;
    asio::co_spawn(context, std::move(f), [&](std::exception_ptr error, int value) {
      if (!error) yielded = value;
    });
    context.run();
  });
  return yielded;
}

awaitable<int> nested(int depth) {
  if (depth == 0) co_return 0;
  auto const [n, one] = co_await gather(nested(depth - 1), at_once(1), eager);
  co_return n + one;
}

awaitable<int> nested_and_waiting(int depth) {
  if (depth == 0) co_return co_await hop(0);
  auto const [n, one] = co_await gather(nested_and_waiting(depth - 1), at_once(1), eager);
  co_return n + one;
}

awaitable<int> nested_races(int depth) {
  if (depth == 0) co_return 0;
  auto const won = co_await fanout::race(nested_races(depth - 1), at_once(-1), eager);
  co_return won.value + 1;
}

awaitable<int> nested_groups(int depth) {
  if (depth == 0) co_return 0;
  auto const body = [depth](task_group& group) -> awaitable<int> {
    group.create_task(nothing_at_once());
    co_return co_await nested_groups(depth - 1);
  };
  co_return 1 + co_await with_task_group(body, eager);
}

awaitable<int> nested_tasks(int depth) {
  if (depth == 0) co_return 0;
  auto const executor = co_await asio::this_coro::executor;
  co_return 1 + co_await create_task(executor, nested_tasks(depth - 1), eager);
}

awaitable<int> ready_in_a_loop(int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) {
    auto const [a, b] = co_await gather(at_once(1), at_once(0), eager);
    sum += a + b;
  }
  co_return sum;
}

BOOST_AUTO_TEST_SUITE(eager_depth_test)

// ---- the stack

BOOST_AUTO_TEST_CASE(a_hundred_thousand_nested_gathers_need_no_native_stack) {
  BOOST_TEST(on_a_small_stack_in_a_context([] { return nested(deep); }) == deep);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_nested_gathers_that_wait_need_no_native_stack) {
  BOOST_TEST(on_a_small_stack_in_a_context([] { return nested_and_waiting(deep); }) == deep);
}

BOOST_AUTO_TEST_CASE(nested_races_need_no_native_stack) {
  BOOST_TEST(on_a_small_stack_in_a_context([] { return nested_races(deep); }) == deep);
}

BOOST_AUTO_TEST_CASE(nested_groups_need_no_native_stack) {
  BOOST_TEST(on_a_small_stack_in_a_context([] { return nested_groups(deep / 10); }) == deep / 10);
}

BOOST_AUTO_TEST_CASE(nested_tasks_need_no_native_stack) {
  BOOST_TEST(on_a_small_stack_in_a_context([] { return nested_tasks(deep / 10); }) == deep / 10);
}

BOOST_AUTO_TEST_CASE(a_million_ready_gathers_in_a_loop_need_no_native_stack) {
  BOOST_TEST(on_a_small_stack_in_a_context([] { return ready_in_a_loop(often); }) == often);
}

BOOST_AUTO_TEST_CASE(a_loop_inside_a_child_needs_no_native_stack) {
  auto const outer = []() -> awaitable<int> {
    auto const [n, one] = co_await gather(ready_in_a_loop(often / 10), at_once(1), eager);
    co_return n + one;
  };
  BOOST_TEST(on_a_small_stack_in_a_context(outer) == often / 10 + 1);
}

// ---- the order

awaitable<void> branch(strings& log, std::string name, int depth) {
  log.push_back(name + " starts");
  if (depth > 0)
    co_await gather(branch(log, name + "1", depth - 1), branch(log, name + "2", depth - 1), eager);
  log.push_back(name + " ends");
}

FANOUT_TEST(nested_gathers_start_depth_first) {
  strings log;
  co_await gather(branch(log, "a", 1), branch(log, "b", 1), eager);
  strings const expected{"a starts", "a1 starts", "a1 ends", "a2 starts", "a2 ends", "a ends",
                         "b starts", "b1 starts", "b1 ends", "b2 starts", "b2 ends", "b ends"};
  BOOST_TEST(log == expected, boost::test_tools::per_element());
}

FANOUT_TEST(a_gather_in_a_coroutine_that_a_child_spawns_starts_before_the_child_goes_on) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const spawns = [&]() -> awaitable<void> {
    log.push_back("child");
    asio::co_spawn(executor, branch(log, "a", 1), asio::detached);
    log.push_back("child goes on");
    co_return;
  };
  co_await gather(spawns, eager);
  strings const expected{"child",     "a starts", "a1 starts", "a1 ends",
                         "a2 starts", "a2 ends",  "a ends",    "child goes on"};
  BOOST_TEST(log == expected, boost::test_tools::per_element());
}

FANOUT_TEST(tasks_start_inside_eight_nested_calls_and_deeper_ones_by_a_turn) {
  auto const executor = co_await asio::this_coro::executor;
  int started = 0;
  std::function<awaitable<void>()> const nest = [&]() -> awaitable<void> {
    if (++started < 20) create_task(executor, nest(), eager);
    co_return;
  };
  create_task(executor, nest(), eager);
  BOOST_TEST(started == 8);
  co_await sleep_ms(1);
  BOOST_TEST(started == 20);
}

// ---- the turns of others

FANOUT_TEST(after_64_ready_gathers_in_a_row_the_next_passes_through_the_executor) {
  auto const executor = co_await asio::this_coro::executor;
  int turns = 0;
  bool over = false;
  std::function<void()> const count = [&] {
    ++turns;
    if (!over) asio::post(executor, count);
  };
  asio::post(executor, count);
  co_await ready_in_a_loop(64);
  BOOST_TEST(turns == 0);
  co_await ready_in_a_loop(1);
  BOOST_TEST(turns == 1);
  co_await ready_in_a_loop(64);
  BOOST_TEST(turns == 1);
  co_await ready_in_a_loop(650 - 64);
  BOOST_TEST(turns == 11);
  over = true;
  co_await sleep_ms(1);
}

FANOUT_TEST(ready_gathers_inside_children_are_counted_for_each_child) {
  bool ran = false;
  asio::post(co_await asio::this_coro::executor, [&ran] { ran = true; });
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 200; ++i) children.push_back(ready_in_a_loop(3));
  auto const all = co_await gather(std::move(children), eager);
  BOOST_TEST(all.size() == 200u);
  BOOST_TEST(!ran);
  co_await sleep_ms(1);
}

FANOUT_TEST(a_loop_whose_children_gather_too_starves_no_other_handler) {
  bool ran = false;
  asio::post(co_await asio::this_coro::executor, [&ran] { ran = true; });
  int rounds = 0;
  while (!ran) {
    BOOST_REQUIRE(++rounds <= 100);
    co_await gather(nested(2), nested(2), eager);
  }
  BOOST_TEST(rounds == 65);
}

FANOUT_TEST(a_loop_that_also_starts_tasks_of_a_group_starves_no_other_handler) {
  auto const executor = co_await asio::this_coro::executor;
  task_group group(executor, eager);
  bool ran = false;
  asio::post(executor, [&ran] { ran = true; });
  int rounds = 0;
  while (!ran) {
    BOOST_REQUIRE(++rounds <= 100);
    co_await gather(at_once(1), eager);
    group.create_task(nothing_at_once());
  }
  BOOST_TEST(rounds == 65);
  co_await group.join();
}

FANOUT_TEST(a_loop_of_ready_gathers_hears_its_cancellation) {
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  std::exception_ptr error;
  bool ended = false;
  auto const forever = []() -> awaitable<void> {
    for (;;) co_await gather(at_once(1), at_once(2), eager);
  };
  asio::co_spawn(executor, forever,
                 asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e) {
                   error = e;
                   ended = true;
                 }));
  asio::post(executor, [&] { signal.emit(asio::cancellation_type::terminal); });
  co_await sleep_ms(1);
  BOOST_REQUIRE(ended);
  BOOST_TEST(fanout::is_cancelled(error));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace eager_depth
