//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 11: cancelling on a thread_pool without strands; for ThreadSanitizer above all.

#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"
#include "../support/threads_children.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <random>
#include <ranges>
#include <utility>
#include <vector>

namespace threads_cancellation {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;
using fanout_test::cleans_up;
using fanout_test::crowd;
using fanout_test::fails_after;
using fanout_test::get;
using fanout_test::hops;
using fanout_test::on;
using namespace std::chrono_literals;
using zoo::oops;

constexpr asio::cancellation_type terminal = asio::cancellation_type::terminal;
constexpr asio::cancellation_type total = asio::cancellation_type::total;

// ---- children

awaitable<int> sleeps(crowd& here, std::chrono::microseconds d, int value) {
  crowd::visit const visit(here);
  co_await fanout::sleep(d);
  co_return value;
}

// An operation that counts its steps and its cancellations in one plain number: whoever touches it
// from two threads at once is caught.
struct hopping {
  struct state {
    int touched = 0;
    bool cancelled = false;
    int left;
  };

  template <class Handler>
  struct step {
    Handler handler;
    std::unique_ptr<state> own;

    void operator()() {
      auto const executor = asio::get_associated_executor(handler);
      ++own->touched;
      if (own->cancelled || --own->left == 0) {
        auto const slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) asio::cancellation_slot(slot).clear();
        boost::system::error_code e;
        if (own->cancelled) e = asio::error::operation_aborted;
        return std::move(handler)(e, own->touched);
      }
      asio::post(executor, std::move(*this));
    }
  };

  int hops;

  template <class Handler>
  void operator()(Handler handler) const {
    auto own = std::make_unique<state>(state{0, false, hops});
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected())
      slot.assign([s = own.get()](asio::cancellation_type) {
        ++s->touched;
        s->cancelled = true;
      });
    auto const executor = asio::get_associated_executor(handler);
    asio::post(executor, step<Handler>{std::move(handler), std::move(own)});
  }
};

auto hopping_operation(int hops) {
  return asio::async_initiate<asio::deferred_t const, void(boost::system::error_code, int)>(
      hopping{hops}, asio::deferred);
}

// ---- how one round goes

struct ending {
  std::exception_ptr error;
  std::size_t values;
  int children_inside;
};

// Starts the operation, and cancels it a while later from the serial executor of its handler.
template <class Operation>
ending cancelled_after(asio::thread_pool& pool, crowd& here, std::minstd_rand& random,
                       unsigned turns, Operation operation,
                       asio::cancellation_type type = terminal) {
  auto const serial = asio::make_strand(pool);
  asio::cancellation_signal signal;
  auto ended = std::move(operation)(asio::bind_cancellation_slot(
      signal.slot(),
      asio::bind_executor(serial, asio::use_future([&](std::exception_ptr e, auto values) {
                            return ending{e, values.size(), here.inside()};
                          }))));
  fanout_test::dawdle(random, turns);
  on(serial, [&] { signal.emit(type); });
  return get(std::move(ended));
}

auto const error_alone = asio::use_future([](std::exception_ptr e, auto const&) { return e; });

// Either everybody was faster, or it is an exact `operation_aborted`; and nobody runs any more.
void check(ending const& e, std::size_t children) {
  if (e.error)
    BOOST_TEST(fanout::is_cancelled(e.error));
  else
    BOOST_TEST(e.values == children);
  BOOST_TEST(e.children_inside == 0);
}

constexpr int some_rounds = 150;

BOOST_AUTO_TEST_SUITE(threads_cancellation_test)

// asio#1348, #1362, #1029, #1576
BOOST_AUTO_TEST_CASE(coroutines_on_a_pool_are_cancelled_at_any_moment) {
  asio::thread_pool pool(4);
  std::minstd_rand random(1);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 6; ++i) children.push_back(hops(here, 5 * i, i));
    check(cancelled_after(pool, here, random, 40'000, gather(pool, std::move(children))), 6);
  }
}

BOOST_AUTO_TEST_CASE(sleeping_coroutines_on_a_pool_are_cancelled_at_any_moment) {
  asio::thread_pool pool(4);
  std::minstd_rand random(2);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 6; ++i) children.push_back(sleeps(here, 20us * i, i));
    check(cancelled_after(pool, here, random, 200'000, gather(pool, std::move(children))), 6);
  }
}

BOOST_AUTO_TEST_CASE(children_that_clean_up_on_a_pool_are_awaited) {
  asio::thread_pool pool(4);
  std::minstd_rand random(3);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 4; ++i) children.push_back(cleans_up(here, 10 * i));
    check(cancelled_after(pool, here, random, 40'000, gather(pool, std::move(children))), 4);
  }
}

BOOST_AUTO_TEST_CASE(operations_on_a_pool_are_cancelled_where_they_run) {
  asio::thread_pool pool(4);
  std::minstd_rand random(4);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto children = std::views::iota(0, 6) |
                    std::views::transform([](int i) { return hopping_operation(5 * i + 1); });
    check(cancelled_after(pool, here, random, 40'000, gather(pool, children)), 6);
  }
}

BOOST_AUTO_TEST_CASE(timers_of_the_user_on_a_pool_are_cancelled_where_they_run) {
  asio::thread_pool pool(4);
  auto const serial = asio::make_strand(pool);
  for (int round = 0; round < some_rounds; ++round) {
    asio::steady_timer soon(pool, 50us), late(pool, 1h);
    asio::cancellation_signal signal;
    auto ended = gather(pool, soon.async_wait(asio::deferred), late.async_wait(asio::deferred),
                        fanout::return_exceptions)(
        asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(serial, error_alone)));
    on(serial, [&] { signal.emit(terminal); });
    auto const error = get(std::move(ended));
    BOOST_TEST(fanout::is_cancelled(error));
  }
}

// asio#1630, asio#1756
BOOST_AUTO_TEST_CASE(children_that_end_while_the_gather_is_initiated_are_no_danger) {
  asio::thread_pool pool(4);
  std::minstd_rand random(5);
  for (int round = 0; round < 4 * some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    children.push_back(hops(here, 0, 1));
    children.push_back(hops(here, 1, 2));
    check(cancelled_after(pool, here, random, 500, gather(pool, std::move(children))), 2);
  }
}

// asio#1332
BOOST_AUTO_TEST_CASE(a_request_that_comes_as_the_children_end_finds_nobody_dead) {
  asio::thread_pool pool(4);
  auto const serial = asio::make_strand(pool);
  std::minstd_rand random(6);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    asio::cancellation_signal signal;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 4; ++i) children.push_back(hops(here, 3, i));
    auto ended = gather(pool, std::move(children))(
        asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(serial, error_alone)));
    for (int i = 0; i < 5; ++i) {
      fanout_test::dawdle(random, 5'000);
      on(serial, [&] { signal.emit(i % 2 == 0 ? total : terminal); });
    }
    get(std::move(ended));
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_lazy_range_with_a_limit_on_a_pool_is_cancelled_at_any_moment) {
  asio::thread_pool pool(4);
  std::minstd_rand random(7);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    auto const child = [&here](int i) { return hops(here, i % 4, i); };
    check(cancelled_after(pool, here, random, 40'000,
                          gather(pool, std::views::iota(0, 30) | std::views::transform(child),
                                 fanout::limit(3))),
          30);
    BOOST_TEST(here.most() <= 3);
  }
}

BOOST_AUTO_TEST_CASE(a_nested_gather_on_a_pool_is_cancelled_through_all_levels) {
  asio::thread_pool pool(4);
  std::minstd_rand random(8);
  auto const parent = [](crowd& here) -> awaitable<int> {
    crowd::visit const visit(here);
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 3; ++i) children.push_back(hops(here, 5 * i, i));
    auto const values = co_await gather(std::move(children));
    co_return static_cast<int>(values.size());
  };
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 3; ++i) children.push_back(parent(here));
    check(cancelled_after(pool, here, random, 40'000, gather(pool, std::move(children))), 3);
  }
}

BOOST_AUTO_TEST_CASE(the_first_error_on_a_pool_cancels_the_rest) {
  asio::thread_pool pool(4);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 5; ++i) children.push_back(sleeps(here, 1h, i));
    children.push_back(fails_after(here, round % 5));
    auto ended = gather(pool, std::move(children), fanout::cancel_on_error)(
        asio::use_future([&](std::exception_ptr e, auto) { return ending{e, 0, here.inside()}; }));
    auto const end = get(std::move(ended));
    fanout_test::check_error<oops>(end.error, "failed");
    BOOST_TEST(end.children_inside == 0);
  }
}

// asio#1348: what `foo() || timer` was used for
BOOST_AUTO_TEST_CASE(a_timeout_on_a_pool_may_meet_the_end_of_its_child) {
  asio::thread_pool pool(4);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 6; ++i) children.push_back(sleeps(here, 30us * i, i));
    auto const results = fanout_test::result_of(
        gather(pool, std::move(children), fanout::return_exceptions, fanout::child_timeout(90us)));
    for (auto const& r : results)
      if (r.has_error())
        fanout_test::check_error<fanout::deadline_exceeded>(r.error(), "deadline exceeded");
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_timeout_on_a_pool_may_come_while_its_child_starts) {
  asio::thread_pool pool(4);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 12; ++i) children.push_back(sleeps(here, 50us, i));
    auto const results =
        fanout_test::result_of(gather(pool, std::move(children), fanout::return_exceptions,
                                      fanout::child_timeout(round * 20ns + 1ns)));
    for (auto const& r : results)
      if (r.has_error())
        fanout_test::check_error<fanout::deadline_exceeded>(r.error(), "deadline exceeded");
    BOOST_TEST(here.inside() == 0);
  }
}

BOOST_AUTO_TEST_CASE(timeout_error_and_request_on_a_pool_may_all_come_at_once) {
  asio::thread_pool pool(4);
  std::minstd_rand random(9);
  for (int round = 0; round < some_rounds; ++round) {
    crowd here;
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 4; ++i) children.push_back(sleeps(here, 50us * i, i));
    children.push_back(fails_after(here, 20));
    auto const end = cancelled_after(
        pool, here, random, 40'000,
        gather(pool, std::move(children), fanout::cancel_on_error, fanout::child_timeout(100us)));
    BOOST_TEST((end.error != nullptr));
    BOOST_TEST(end.children_inside == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_cancellation
