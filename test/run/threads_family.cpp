//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// race, first_success, as_completed and wait on a thread_pool; for ThreadSanitizer above all.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"
#include "../support/threads_children.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <ranges>
#include <thread>
#include <utility>
#include <vector>

namespace threads_family {

namespace asio = boost::asio;
using asio::awaitable;
using fanout_test::cleans_up;
using fanout_test::crowd;
using fanout_test::fails_after;
using fanout_test::get;
using fanout_test::hops;
using fanout_test::on;
using namespace std::chrono_literals;
using zoo::oops;

constexpr asio::cancellation_type terminal = asio::cancellation_type::terminal;
constexpr int some_rounds = 100;

// ---- children

/// Children of different lengths.
std::vector<awaitable<int>> runners(crowd& here, std::minstd_rand& random) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 6; ++i)
    children.push_back(i == 3 ? cleans_up(here, 40) : hops(here, int(random() % 12), i));
  return children;
}

/// The same, of which some fail.
std::vector<awaitable<int>> attempts(crowd& here, std::minstd_rand& random) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 6; ++i)
    children.push_back(random() % 3 == 0 ? hops(here, int(random() % 12), i)
                                         : fails_after(here, int(random() % 12)));
  return children;
}

struct ending {
  std::exception_ptr error;
  int children_inside;
};

// Starts the operation, and cancels it a while later from the serial executor of its handler.
template <class Operation>
ending cancelled_after(asio::thread_pool& pool, crowd& here, std::minstd_rand& random,
                       unsigned turns, Operation operation) {
  auto const serial = asio::make_strand(pool);
  asio::cancellation_signal signal;
  auto ended = std::move(operation)(asio::bind_cancellation_slot(
      signal.slot(),
      asio::bind_executor(serial, asio::use_future([&](std::exception_ptr e, auto const&) {
                            return ending{e, here.inside()};
                          }))));
  fanout_test::dawdle(random, turns);
  on(serial, [&] { signal.emit(terminal); });
  return get(std::move(ended));
}

BOOST_AUTO_TEST_SUITE(threads_family_test)

// ---- race

BOOST_AUTO_TEST_CASE(a_race_on_a_pool_has_one_winner_and_leaves_nobody_running) {
  asio::thread_pool pool(4);
  std::minstd_rand random(1);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto const first = fanout_test::result_of(fanout::race(pool, runners(here, random)));
    BOOST_TEST(first.index < 6u);
    BOOST_TEST(first.value == (first.index == 3 ? 0 : int(first.index)));
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_race_on_a_pool_for_all_results_has_a_winner_with_a_value) {
  asio::thread_pool pool(4);
  std::minstd_rand random(2);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto const first = fanout_test::result_of(
        fanout::race(pool, runners(here, random), fanout::return_exceptions));
    BOOST_REQUIRE(first.value.size() == 6u);
    BOOST_TEST(first.value[first.index].has_value());
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_race_on_a_pool_is_cancelled_at_any_moment) {
  asio::thread_pool pool(4);
  std::minstd_rand random(3);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto const e = cancelled_after(pool, here, random, 20'000,
                                   fanout::race(pool, runners(here, random), fanout::limit(4)));
    if (e.error) BOOST_TEST(fanout::is_cancelled(e.error));
    BOOST_TEST(e.children_inside == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_race_in_run_with_several_threads_is_right) {
  auto main = [](int rounds) -> awaitable<int> {
    crowd here;
    std::minstd_rand random(4);
    int won = 0;
    for (int i = 0; i < rounds; ++i) {
      auto const first = co_await fanout::race(runners(here, random));
      won += here.inside() == 0 && first.index < 6;
    }
    co_return won;
  };
  BOOST_TEST(fanout::run(main(some_rounds), {.threads = 4}) == some_rounds);
}

// ---- first_success

BOOST_AUTO_TEST_CASE(a_first_success_on_a_pool_has_a_winner_or_every_failure) {
  asio::thread_pool pool(4);
  std::minstd_rand random(5);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    try {
      auto const first =
          fanout_test::result_of(fanout::first_success(pool, attempts(here, random)));
      BOOST_TEST(first.value == int(first.index));
    } catch (fanout::all_failed const& e) {
      BOOST_TEST(e.failures().size() == 6u);
    }
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_quorum_on_a_pool_has_so_many_winners_or_too_many_failures) {
  asio::thread_pool pool(4);
  std::minstd_rand random(6);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    try {
      auto const first = fanout_test::result_of(
          fanout::first_success(pool, attempts(here, random), fanout::quorum(2)));
      BOOST_TEST(first.size() == 2u);
      BOOST_TEST(first[0].index != first[1].index);
    } catch (fanout::all_failed const& e) {
      BOOST_TEST(e.failures().size() == 5u);
    }
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_staggered_first_success_on_a_pool_is_cancelled_at_any_moment) {
  asio::thread_pool pool(4);
  std::minstd_rand random(7);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto const e =
        cancelled_after(pool, here, random, 60'000,
                        fanout::first_success(pool, attempts(here, random), fanout::stagger(15us)));
    BOOST_TEST(e.children_inside == 0);
  }
}

// ---- as_completed

using stream_of_int = fanout::completion_stream<int>;
using item = std::optional<fanout::completed<int>>;

// Takes ends until there are none, giving up some waits.
awaitable<int> takes(stream_of_int const& stream, std::atomic<int>& seen, bool impatient) {
  int taken = 0;
  for (;;) {
    item next;
    try {
      if (impatient)
        next = co_await fanout::timeout(20us, stream.next());
      else
        next = co_await stream.next();
    } catch (fanout::deadline_exceeded const&) {
      continue;
    }
    if (!next) co_return taken;
    seen += 1 << (4 * next->index);
    ++taken;
  }
}

BOOST_AUTO_TEST_CASE(a_stream_from_a_pool_is_consumed_on_another_one_by_several) {
  asio::thread_pool children(4);
  asio::thread_pool consumers(3);
  std::minstd_rand random(8);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::atomic<int> seen{0};
    auto const stream = fanout::as_completed(children, runners(here, random));
    std::vector<std::future<int>> taken;
    for (int i = 0; i < 3; ++i)
      taken.push_back(asio::co_spawn(asio::make_strand(consumers), takes(stream, seen, i != 0),
                                     asio::use_future));
    int all = 0;
    for (auto& f : taken) all += get(std::move(f));
    BOOST_TEST(all == 6);
    BOOST_TEST(seen == 0x111111); // each once
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_stream_from_a_pool_is_closed_at_any_moment) {
  asio::thread_pool children(4);
  asio::thread_pool consumers(2);
  std::minstd_rand random(9);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto const stream = fanout::as_completed(children, runners(here, random), fanout::limit(4));
    auto const token = [&] { return asio::bind_executor(consumers, asio::use_future); };
    auto const next = stream.next()(token());
    fanout_test::dawdle(random, 20'000);
    auto one = stream.close()(token());
    auto two = stream.close()(token());
    get(std::move(one));
    BOOST_TEST(here.inside() == 0);
    get(std::move(two));
    int left = 1;
    while (get(stream.next()(token()))) ++left;
    BOOST_TEST((left == 6 || left == 1)); // 1: it was closed before it had started
  }
}

BOOST_AUTO_TEST_CASE(a_stream_from_a_pool_is_destroyed_at_any_moment) {
  std::minstd_rand random(10);
  auto const here = std::make_shared<crowd>(); // the children outlive the stream
  {
    asio::thread_pool children(4);
    asio::thread_pool consumers(2);
    for (int round = 0; round < some_rounds; ++round) {
      std::optional<stream_of_int> stream = fanout::as_completed(children, runners(*here, random));
      auto const next = stream->next()(asio::bind_executor(consumers, asio::use_future));
      fanout_test::dawdle(random, 20'000);
      stream.reset();
    }
    children.join();
    consumers.join();
  }
  BOOST_TEST(here->inside() == 0);
}

BOOST_AUTO_TEST_CASE(a_stream_starts_on_the_executor_of_the_first_next) {
  asio::thread_pool pool(4);
  std::minstd_rand random(11);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto const stream = fanout::as_completed(runners(here, random));
    auto const token = [&] { return asio::bind_executor(pool, asio::use_future); };
    std::vector<std::future<item>> ends;
    for (int i = 0; i < 7; ++i) ends.push_back(stream.next()(token()));
    int some = 0;
    for (auto& end : ends) some += get(std::move(end)).has_value();
    BOOST_TEST(some == 6);
  }
}

// ---- wait

BOOST_AUTO_TEST_CASE(waits_on_a_pool_end_or_are_cancelled_and_leave_the_futures_alone) {
  asio::thread_pool producers(4);
  asio::thread_pool consumers(4);
  std::minstd_rand random(12);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<fanout::future<int>> tasks;
    for (int i = 0; i < 4; ++i)
      tasks.push_back(fanout::create_task(producers, hops(here, int(random() % 12), i)));
    auto const when = round % 2 ? fanout::first_completed : fanout::all_completed;
    auto const e = cancelled_after(consumers, here, random, 10'000,
                                   fanout::wait(consumers, tasks, when, 50us * (round % 3)));
    if (e.error) BOOST_TEST(fanout::is_cancelled(e.error));
    auto const ended =
        fanout_test::result_of(fanout::wait(consumers, tasks, fanout::all_completed));
    BOOST_TEST(ended.done.size() == 4u);
    for (int i = 0; i < 4; ++i) BOOST_TEST(ended.done[i].result() == i);
  }
}

BOOST_AUTO_TEST_CASE(many_wait_for_one_future_that_ends_meanwhile) {
  asio::thread_pool pool(4);
  for (int round = 0; round < some_rounds; ++round) {
    fanout::promise<int> p(pool);
    std::vector const one(2, p.get_future());
    std::vector<std::future<fanout::wait_result<int>>> waits;
    for (int i = 0; i < 4; ++i)
      waits.push_back(fanout::wait(pool, one, fanout::first_completed)(asio::use_future));
    asio::post(pool, [p = std::move(p)]() mutable { p.set_value(1); });
    for (auto& w : waits) BOOST_TEST(get(std::move(w)).done.size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_loop_of_waits_finds_every_end_once) {
  asio::thread_pool producers(4);
  asio::thread_pool consumers(2);
  for (int round = 0; round < some_rounds / 10 + 1; ++round) {
    crowd here;
    std::vector<fanout::future<int>> pending;
    for (int i = 0; i < 50; ++i)
      pending.push_back(fanout::create_task(producers, hops(here, i % 7, i)));
    std::vector<int> found;
    while (!pending.empty()) {
      auto ended = fanout_test::result_of(
          fanout::wait(consumers, std::move(pending), fanout::first_completed));
      BOOST_TEST_REQUIRE(!ended.done.empty());
      for (auto const& f : ended.done) found.push_back(f.result());
      pending = std::move(ended.pending);
    }
    std::ranges::sort(found);
    std::vector<int> all(50);
    std::iota(all.begin(), all.end(), 0);
    BOOST_TEST(found == all, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_context_goes_with_its_waits_while_the_futures_end) {
  asio::thread_pool producers(4);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<fanout::future<int>> tasks;
    std::atomic<int> calls{0};
    {
      asio::io_context consumer;
      for (int i = 0; i < 8; ++i) tasks.push_back(fanout::create_task(producers, hops(here, i, i)));
      for (auto const when : {fanout::first_completed, fanout::all_completed})
        fanout::wait(consumer, tasks, when, 10s)([&](std::exception_ptr, auto const&) { ++calls; });
      for (int i = 0; i < round % 4; ++i) consumer.poll_one();
    }
    BOOST_TEST(calls <= 2);
    auto const ended =
        fanout_test::result_of(fanout::wait(producers, tasks, fanout::all_completed));
    BOOST_TEST(ended.done.size() == 8u);
  }
}

// Starts and ends of children are on the thread of the context meanwhile.
BOOST_AUTO_TEST_CASE(a_stream_is_closed_and_destroyed_on_another_thread) {
  auto const spins = [](int n) -> awaitable<int> {
    for (int i = 0; i < n; ++i) co_await asio::post(asio::deferred);
    co_return n;
  };
  for (int round = 0; round < 20; ++round) {
    asio::io_context context;
    auto work = asio::make_work_guard(context);
    std::thread thread([&context] { context.run(); });
    {
      auto stream = fanout::as_completed(
          context, std::views::iota(1, 300) | std::views::transform(spins), fanout::limit(8));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (round % 2 == 0) {
        std::promise<void> closed;
        stream.close()(asio::bind_executor(context.get_executor(),
                                           [&closed](std::exception_ptr) { closed.set_value(); }));
        closed.get_future().get();
      }
    }
    work.reset();
    thread.join();
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_family
