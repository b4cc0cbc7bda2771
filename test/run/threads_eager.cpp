//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Operations with `eager` on pools, on strands of pools and between contexts.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/run.hpp>
#include <fanout/task_group.hpp>

#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace threads_eager {

using namespace zoo;
using namespace std::chrono_literals;
using fanout::cancel_on_error;
using fanout::create_task;
using fanout::eager;
using fanout::gather;
using fanout::task_group;
using fanout::with_task_group;
using fanout_test::get;

constexpr int rounds = 200;

template <class Executor, class F>
auto spawned(Executor const& executor, F f) {
  return get(asio::co_spawn(executor, std::move(f), asio::use_future));
}

// Gathers inside gathers, of children that wait and of others.
awaitable<int> tree(int depth) {
  if (depth == 0) co_return co_await gather(at_once(0), hop(1), eager), 1;
  auto const [a, b, c] =
      co_await gather(tree(depth - 1), hop(1), tree(depth - 1), cancel_on_error, eager);
  co_return a + b + c;
}

BOOST_AUTO_TEST_SUITE(threads_eager_test)

BOOST_AUTO_TEST_CASE(children_start_on_the_thread_of_the_call) {
  asio::thread_pool pool(3);
  spawned(pool.get_executor(), []() -> awaitable<void> {
    for (int i = 0; i < rounds; ++i) {
      auto const here = std::this_thread::get_id();
      std::thread::id first, second;
      auto const writes = [](std::thread::id& id) -> awaitable<int> {
        id = std::this_thread::get_id();
        co_return 0;
      };
      co_await gather(writes(first), writes(second), eager);
      BOOST_TEST((first == here && second == here));
    }
  });
}

BOOST_AUTO_TEST_CASE(the_last_end_on_another_thread_meets_the_end_of_the_call) {
  asio::thread_pool pool(4);
  std::atomic<int> ended = 0;
  auto const body = [&]() -> awaitable<void> {
    for (int i = 0; i < rounds; ++i) {
      auto const [a, b] = co_await gather(hop(1), hop(2), eager);
      ended += a + b;
    }
  };
  std::vector<std::future<void>> all;
  for (int i = 0; i < 4; ++i) all.push_back(asio::co_spawn(pool, body, asio::use_future));
  for (auto& each : all) get(std::move(each));
  BOOST_TEST(ended == 4 * rounds * 3);
}

BOOST_AUTO_TEST_CASE(trees_on_a_pool_and_on_strands_of_it) {
  asio::thread_pool pool(4);
  std::vector<std::future<int>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(asio::co_spawn(pool, [] { return tree(4); }, asio::use_future));
    all.push_back(
        asio::co_spawn(asio::make_strand(pool), [] { return tree(4); }, asio::use_future));
  }
  for (auto& each : all) BOOST_TEST(get(std::move(each)) == 31);
}

BOOST_AUTO_TEST_CASE(a_loop_of_ready_gathers_on_a_pool_ends) {
  asio::thread_pool pool(2);
  int const sum = spawned(pool.get_executor(), []() -> awaitable<int> {
    int n = 0;
    for (int i = 0; i < 5000; ++i) {
      auto const [a] = co_await gather(at_once(1), cancel_on_error, eager);
      n += a;
    }
    co_return n;
  });
  BOOST_TEST(sum == 5000);
}

BOOST_AUTO_TEST_CASE(children_bound_to_a_pool_and_to_strands_start_there) {
  asio::io_context context;
  asio::thread_pool pool(2);
  int const sum = fanout::run([&]() -> awaitable<int> {
    int n = 0;
    for (int i = 0; i < rounds; ++i) {
      auto const [a, b, c] =
          co_await gather(asio::bind_executor(pool, tree(1)), tree(1),
                          asio::bind_executor(asio::make_strand(pool), tree(1)), eager);
      n += a + b + c;
    }
    co_return n;
  });
  BOOST_TEST(sum == rounds * 9);
  pool.join();
}

BOOST_AUTO_TEST_CASE(an_executor_of_another_context_stands_first) {
  asio::thread_pool pool(2);
  int const sum = fanout::run([&]() -> awaitable<int> {
    int n = 0;
    for (int i = 0; i < rounds; ++i) {
      auto const [a, b] = co_await gather(pool, at_once(1), hop(2), eager);
      n += a + b;
    }
    co_return n;
  });
  BOOST_TEST(sum == rounds * 3);
  pool.join();
}

BOOST_AUTO_TEST_CASE(tasks_and_groups_on_a_pool) {
  asio::thread_pool pool(3);
  int const sum = spawned(pool.get_executor(), []() -> awaitable<int> {
    auto const executor = co_await asio::this_coro::executor;
    int n = 0;
    for (int i = 0; i < rounds / 4; ++i) {
      auto const task = create_task(executor, tree(1), "task", eager);
      n += co_await with_task_group(
          [](task_group& group) -> awaitable<int> {
            auto const a = group.create_task(tree(1));
            auto const b = group.create_task(at_once(2));
            co_return co_await a + co_await b;
          },
          eager);
      n += co_await task;
    }
    co_return n;
  });
  BOOST_TEST(sum == rounds / 4 * 8);
}

BOOST_AUTO_TEST_CASE(tasks_of_one_group_are_created_on_several_threads) {
  asio::thread_pool pool(4);
  std::atomic<int> ended = 0;
  task_group group(pool, eager);
  std::vector<std::future<void>> all;
  for (int i = 0; i < 4; ++i)
    all.push_back(asio::post(pool, asio::use_future([&] {
                               for (int k = 0; k < rounds; ++k)
                                 group.create_task([&ended]() -> awaitable<void> {
                                   co_await hop(1);
                                   ++ended;
                                 });
                             })));
  for (auto& each : all) get(std::move(each));
  get(group.join()(asio::use_future));
  BOOST_TEST(ended == 4 * rounds);
}

BOOST_AUTO_TEST_CASE(requests_from_another_thread_meet_first_steps) {
  asio::thread_pool pool(3);
  int ended = 0, cancelled = 0;
  for (int i = 0; i < rounds; ++i) {
    asio::cancellation_signal signal;
    auto const strand = asio::make_strand(pool);
    auto waits = []() -> awaitable<void> {
      asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
      co_await timer.async_wait(asio::deferred);
    };
    auto const body = [waits]() -> awaitable<void> {
      co_await gather(tree(1), waits(), tree(2), eager);
    };
    auto done = std::make_shared<std::promise<std::exception_ptr>>();
    asio::co_spawn(strand, body,
                   asio::bind_cancellation_slot(
                       signal.slot(), asio::bind_executor(strand, [done](std::exception_ptr e) {
                         done->set_value(e);
                       })));
    if (i % 3 == 0) std::this_thread::sleep_for(10us);
    asio::post(strand, [&signal] { signal.emit(asio::cancellation_type::terminal); });
    auto const error = get(done->get_future());
    ++ended;
    cancelled += fanout::is_cancelled(error);
  }
  BOOST_TEST(ended == rounds);
  BOOST_TEST(cancelled == rounds);
  pool.join();
}

BOOST_AUTO_TEST_CASE(run_with_several_threads) {
  fanout::run_options options;
  options.threads = 3;
  int const sum = fanout::run(
      []() -> awaitable<int> {
        int n = 0;
        for (int i = 0; i < rounds; ++i) n += co_await tree(2);
        co_return n;
      },
      options);
  BOOST_TEST(sum == rounds * 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_eager
