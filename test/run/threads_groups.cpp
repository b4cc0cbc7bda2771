//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: all members of a task group are thread-safe; for ThreadSanitizer above all.

#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/task_group.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace threads_groups {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::awaitable;
using fanout::gather;
using fanout::keep_going;
using fanout::task_group;

constexpr int rounds = 50;

awaitable<void> hops(int n, std::atomic<int>& ended) {
  for (int i = 0; i < n; ++i) co_await asio::post(asio::deferred);
  ++ended;
}

awaitable<void> fails(int n) {
  for (int i = 0; i < n; ++i) co_await asio::post(asio::deferred);
  throw std::runtime_error("fails");
}

template <class Operation>
void wait(asio::thread_pool& pool, Operation operation) {
  fanout_test::get(
      std::move(operation)(asio::bind_executor(pool.get_executor(), asio::use_future)));
}

// Runs f(0) to f(n - 1) at the same time, each on a thread of its own.
template <class F>
void at_once(int n, F const& f) {
  fanout_test::meeting start(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i)
    threads.emplace_back([&start, &f, i] {
      start.attend();
      f(i);
    });
  for (auto& thread : threads) thread.join();
}

BOOST_AUTO_TEST_SUITE(threads_groups_test)

BOOST_AUTO_TEST_CASE(tasks_come_from_several_threads) {
  asio::thread_pool pool(4);
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> ended{0};
    task_group group(pool);
    at_once(4, [&](int i) {
      for (int j = 0; j < 10; ++j) group.create_task(hops(i + j % 3, ended));
    });
    wait(pool, group.join());
    BOOST_TEST(ended == 40);
  }
}

BOOST_AUTO_TEST_CASE(a_limit_holds_on_several_threads) {
  asio::thread_pool pool(4);
  fanout_test::crowd crowd;
  std::atomic<int> ended{0};
  task_group group(pool, keep_going, fanout::limit(3));
  auto counted = [&]() -> awaitable<void> {
    {
      fanout_test::crowd::visit const inside(crowd);
      co_await asio::post(asio::deferred);
    }
    ++ended;
  };
  at_once(4, [&](int) {
    for (int j = 0; j < 100; ++j) {
      wait(pool, group.slot());
      group.create_task(counted);
    }
  });
  wait(pool, group.join());
  BOOST_TEST(ended == 400);
  BOOST_TEST(crowd.most() <= 3);
}

BOOST_AUTO_TEST_CASE(join_ends_after_the_futures_of_tasks_that_have_waited_in_vain) {
  asio::thread_pool pool(3);
  for (bool const by_request : {false, true}) {
    task_group group(pool, fanout::limit(1));
    fanout::promise<void> opens(pool);
    auto fails_later = [gate = opens.get_future()]() -> awaitable<void> {
      co_await gate;
      throw std::runtime_error("fails");
    };
    group.create_task(std::move(fails_later));
    std::shared_ptr<void> slow(nullptr, [](void*) { std::this_thread::sleep_for(20ms); });
    auto slow_to_go = [held = std::move(slow)]() -> awaitable<void> { co_return; };
    auto const queued = group.create_task(std::move(slow_to_go));
    if (by_request) queued.cancel();
    opens.set_value();
    BOOST_CHECK_THROW(wait(pool, group.join()), std::runtime_error);
    BOOST_TEST((queued.done() && queued.cancelled()));
  }
}

BOOST_AUTO_TEST_CASE(failures_are_told_one_at_a_time) {
  asio::thread_pool pool(4);
  int told = 0; // not atomic: one call at a time
  task_group group(pool, keep_going,
                   fanout::on_error([&](std::string_view, std::exception_ptr const&) { ++told; }));
  at_once(4, [&](int i) {
    for (int j = 0; j < 50; ++j) group.create_task(fails((i + j) % 4));
  });
  wait(pool, group.join());
  BOOST_TEST(told == 200);
}

BOOST_AUTO_TEST_CASE(one_creates_one_cancels_one_asks_and_one_joins) {
  asio::thread_pool pool(4);
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> ended{0};
    task_group group(pool, fanout::limit(2));
    at_once(4, [&](int i) {
      if (i == 0) try {
          for (int j = 0; j < 20; ++j) group.create_task(hops(3, ended));
        } catch (fanout::invalid_state const&) { // it came too late
        }
      if (i == 1) group.cancel();
      if (i == 2) static_cast<void>(group.failures());
      if (i == 3) wait(pool, group.join());
    });
    BOOST_TEST(ended <= 20);
  }
}

BOOST_AUTO_TEST_CASE(the_first_failure_cancels_the_others_on_several_threads) {
  asio::thread_pool pool(4);
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> ended{0};
    task_group group(pool);
    for (int j = 0; j < 8; ++j) group.create_task(hops(1000, ended));
    group.create_task(fails(round % 5));
    BOOST_CHECK_THROW(wait(pool, group.join()), std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(a_group_is_destroyed_while_its_tasks_run) {
  asio::thread_pool pool(4);
  auto const ended = std::make_shared<std::atomic<int>>(0);
  auto task = [ended]() -> awaitable<void> { co_await hops(20, *ended); };
  for (int round = 0; round < rounds; ++round) {
    task_group group(pool);
    for (int j = 0; j < 8; ++j) group.create_task(task);
  }
  pool.join();
  BOOST_TEST(*ended <= rounds * 8);
}

BOOST_AUTO_TEST_CASE(a_context_is_destroyed_before_its_group) {
  for (int round = 0; round < rounds; ++round) {
    auto pool = std::make_unique<asio::thread_pool>(2);
    auto const ended = std::make_shared<std::atomic<int>>(0);
    task_group group(*pool);
    for (int j = 0; j < 8; ++j)
      group.create_task([ended]() -> awaitable<void> { co_await hops(20, *ended); });
    pool->stop();
    pool->join();
    pool.reset();
    BOOST_CHECK_THROW(group.create_task(hops(1, *ended)), fanout::invalid_state);
  }
}

BOOST_AUTO_TEST_CASE(stragglers_end_while_they_are_handed_over) {
  asio::thread_pool pool(4);
  std::atomic<int> forgotten{0};
  auto const before = fanout::set_unhandled_error_handler(
      [&](std::string_view, std::exception_ptr const&) { ++forgotten; });
  std::atomic<int> ended{0};
  std::atomic<int> late{0};
  int heard = 0; // not atomic: one call at a time
  int told = 0;
  {
    task_group group(
        pool, keep_going,
        fanout::on_error([&](std::string_view, std::exception_ptr const&) { ++heard; }),
        fanout::on_progress([&](fanout::progress const&) { ++told; }));
    for (int round = 0; round < rounds; ++round) {
      auto apart = [&](awaitable<void> child) {
        return asio::bind_executor(asio::make_strand(pool), std::move(child));
      };
      auto const count = fanout::on_late_error([&](std::size_t, std::exception_ptr) { ++late; });
      auto pages =
          gather(pool, apart(fails(1)), apart(hops(round % 4, ended)), apart(hops(3, ended)),
                 apart(fails(2)), apart(fails(round % 5)), count, fanout::stragglers(group));
      BOOST_CHECK_THROW(wait(pool, std::move(pages)), std::runtime_error);
    }
    wait(pool, group.join());
  }
  pool.join();
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(ended == 2 * rounds);
  // Each error after the end is the group's, unless that has ended before it hears of it.
  BOOST_TEST(heard + forgotten == late);
  BOOST_TEST(told >= heard);
}

BOOST_AUTO_TEST_CASE(stragglers_are_cancelled_from_another_thread) {
  asio::thread_pool pool(4);
  for (int round = 0; round < rounds; ++round) {
    std::atomic<int> ended{0};
    task_group group(pool);
    auto pages = gather(pool, hops(1000, ended), fails(round % 3), hops(1000, ended),
                        fanout::stragglers(group));
    at_once(2, [&](int i) {
      if (i == 0) BOOST_CHECK_THROW(wait(pool, std::move(pages)), std::runtime_error);
      if (i == 1) group.cancel();
    });
    wait(pool, group.join());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_groups
