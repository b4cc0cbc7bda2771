//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: all members of a future are thread-safe; for ThreadSanitizer above all.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/run.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <future>
#include <optional>
#include <random>
#include <ranges>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace threads_futures {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::create_task;
using fanout::future;
using fanout::promise;
using fanout_test::dawdle;
using fanout_test::get;

constexpr int rounds = 200;

awaitable<int> hops(int n, int value) {
  for (int i = 0; i < n; ++i) co_await asio::post(asio::deferred);
  co_return value;
}

awaitable<int> awaits(future<int> f) { co_return co_await f; }

// Whether the task came to this value, or was cancelled.
bool is_good(future<int> const& f, int value) { return f.cancelled() || f.result() == value; }

// Runs these functions at the same time, each on a thread of its own.
template <class... F>
void at_once(F... f) {
  fanout_test::meeting start(sizeof...(F));
  std::vector<std::thread> threads;
  (threads.emplace_back([&start, f] {
    start.attend();
    f();
  }),
   ...);
  for (auto& thread : threads) thread.join();
}

BOOST_AUTO_TEST_SUITE(threads_futures_test)

BOOST_AUTO_TEST_CASE(one_cancels_one_adds_callbacks_one_waits_one_drops_handles) {
  asio::thread_pool pool(4);
  std::atomic<int> called{0}, waited{0};
  std::atomic<bool> good{true};
  std::minstd_rand random(1);
  for (int round = 0; round < rounds; ++round) {
    std::optional<future<int>> f(create_task(pool, hops(round % 7, round)));
    auto const g = *f;
    unsigned const turns = static_cast<unsigned>(random() % 2000);
    at_once(
        [&, seed = random()] {
          std::minstd_rand own(seed);
          dawdle(own, turns + 1);
          if (round % 3 != 0) g.cancel();
        },
        [&] {
          for (int i = 0; i < 3; ++i)
            g.add_done_callback([&good, &called, round](future<int> const& ended) {
              if (!is_good(ended, round)) good = false;
              ++called;
            });
          g.remove_done_callback(g.add_done_callback([](future<int> const&) {}));
          g.set_name("round " + std::to_string(round));
        },
        [&] {
          for (int i = 0; i < 2; ++i) g([&](std::exception_ptr, int) { ++waited; });
          (void)g.name();
          (void)g.done();
        },
        [&] {
          auto copy = *f;
          f.reset();
          (void)copy.cancelled();
          (void)copy.get_executor();
        });
    try {
      BOOST_TEST(get(g(asio::use_future)) == round);
    } catch (boost::system::system_error const& e) {
      BOOST_TEST(fanout::is_cancelled(e.code()));
    }
  }
  pool.join();
  BOOST_TEST(called == 3 * rounds);
  BOOST_TEST(waited == 2 * rounds);
  BOOST_TEST(good);
}

BOOST_AUTO_TEST_CASE(waits_are_cancelled_from_all_sides) {
  asio::thread_pool pool(4);
  for (int round = 0; round < rounds; ++round) {
    auto const f = create_task(pool, hops(20, 7));
    std::vector<future<int>> waiters;
    for (int i = 0; i < 4; ++i) waiters.push_back(create_task(pool, awaits(f)));
    for (std::size_t i = 0; i < waiters.size(); ++i)
      if (i % 2 == 0) asio::post(pool, [w = waiters[i]] { w.cancel(); });
    for (auto const& w : waiters) {
      try {
        BOOST_TEST(get(w(asio::use_future)) == 7);
      } catch (boost::system::system_error const& e) {
        BOOST_TEST(fanout::is_cancelled(e.code()));
      }
    }
  }
  pool.join();
}

// A child of a gather on a pool that starts a task on its own executor and cancels it.
awaitable<int> cancels_a_task(int i) {
  auto const f = create_task(co_await asio::this_coro::executor, hops(i % 7, 1));
  co_await hops(i % 3, 0);
  f.cancel();
  try {
    co_return co_await f;
  } catch (boost::system::system_error const&) {
    co_return 0;
  }
}

BOOST_AUTO_TEST_CASE(a_child_on_a_pool_cancels_tasks_of_its_own) {
  asio::thread_pool pool(4);
  auto const ones = fanout_test::result_of(
      fanout::gather(pool, std::views::iota(0, rounds) | std::views::transform(cancels_a_task)));
  BOOST_TEST(ones.size() == static_cast<std::size_t>(rounds));
  for (int const one : ones) BOOST_TEST((one == 0 || one == 1));
  pool.join();
}

BOOST_AUTO_TEST_CASE(a_promise_is_set_while_it_is_cancelled) {
  asio::thread_pool pool(2);
  int set = 0, cancelled = 0;
  for (int round = 0; round < rounds; ++round) {
    promise<int> p(pool);
    auto const f = p.get_future();
    bool was_set = false, was_cancelled = false;
    at_once([&] { was_set = p.set_value(7); }, [&] { was_cancelled = f.cancel(); });
    BOOST_TEST(was_set != was_cancelled);
    BOOST_TEST(f.done());
    BOOST_TEST(f.cancelled() == was_cancelled);
    set += was_set;
    cancelled += was_cancelled;
  }
  BOOST_TEST(set + cancelled == rounds);
}

BOOST_AUTO_TEST_CASE(callbacks_run_in_the_order_of_addition_although_the_end_comes_meanwhile) {
  asio::thread_pool pool(2);
  for (int round = 0; round < rounds; ++round) {
    auto const strand = asio::make_strand(pool);
    promise<int> p(strand);
    auto const f = p.get_future();
    std::vector<int> order;
    at_once([&] { p.set_value(7); },
            [&] {
              for (int i = 0; i < 20; ++i)
                f.add_done_callback([&order, i](future<int> const&) { order.push_back(i); });
            });
    std::vector<int> const seen = fanout_test::on(strand, [&order] { return order; });
    BOOST_REQUIRE(seen.size() == 20u);
    for (int i = 0; i < 20; ++i) BOOST_TEST(seen[static_cast<std::size_t>(i)] == i);
  }
}

BOOST_AUTO_TEST_CASE(the_context_of_a_waiter_goes_while_the_future_ends) {
  asio::thread_pool pool(2);
  std::atomic<int> calls{0};
  for (int round = 0; round < rounds; ++round) {
    promise<int> p(pool);
    auto const f = p.get_future();
    std::optional<asio::io_context> other(std::in_place);
    for (int i = 0; i < 3; ++i)
      f(asio::bind_executor(*other, [&calls](std::exception_ptr, int) { ++calls; }));
    at_once([&] { p.set_value(7); }, [&] { other.reset(); });
  }
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(the_context_of_a_task_goes_while_its_handle_is_used) {
  for (int round = 0; round < rounds; ++round) {
    std::optional<asio::io_context> context(std::in_place);
    std::optional<future<int>> f(create_task(*context, hops(3, 7)));
    context->poll_one();
    at_once(
        [&, g = *f] {
          g.cancel();
          g.add_done_callback([](future<int> const&) {});
          (void)g.done();
        },
        [&] { f.reset(); }, [&] { context.reset(); });
  }
}

BOOST_AUTO_TEST_CASE(tasks_of_a_run_with_several_threads_end_before_it_does) {
  std::atomic<int> called{0};
  auto const main = [&called]() -> awaitable<int> {
    auto const executor = co_await asio::this_coro::executor;
    int sum = 0;
    for (int i = 0; i < 50; ++i) {
      auto const f = create_task(executor, hops(i % 5, i));
      f.add_done_callback([&called](future<int> const&) { ++called; });
      if (i % 2 == 0) sum += co_await f;
    }
    co_return sum;
  };
  BOOST_TEST(fanout::run(main, {.threads = 4, .signals = false}) == 600);
  BOOST_TEST(called == 50);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_futures
