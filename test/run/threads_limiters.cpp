//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: a limiter that several threads and contexts share; for ThreadSanitizer above all.

#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <optional>
#include <random>
#include <ranges>
#include <thread>
#include <utility>
#include <vector>

namespace threads_limiters {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;
using fanout::limit;
using fanout::limiter;
using fanout::return_exceptions;
using fanout_test::crowd;
using fanout_test::dawdle;
using fanout_test::get;
using fanout_test::on;
using namespace std::chrono_literals;
using zoo::oops;

constexpr int rounds = 100;

std::size_t free_places(limiter const& l) {
  std::vector<limiter::guard> taken;
  while (auto place = l.try_acquire()) taken.push_back(std::move(place));
  return taken.size();
}

awaitable<int> hops(crowd& here, int n) {
  crowd::visit const visit(here);
  for (int i = 0; i < n; ++i) co_await asio::post(asio::deferred);
  co_return n;
}

awaitable<int> acquires(limiter& l, crowd& here, int n) {
  auto const place = co_await l.acquire();
  co_return co_await hops(here, n);
}

auto hopping(crowd& here, int n) {
  return std::views::iota(0, n) |
         std::views::transform([&here](int i) { return hops(here, i % 4); });
}

auto acquiring(limiter& l, crowd& here, int n) {
  return std::views::iota(0, n) |
         std::views::transform([&l, &here](int i) { return acquires(l, here, i % 4); });
}

// A context with a thread of its own.
struct busy_context {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread{[this] { context.run(); }};

  ~busy_context() {
    work.reset();
    thread.join();
  }
};

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

// An operation on a pool that is cancelled at some moment.
class cancellable {
public:
  template <class Operation>
  cancellable(asio::thread_pool& pool, Operation operation) : serial_(asio::make_strand(pool)) {
    auto error_alone = asio::use_future([](std::exception_ptr e, auto const&) { return e; });
    ended_ = std::move(operation)(asio::bind_cancellation_slot(
        signal_.slot(), asio::bind_executor(serial_, std::move(error_alone))));
  }

  void cancel() {
    on(serial_, [this] { signal_.emit(asio::cancellation_type::terminal); });
  }

  // Either it was faster, or it was cancelled.
  bool is_good() {
    auto const error = get(std::move(ended_));
    return !error || fanout::is_cancelled(error);
  }

private:
  asio::strand<asio::thread_pool::executor_type> serial_;
  asio::cancellation_signal signal_;
  std::future<std::exception_ptr> ended_;
};

BOOST_AUTO_TEST_SUITE(threads_limiters_test)

BOOST_AUTO_TEST_CASE(coroutines_on_several_threads_and_contexts_share_the_places) {
  asio::thread_pool pool(3);
  busy_context one, two;
  limiter l(3);
  crowd here;
  for (int round = 0; round < 10; ++round) {
    auto a = gather(pool, acquiring(l, here, 60))(asio::use_future);
    auto b = gather(one.context, acquiring(l, here, 30))(asio::use_future);
    auto c = gather(two.context, acquiring(l, here, 30))(asio::use_future);
    BOOST_TEST(get(std::move(a)).size() + get(std::move(b)).size() + get(std::move(c)).size() ==
               120u);
  }
  pool.join();
  BOOST_TEST(here.most() <= 3);
  BOOST_TEST(free_places(l) == 3u);
}

BOOST_AUTO_TEST_CASE(gathers_on_several_threads_and_contexts_share_the_places) {
  asio::thread_pool pool(3);
  busy_context one, two;
  limiter l(3);
  crowd here;
  for (int round = 0; round < 10; ++round) {
    auto a = gather(pool, hopping(here, 60), limit(l))(asio::use_future);
    auto b = gather(one.context, hopping(here, 30), limit(l))(asio::use_future);
    auto c = gather(two.context, hopping(here, 30), limit(l), limit(2))(asio::use_future);
    auto d = gather(pool, acquiring(l, here, 20))(asio::use_future);
    BOOST_TEST(get(std::move(a)).size() + get(std::move(b)).size() + get(std::move(c)).size() +
                   get(std::move(d)).size() ==
               140u);
  }
  pool.join();
  BOOST_TEST(here.most() <= 3);
  BOOST_TEST(free_places(l) == 3u);
}

BOOST_AUTO_TEST_CASE(waits_are_cancelled_as_places_become_free) {
  asio::thread_pool pool(4);
  std::minstd_rand random(1);
  limiter l(2);
  crowd here;
  for (int round = 0; round < rounds; ++round) {
    cancellable a(pool, gather(pool, acquiring(l, here, 8)));
    cancellable b(pool, gather(pool, acquiring(l, here, 8)));
    dawdle(random, 40'000);
    a.cancel();
    dawdle(random, 10'000);
    b.cancel();
    BOOST_TEST(a.is_good());
    BOOST_TEST(b.is_good());
    BOOST_TEST(free_places(l) == 2u);
  }
  BOOST_TEST(here.most() <= 2);
  BOOST_TEST(here.inside() == 0);
}

BOOST_AUTO_TEST_CASE(gathers_are_cancelled_as_places_become_free) {
  asio::thread_pool pool(4);
  std::minstd_rand random(2);
  limiter l(2);
  crowd here;
  for (int round = 0; round < 2 * rounds; ++round) {
    cancellable a(pool, gather(pool, hopping(here, 8), limit(l)));
    cancellable b(pool, gather(pool, hopping(here, 8), limit(l), return_exceptions));
    auto c = gather(pool, hopping(here, 4), limit(l))(asio::use_future);
    dawdle(random, 40'000);
    a.cancel();
    dawdle(random, 10'000);
    b.cancel();
    BOOST_TEST(a.is_good());
    BOOST_TEST(b.is_good());
    BOOST_TEST(get(std::move(c)).size() == 4u);
    BOOST_TEST(free_places(l) == 2u);
  }
  BOOST_TEST(here.most() <= 2);
  BOOST_TEST(here.inside() == 0);
}

// The moment in question is that at which the place arrives.
BOOST_AUTO_TEST_CASE(a_gather_is_cancelled_as_its_first_place_arrives) {
  asio::thread_pool pool(3);
  std::minstd_rand random(3);
  limiter l(1);
  crowd here;
  for (int round = 0; round < 3 * rounds; ++round) {
    auto place = l.try_acquire();
    cancellable waits(pool, gather(pool, hopping(here, 2), limit(l)));
    dawdle(random, 20'000);
    asio::post(pool, [given_back = std::move(place)] {});
    waits.cancel();
    BOOST_TEST(waits.is_good());
    while (here.inside() != 0) std::this_thread::yield();
    auto const again = get(l.acquire(pool)(asio::use_future));
    BOOST_TEST(static_cast<bool>(again));
    BOOST_TEST(!l.try_acquire());
  }
}

BOOST_AUTO_TEST_CASE(errors_and_deadlines_come_as_places_become_free) {
  asio::thread_pool pool(4);
  limiter l(2);
  crowd here;
  auto const fails_at = [&here](int last) {
    return [&here, last](int i) -> awaitable<int> {
      co_await hops(here, i % 3);
      if (i == last) throw oops("failed");
      co_return i;
    };
  };
  for (int round = 0; round < rounds; ++round) {
    auto const fails = fails_at(round % 8);
    auto cancelling = gather(pool, std::views::iota(0, 8) | std::views::transform(fails), limit(l),
                             fanout::cancel_on_error)(asio::use_future);
    auto leaving = gather(pool, std::views::iota(0, 8) | std::views::transform(fails),
                          limit(l))(asio::use_future);
    auto late = gather(pool, hopping(here, 8), limit(l), return_exceptions,
                       fanout::deadline(round * 10us))(asio::use_future);
    FANOUT_CHECK_THROWS(oops, "failed", get(std::move(cancelling)));
    FANOUT_CHECK_THROWS(oops, "failed", get(std::move(leaving)));
    for (auto const& each : get(std::move(late)))
      BOOST_TEST((each.has_value() || fanout::is_timed_out(each)));
  }
  pool.join(); // stragglers too
  BOOST_TEST(here.most() <= 2);
  BOOST_TEST(free_places(l) == 2u);
}

BOOST_AUTO_TEST_CASE(conditions_are_asked_while_places_become_free) {
  asio::thread_pool pool(4);
  limiter l(3);
  crowd here;
  for (int round = 0; round < rounds; ++round) {
    int ends = 0;
    auto const enough = fanout::cancel_when([&ends](std::size_t, std::exception_ptr const&) {
      return ++ends == 4 ? asio::cancellation_type::terminal : asio::cancellation_type::none;
    });
    auto const r = fanout_test::result_of(
        gather(pool, hopping(here, 12), limit(l), enough, return_exceptions));
    BOOST_TEST(r.size() == 12u);
    BOOST_TEST(free_places(l) == 3u);
  }
}

// ---- who goes

BOOST_AUTO_TEST_CASE(contexts_go_while_a_place_is_given_back) {
  limiter l(1);
  std::atomic<int> called{0};
  for (int round = 0; round < 2 * rounds; ++round) {
    auto place = std::make_optional(l.try_acquire());
    std::optional<asio::io_context> goes(std::in_place);
    asio::io_context stays;
    for (int i = 0; i < 2; ++i)
      l.acquire (*goes)([&called](std::exception_ptr, limiter::guard) { ++called; });
    auto next = l.acquire(stays)(asio::use_future);
    at_once([&place] { place.reset(); }, [&goes] { goes.reset(); });
    stays.run();
    BOOST_TEST(static_cast<bool>(get(std::move(next))));
    BOOST_TEST(free_places(l) == 1u);
  }
  BOOST_TEST(called == 0);
}

BOOST_AUTO_TEST_CASE(contexts_of_gathers_go_while_a_place_is_given_back) {
  limiter l(1);
  crowd here;
  for (int round = 0; round < 2 * rounds; ++round) {
    auto place = std::make_optional(l.try_acquire());
    std::optional<asio::io_context> goes(std::in_place);
    asio::io_context stays;
    for (int i = 0; i < 2; ++i)
      gather(*goes, hopping(here, 3),
             limit(l))([](std::exception_ptr, std::vector<int>) { BOOST_ERROR("called"); });
    goes->poll();
    auto next = gather(stays, hopping(here, 3), limit(l))(asio::use_future);
    stays.poll();
    at_once([&place] { place.reset(); }, [&goes] { goes.reset(); });
    stays.restart();
    stays.run();
    BOOST_TEST(get(std::move(next)).size() == 3u);
    BOOST_TEST(free_places(l) == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_limiter_goes_while_it_is_used) {
  asio::thread_pool pool(4);
  crowd here;
  for (int round = 0; round < rounds; ++round) {
    std::optional<limiter> l(2);
    auto a = gather(pool, hopping(here, 6), limit(*l))(asio::use_future);
    auto b = l->acquire(pool)(asio::use_future);
    l.reset();
    BOOST_TEST(static_cast<bool>(get(std::move(b))));
    BOOST_TEST(get(std::move(a)).size() == 6u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_limiters
