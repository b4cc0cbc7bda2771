//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Waits that come and go leave nothing behind in what they waited for.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/promise.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <vector>

namespace lifetimes_family {

using namespace zoo;
using namespace std::chrono_literals;
using fanout_test::counts_allocations;
using fanout_test::heap_mark;

constexpr int many = 10'000;

/// Blocks that were taken since then and not given back.
long long kept_since(heap_mark const& mark) {
  auto const use = mark.since();
  return static_cast<long long>(use.allocations) - static_cast<long long>(use.frees);
}

// What grows when a container doubles, and what Asio keeps for later.
constexpr long long few = 50;

BOOST_AUTO_TEST_SUITE(lifetimes_family_test)

FANOUT_TEST(waits_for_a_pending_future_leave_nothing_in_it) {
  fanout::promise<int> p(co_await asio::this_coro::executor);
  std::vector const pending(2, p.get_future());
  co_await fanout::wait<virtual_clock>(pending, fanout::all_completed, 1ms);
  heap_mark const mark;
  for (int i = 0; i < many; ++i)
    co_await fanout::wait<virtual_clock>(pending, fanout::all_completed, 1ms);
  BOOST_TEST(kept_since(mark) < few);
  BOOST_TEST(mark.since().allocations >= (counts_allocations() ? std::size_t(many) : 0u));
}

FANOUT_TEST(waits_that_another_future_ends_leave_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  fanout::promise<int> p(ex);
  std::vector<fanout::future<int>> two{p.get_future()};
  two.push_back(fanout::create_task(ex, at_once(1)));
  co_await fanout::wait(two, fanout::first_completed);
  heap_mark const mark;
  for (int i = 0; i < many; ++i) co_await fanout::wait(two, fanout::first_completed);
  BOOST_TEST(kept_since(mark) < few);
}

FANOUT_TEST(waits_that_are_cancelled_leave_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  fanout::promise<int> p(ex);
  std::vector const pending(1, p.get_future());
  int ended = 0;
  auto const one = [&]() -> awaitable<void> {
    asio::cancellation_signal signal;
    fanout::wait(ex, pending, fanout::all_completed)(asio::bind_cancellation_slot(
        signal.slot(), [&ended](std::exception_ptr, auto const&) { ++ended; }));
    co_await sleep_ms(0);
    signal.emit(asio::cancellation_type::terminal);
    co_await sleep_ms(1);
  };
  co_await one();
  heap_mark const mark;
  for (int i = 0; i < many; ++i) co_await one();
  BOOST_TEST(kept_since(mark) < few);
  BOOST_TEST(ended == many + 1);
}

FANOUT_TEST(a_next_that_is_cancelled_leaves_nothing_in_the_stream) {
  auto stream = fanout::as_completed(after(100 * many, 1));
  int empty_handed = 0;
  auto const one = [&]() -> awaitable<void> {
    try {
      co_await fanout::timeout<virtual_clock>(1ms, stream.next());
    } catch (fanout::deadline_exceeded const&) {
      ++empty_handed;
    }
  };
  co_await one();
  heap_mark const mark;
  for (int i = 0; i < many; ++i) co_await one();
  BOOST_TEST(kept_since(mark) < few);
  BOOST_TEST(empty_handed == many + 1);
  BOOST_TEST((co_await stream.next())->result.value() == 1);
}

FANOUT_TEST(a_close_that_is_cancelled_leaves_nothing_in_the_stream) {
  auto stream = fanout::as_completed(deaf(100 * many, 1));
  auto const ex = co_await asio::this_coro::executor;
  stream.next()(asio::bind_executor(ex, [](auto const&...) {}));
  auto const one = [&]() -> awaitable<void> {
    try {
      co_await fanout::timeout<virtual_clock>(1ms, stream.close());
    } catch (fanout::deadline_exceeded const&) {
    }
  };
  co_await one();
  heap_mark const mark;
  for (int i = 0; i < many; ++i) co_await one();
  BOOST_TEST(kept_since(mark) < few);
}

FANOUT_TEST(ends_that_were_taken_leave_nothing_in_the_stream) {
  auto stream = fanout::as_completed(std::views::iota(0, 4 * many) |
                                         std::views::transform([](int i) { return after(1, i); }),
                                     fanout::limit(4));
  for (int i = 0; i < many; ++i) co_await stream.next();
  heap_mark const mark;
  for (int i = 0; i < many; ++i) co_await stream.next();
  BOOST_TEST(kept_since(mark) < many / 2); // a place for each child, in blocks of many
  co_await stream.close();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace lifetimes_family
