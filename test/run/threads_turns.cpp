//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Waits for one's turn on a pool: they are given up by other threads in the moment in which their
// turn comes, and while the group closes. Meant for the thread sanitizer.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>

#include "../support/coroutine_test.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace threads_turns {

using namespace std::chrono_literals;
using fanout::create_task;
using fanout::future;
namespace asio = boost::asio;

constexpr int rounds = 40;
constexpr int waits = 60;

asio::awaitable<void> hops(int n) {
  while (n-- > 0) co_await asio::post(asio::use_awaitable);
}

// Waits for the end, whatever it is.
template <class T>
void ended(future<T> const& f, asio::thread_pool& pool) {
  auto end = f(asio::bind_executor(pool, asio::use_future));
  BOOST_REQUIRE((end.wait_for(20s) == std::future_status::ready));
  try {
    end.get();
  } catch (boost::system::system_error const& e) {
    BOOST_REQUIRE(fanout::is_cancelled(e.code()));
  }
}

// Two threads cancel every second one of them, from both ends.
template <class T>
void cancel_some(std::vector<future<T>> const& all) {
  std::thread other([&] {
    for (std::size_t i = 0; i < all.size(); i += 2) all[i].cancel();
  });
  for (std::size_t i = all.size(); i-- > 0;)
    if (i % 3 == 0) all[i].cancel();
  other.join();
}

// One that has a place of two.
class stay {
public:
  stay(std::atomic<int>& inside, std::atomic<bool>& too_many) : inside_(inside) {
    if (++inside_ > 2) too_many = true;
  }
  stay(stay const&) = delete;
  stay& operator=(stay const&) = delete;
  ~stay() { --inside_; }

private:
  std::atomic<int>& inside_;
};

BOOST_AUTO_TEST_SUITE(threads_turns_test)

BOOST_AUTO_TEST_CASE(tasks_of_a_group_that_wait_are_cancelled_while_their_turn_comes) {
  asio::thread_pool pool(3);
  for (int r = 0; r < rounds; ++r) {
    fanout::task_group group(pool, fanout::limit(2), fanout::keep_going);
    std::vector<future<void>> tasks;
    for (int i = 0; i < waits; ++i) tasks.push_back(group.create_task(hops(i % 3)));
    if (r % 3 == 0) {
      std::thread closes([&] { group.cancel(); });
      cancel_some(tasks);
      closes.join();
    } else {
      cancel_some(tasks);
    }
    for (auto const& each : tasks) ended(each, pool);
    group.join()(asio::bind_executor(pool, asio::use_future)).get();
  }
}

BOOST_AUTO_TEST_CASE(a_group_on_a_pool_that_fails_ends_although_tasks_wait_for_others) {
  asio::thread_pool pool(3);
  for (int r = 0; r < rounds; ++r) {
    fanout::task_group group(pool, fanout::limit(3));
    auto const fails = [r]() -> asio::awaitable<void> {
      co_await hops(r % 7);
      throw std::runtime_error("oops");
    };
    std::vector<future<void>> tasks;
    try {
      tasks.push_back(group.create_task(fails));
      for (int i = 0; i < waits; ++i) {
        auto const last = tasks.back();
        tasks.push_back(group.create_task([last]() -> asio::awaitable<void> { co_await last; }));
      }
    } catch (fanout::invalid_state const&) { // it has failed by now
    }
    auto joined = group.join()(asio::bind_executor(pool, asio::use_future));
    BOOST_REQUIRE((joined.wait_for(20s) == std::future_status::ready));
    BOOST_CHECK_THROW(joined.get(), std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(slots_are_given_on_by_waits_that_are_cancelled_or_do_not_use_them) {
  asio::thread_pool pool(3);
  for (int r = 0; r < rounds; ++r) {
    fanout::task_group group(pool, fanout::limit(2), fanout::keep_going);
    std::atomic<int> used = 0;
    std::vector<future<void>> users;
    for (int i = 0; i < waits; ++i)
      users.push_back(create_task(pool, [&group, &used, i]() -> asio::awaitable<void> {
        co_await group.slot();
        if (i % 2 == 0) co_return; // not used
        group.create_task(hops(2));
        ++used;
      }));
    cancel_some(users);
    int cancelled = 0;
    for (auto const& each : users) {
      ended(each, pool);
      cancelled += each.cancelled();
    }
    group.join()(asio::bind_executor(pool, asio::use_future)).get();
    BOOST_TEST(used + cancelled >= waits / 2);
    BOOST_TEST(used > 0);
  }
}

BOOST_AUTO_TEST_CASE(places_of_a_limiter_are_given_on_by_waits_that_are_cancelled) {
  asio::thread_pool pool(3);
  for (int r = 0; r < rounds; ++r) {
    fanout::limiter two(2);
    std::atomic<int> inside = 0;
    std::atomic<bool> too_many = false;
    std::vector<future<void>> users;
    for (int i = 0; i < waits; ++i)
      users.push_back(create_task(pool, [&]() -> asio::awaitable<void> {
        auto const place = co_await two.acquire();
        stay const here(inside, too_many);
        co_await hops(1);
      }));
    for (int i = 0; i < 20; ++i) {
      auto const child = [&]() -> asio::awaitable<void> {
        stay const here(inside, too_many);
        co_await hops(1);
      };
      users.push_back(create_task(pool, [&two, child]() -> asio::awaitable<void> {
        auto all = fanout::gather(child, child, fanout::limit(two));
        co_await std::move(all);
      }));
    }
    cancel_some(users);
    for (auto const& each : users) ended(each, pool);
    BOOST_TEST(!too_many);
    auto const one = two.try_acquire();
    auto const other = two.try_acquire();
    BOOST_TEST((one && other)); // nothing was lost
  }
}

BOOST_AUTO_TEST_CASE(no_end_of_a_stream_is_lost_to_a_wait_that_is_cancelled) {
  asio::thread_pool pool(3);
  for (int r = 0; r < rounds; ++r) {
    std::vector<asio::awaitable<void>> children;
    for (int i = 0; i < waits; ++i) children.push_back(hops(i % 5));
    auto stream = fanout::as_completed(pool, std::move(children), fanout::limit(4));
    std::atomic<int> got = 0;
    std::vector<future<void>> users;
    for (int i = 0; i < waits; ++i)
      users.push_back(create_task(pool, [&]() -> asio::awaitable<void> {
        if (co_await stream.next()) ++got;
      }));
    cancel_some(users);
    for (auto const& each : users) ended(each, pool);
    auto const rest = create_task(pool, [&]() -> asio::awaitable<void> {
      while (co_await stream.next()) ++got;
    });
    ended(rest, pool);
    BOOST_TEST(got == waits);
  }
}

BOOST_AUTO_TEST_CASE(waits_for_a_future_are_given_up_while_it_ends) {
  asio::thread_pool pool(3);
  for (int r = 0; r < rounds; ++r) {
    fanout::promise<std::unique_ptr<int>> made(pool);
    std::vector<future<void>> users;
    std::atomic<int> got = 0;
    for (int i = 0; i < waits; ++i)
      users.push_back(
          create_task(pool, [&got, f = made.get_future()]() mutable -> asio::awaitable<void> {
            auto wait = fanout::shield(std::move(f));
            try {
              got += *(co_await std::move(wait));
            } catch (fanout::invalid_state const&) { // another one was faster
            }
          }));
    std::thread sets([&] { made.set_value(std::make_unique<int>(1)); });
    cancel_some(users);
    sets.join();
    for (auto const& each : users) ended(each, pool);
    auto last = made.get_future();
    auto const looks = create_task(pool, [&got, last]() mutable -> asio::awaitable<void> {
      auto wait = fanout::shield(std::move(last));
      try {
        got += *(co_await std::move(wait));
      } catch (fanout::invalid_state const&) {
      }
    });
    ended(looks, pool);
    BOOST_TEST(got == 1); // the value is taken once, by whatever
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_turns
