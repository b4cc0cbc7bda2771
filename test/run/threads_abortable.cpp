//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 2, section 4, on several threads; for ThreadSanitizer above all.

#include <fanout/abortable.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <thread>
#include <utility>

namespace threads_abortable {

namespace asio = boost::asio;
using boost::system::error_code;
using fanout::abortable;
using fanout::gather;
using fanout_test::get;
using zoo::oops;

constexpr int rounds = 50;

// Hops from thread to thread, for ever unless it has a number of steps.
auto hops(std::atomic<int>& ran, int steps = -1) {
  asio::deferred_t token;
  return asio::async_compose<asio::deferred_t, void(error_code, int)>(
      [&ran, steps, n = 0](auto& self) mutable {
        if (n == steps) return self.complete(error_code(), n);
        ++n;
        ++ran;
        asio::post(std::move(self));
      },
      token);
}

// Fails when the other child runs.
auto fails_after(std::atomic<int>& ran, int steps) {
  return [&ran, steps]() -> asio::awaitable<int> {
    while (ran < steps) co_await asio::post(asio::deferred);
    throw oops("mine");
  };
}

BOOST_AUTO_TEST_SUITE(threads_abortable_test)

BOOST_AUTO_TEST_CASE(steps_run_on_a_pool) {
  asio::thread_pool pool(2);
  for (int i = 0; i < rounds; ++i) {
    std::atomic<int> ran = 0;
    BOOST_TEST(get(abortable(pool, hops(ran, 10))(asio::use_future)) == 10);
    auto const [one, two] =
        get(gather(pool, abortable(hops(ran, 10)), abortable(hops(ran, 20)))(asio::use_future));
    BOOST_TEST((one == 10 && two == 20));
    BOOST_TEST(ran == 40);
  }
}

BOOST_AUTO_TEST_CASE(a_child_on_a_pool_is_dropped_there) {
  asio::thread_pool pool(2), other(2);
  for (int i = 0; i < rounds; ++i) {
    std::atomic<int> ran = 0, bound_ran = 0;
    auto bound = asio::bind_executor(other, abortable(hops(bound_ran)));
    auto all = gather(pool, abortable(hops(ran)), std::move(bound), fails_after(ran, 3),
                      fanout::cancel_on_error);
    FANOUT_CHECK_THROWS(oops, "mine", get(std::move(all)(asio::use_future)));
    BOOST_TEST(ran >= 3);
  }
}

BOOST_AUTO_TEST_CASE(a_child_on_a_strand_is_dropped_there) {
  asio::thread_pool pool(2);
  for (int i = 0; i < rounds; ++i) {
    std::atomic<int> ran = 0;
    auto const strand = asio::make_strand(pool);
    auto all = gather(pool, asio::bind_executor(strand, abortable(hops(ran))), fails_after(ran, 3),
                      fanout::cancel_on_error);
    FANOUT_CHECK_THROWS(oops, "mine", get(std::move(all)(asio::use_future)));
  }
}

BOOST_AUTO_TEST_CASE(a_task_is_cancelled_from_another_thread) {
  asio::thread_pool pool(2);
  for (int i = 0; i < rounds; ++i) {
    std::atomic<int> ran = 0;
    auto const task = fanout::create_task(pool, abortable(hops(ran)));
    while (ran < i % 20) std::this_thread::yield();
    task.cancel();
    auto ended = get(gather(pool, task, fanout::return_exceptions)(asio::use_future));
    fanout_test::check_aborted(std::get<0>(ended).error());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_abortable
