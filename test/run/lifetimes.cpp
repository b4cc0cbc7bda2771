//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 10 and section 2: what happens when a context is destroyed in the middle, and what lives
// how long; for AddressSanitizer above all.

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <ranges>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace lifetimes {

using namespace zoo;
using fanout::gather;
using fanout::race;
using fanout::shield;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::drive;
using fanout_test::step;

// A completion handler that notes how many live when it is called.
struct notes_live {
  int* at_call;

  template <class... Args>
  void operator()(std::exception_ptr, Args&&...) {
    *at_call = counted::live;
  }
};

// A function that owns an object.
auto owns(std::weak_ptr<int>& object) {
  auto own = std::make_shared<int>();
  object = own;
  return [own = std::move(own)](auto const&...) {};
}

// ---- children

awaitable<int> holds(counted, long long ms) {
  counted const local;
  co_await sleep_ms(ms);
  co_return 1;
}

awaitable<counted> yields(long long ms) {
  co_await sleep_ms(ms);
  co_return counted();
}

awaitable<int> nests(counted, long long ms) {
  counted const local;
  std::vector<awaitable<int>> children;
  for (int i = 1; i <= 3; ++i) children.push_back(holds(counted(), ms * i));
  auto const values = co_await gather(std::move(children));
  co_return static_cast<int>(values.size());
}

std::vector<awaitable<int>> three_that_hold() {
  std::vector<awaitable<int>> children;
  for (int i = 1; i <= 3; ++i) children.push_back(holds(counted(), 10 * i));
  return children;
}

// An operation that owns something until it ends.
auto holding_operation(asio::io_context& context, long long ms) {
  using timer = asio::basic_waitable_timer<virtual_clock>;
  return asio::async_initiate<asio::deferred_t const, void(boost::system::error_code, int)>(
      [&context, ms, own = counted()](auto handler) {
        auto alarm = std::make_shared<timer>(context, milliseconds(ms));
        auto& waiting = *alarm;
        waiting.async_wait(
            [alarm, own, h = std::move(handler)](auto const& e) mutable { std::move(h)(e, 1); });
      },
      asio::deferred);
}

// ---- stages

// Starts something, runs a number of handlers, destroys the context: for each number until the
// completion handler is called, which is not to happen by the destruction.
template <class Start>
void destroyed_at_every_stage(Start const& start, int expected_stages) {
  for (int stage = 0;; ++stage) {
    int calls = 0, calls_before = 0;
    {
      asio::io_context context;
      start(context, counted_handler{&calls, {}});
      for (int i = 0; i < stage; ++i) step(context);
      calls_before = calls;
    }
    BOOST_TEST(counted::live == 0);
    BOOST_TEST(calls == calls_before);
    counted::live = 0;
    if (calls == 0) {
      BOOST_REQUIRE(stage < 100);
      continue;
    }
    BOOST_TEST(calls == 1);
    BOOST_TEST(stage >= expected_stages);
    return;
  }
}

BOOST_AUTO_TEST_SUITE(lifetimes_test)

// ---- a context that is destroyed in the middle

BOOST_AUTO_TEST_CASE(coroutines_die_with_their_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) { gather(c, three_that_hold())(std::move(h)); },
      4);
}

BOOST_AUTO_TEST_CASE(children_of_different_kinds_die_with_their_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        gather(c, holds(counted(), 10), yields(20), holding_operation(c, 30))(std::move(h));
      },
      4);
}

BOOST_AUTO_TEST_CASE(a_lazy_range_with_a_limit_dies_half_way_with_its_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        auto const child = [own = counted()](int i) { return holds(own, 10 * i); };
        gather(c, std::views::iota(0, 5) | std::views::transform(child),
               fanout::limit(2))(std::move(h));
      },
      5);
}

BOOST_AUTO_TEST_CASE(a_range_of_operations_dies_with_its_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        auto const child = [&c, own = counted()](int i) { return holding_operation(c, 10 * i); };
        gather(c, std::views::iota(0, 3) | std::views::transform(child))(std::move(h));
      },
      4);
}

BOOST_AUTO_TEST_CASE(callables_die_with_their_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        auto coroutine = [own = counted()]() -> awaitable<int> {
          co_await sleep_ms(10);
          co_return 1;
        };
        auto operation = [&c, own = counted()] { return holding_operation(c, 20); };
        gather(c, std::move(coroutine), std::move(operation))(std::move(h));
      },
      3);
}

BOOST_AUTO_TEST_CASE(nested_gathers_die_with_their_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        gather(c, nests(counted(), 10), nests(counted(), 10))(std::move(h));
      },
      8);
}

BOOST_AUTO_TEST_CASE(a_gather_that_is_awaited_dies_with_its_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        asio::co_spawn(c, nests(counted(), 10), std::move(h));
      },
      4);
}

BOOST_AUTO_TEST_CASE(children_with_timeouts_die_with_their_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        gather(c, three_that_hold(), fanout::child_timeout<virtual_clock>(milliseconds(15)),
               fanout::return_exceptions)(std::move(h));
      },
      4);
}

BOOST_AUTO_TEST_CASE(hooks_die_with_their_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) {
        auto const count = [own = counted()](auto const&...) {};
        gather(c, three_that_hold(), fanout::on_progress(count),
               fanout::on_late_error(count))(std::move(h));
      },
      4);
}

BOOST_AUTO_TEST_CASE(a_shielded_child_dies_with_its_context) {
  destroyed_at_every_stage(
      [](asio::io_context& c, counted_handler h) { shield(c, holds(counted(), 10))(std::move(h)); },
      2);
}

BOOST_AUTO_TEST_CASE(stragglers_die_with_their_context) {
  for (int stage = 0; stage < 8; ++stage) {
    int calls = 0;
    {
      asio::io_context context;
      gather(context, throws_at_once("oops"), holds(counted(), 10),
             holds(counted(), 20))(counted_handler{&calls, {}});
      for (int i = 0; i < stage; ++i) step(context);
    }
    BOOST_TEST(counted::live == 0);
    BOOST_TEST(calls <= 1);
  }
}

BOOST_AUTO_TEST_CASE(a_context_may_die_before_the_signal_that_could_cancel_on_it) {
  asio::cancellation_signal signal;
  destroyed_at_every_stage(
      [&signal](asio::io_context& c, counted_handler h) {
        gather(c, three_that_hold())(asio::bind_cancellation_slot(signal.slot(), std::move(h)));
      },
      4);
  signal.emit(asio::cancellation_type::terminal); // reaches nobody
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(a_signal_that_could_cancel_may_die_before_the_context) {
  for (int stage = 0; stage < 4; ++stage) {
    int calls = 0;
    {
      asio::io_context context;
      auto signal = std::make_unique<asio::cancellation_signal>();
      gather(context, three_that_hold())(
          asio::bind_cancellation_slot(signal->slot(), counted_handler{&calls, {}}));
      for (int i = 0; i < stage; ++i) step(context);
      signal.reset();
    }
    BOOST_TEST(counted::live == 0);
    BOOST_TEST(calls == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_gather_that_was_cancelled_dies_with_its_context) {
  asio::cancellation_signal signal;
  destroyed_at_every_stage(
      [&signal](asio::io_context& c, counted_handler h) {
        std::vector<awaitable<int>> children;
        for (int i = 1; i <= 2; ++i) children.push_back(nests(counted(), 10));
        gather(c, std::move(children))(asio::bind_cancellation_slot(signal.slot(), std::move(h)));
        asio::post(c, [&signal] { signal.emit(asio::cancellation_type::terminal); });
      },
      3);
}

BOOST_AUTO_TEST_CASE(a_handler_elsewhere_is_called_if_the_children_die_with_their_context) {
  int calls = 0;
  asio::io_context handlers;
  {
    asio::io_context children;
    gather(children, three_that_hold())(asio::bind_executor(handlers, counted_handler{&calls, {}}));
    step(children);
    handlers.poll();
    BOOST_TEST(!handlers.stopped());
  }
  BOOST_TEST(calls == 0);
  handlers.poll();
  BOOST_TEST(handlers.stopped()); // no work is left behind
  BOOST_TEST(counted::live == 0);
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_handler_that_waits_for_its_own_context_dies_with_it) {
  int calls = 0;
  {
    asio::io_context handlers;
    asio::io_context children;
    gather(children, three_that_hold())(asio::bind_executor(handlers, counted_handler{&calls, {}}));
    drive(children);
    BOOST_TEST(counted::live > 0); // the handler
  }
  BOOST_TEST(counted::live == 0);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_child_on_another_context_dies_with_that_one) {
  int calls = 0;
  {
    asio::io_context home;
    {
      asio::io_context other;
      gather(home, holds(counted(), 10),
             asio::bind_executor(other, holds(counted(), 10)))(counted_handler{&calls, {}});
      drive(home);
      step(other);
    }
    BOOST_TEST(calls == 0);
    drive(home);
    BOOST_TEST(calls == 1);
  }
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(a_child_on_another_context_may_die_while_its_siblings_wait) {
  int calls = 0;
  {
    asio::io_context home;
    {
      asio::io_context other;
      gather(home, holds(counted(), 10),
             asio::bind_executor(other, holds(counted(), 10)))(counted_handler{&calls, {}});
      step(home);
      step(other);
    }
    drive(home);
    BOOST_TEST(calls == 1);
  }
  BOOST_TEST(counted::live == 0);
}

// ---- an operation that is never started

// A child of each kind on a context that is destroyed after a number of handlers, and a sibling
// that waits. A later request reaches the sibling, and nobody else.
template <class Child>
void cancelled_after_its_context(Child const& child) {
  for (bool const started : {false, true}) {
    int calls = 0;
    {
      asio::io_context context;
      asio::cancellation_signal signal;
      auto sibling = std::make_shared<int>(0);
      auto waits = [sibling]() -> awaitable<int> { co_return co_await holds(counted(), 1000); };
      {
        asio::io_context other;
        gather(context, child(other), std::move(waits))(
            asio::bind_cancellation_slot(signal.slot(), counted_handler{&calls, {}}));
        step(context);
        if (started) step(other);
      }
      BOOST_TEST(sibling.use_count() == 2);
      signal.emit(asio::cancellation_type::terminal);
      drive(context);
      BOOST_TEST(sibling.use_count() == 1); // it was cancelled, and nothing holds the operation
    }
    BOOST_TEST(counted::live == 0);
    BOOST_TEST(calls == 1);
    counted::live = 0;
  }
}

BOOST_AUTO_TEST_CASE(a_coroutine_is_not_cancelled_on_a_context_that_is_gone) {
  cancelled_after_its_context(
      [](asio::io_context& other) { return asio::bind_executor(other, holds(counted(), 10'000)); });
}

BOOST_AUTO_TEST_CASE(a_coroutine_is_not_cancelled_on_a_strand_that_is_gone) {
  cancelled_after_its_context([](asio::io_context& other) {
    return asio::bind_executor(asio::make_strand(other), holds(counted(), 10'000));
  });
}

BOOST_AUTO_TEST_CASE(an_operation_is_not_cancelled_on_a_context_that_is_gone) {
  cancelled_after_its_context([](asio::io_context& other) {
    return asio::bind_executor(other, holding_operation(other, 10'000));
  });
}

BOOST_AUTO_TEST_CASE(a_child_of_a_callable_is_not_cancelled_on_a_context_that_is_gone) {
  cancelled_after_its_context([](asio::io_context& other) {
    return [&other] { return asio::bind_executor(other, holds(counted(), 10'000)); };
  });
}

BOOST_AUTO_TEST_CASE(an_operation_that_is_never_initiated_destroys_its_children) {
  {
    asio::io_context context;
    auto const operation = gather(context, three_that_hold());
    auto callable = [own = counted()] { return at_once(1); };
    auto const other = gather(context, std::move(callable));
    BOOST_TEST(counted::live > 0);
  }
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(an_operation_that_is_moved_from_holds_nothing) {
  asio::io_context context;
  int calls = 0;
  auto operation = gather(context, three_that_hold());
  std::move(operation)(counted_handler{&calls, {}});
  drive(context);
  BOOST_TEST(calls == 1);
  BOOST_TEST(counted::live == 0);
}

// ---- captures, ranges, values

// asio#1491
FANOUT_TEST(captures_live_until_their_child_has_ended) {
  auto const check = [own = std::make_shared<int>(7)](long long ms) -> awaitable<int> {
    co_await sleep_ms(ms);
    co_return *own;
  };
  auto first = [check] { return check(10); };
  auto second = [own = std::make_shared<int>(8)]() -> awaitable<int> {
    co_await sleep_ms(20);
    co_return *own;
  };
  auto operation = gather(std::move(first), std::move(second));
  auto const values = co_await std::move(operation);
  BOOST_TEST((values == std::tuple(7, 8)));
}

BOOST_AUTO_TEST_CASE(nothing_of_the_children_lives_when_the_handler_is_called) {
  asio::io_context context;
  int at_call = -1;
  auto callable = [own = counted()]() -> awaitable<int> {
    co_await sleep_ms(40);
    co_return 1;
  };
  auto const child = [own = counted()](int i) { return holds(own, 10 * i); };
  int const ours = counted::live;
  gather(context, holds(counted(), 10), std::move(callable),
         gather(std::views::iota(0, 3) | std::views::transform(child)),
         holding_operation(context, 50))(notes_live{&at_call});
  drive(context);
  BOOST_TEST(at_call == ours);
}

BOOST_AUTO_TEST_CASE(nothing_of_cancelled_children_lives_when_the_handler_is_called) {
  asio::io_context context;
  int at_call = -1;
  gather(context, holds(counted(), 10), nests(counted(), 20), throws_after(5, "oops"),
         holding_operation(context, 1), fanout::cancel_on_error)(notes_live{&at_call});
  drive(context);
  BOOST_TEST(at_call == 0);
}

FANOUT_TEST(siblings_of_an_early_error_may_read_what_the_range_owns) {
  std::vector<int> seen;
  {
    auto const child = [&seen, own = std::make_shared<int>(7)](int i) -> awaitable<int> {
      if (i == 0) throw oops("first");
      co_await sleep_ms(10 * i);
      seen.push_back(*own);
      co_return i;
    };
    auto operation = gather(std::views::iota(0, 3) | std::views::transform(child));
    FANOUT_CHECK_THROWS(oops, "first", co_await std::move(operation));
  }
  BOOST_TEST(seen.empty());
  co_await sleep_ms(100);
  BOOST_TEST(seen == (std::vector{7, 7}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_range_lives_until_the_last_straggler_has_ended) {
  asio::io_context context;
  int at_call = 0;
  auto const child = [own = counted()](int i) -> awaitable<int> {
    if (i == 0) throw oops("first");
    co_await sleep_ms(10);
    co_return i;
  };
  gather(context, std::views::iota(0, 3) | std::views::transform(child))(notes_live{&at_call});
  drive(context);
  BOOST_TEST(at_call >= 1 + 1); // the one here, and the one in the range
  BOOST_TEST(counted::live == 1);
}

FANOUT_TEST(values_that_come_too_late_are_dropped_at_once) {
  std::vector<awaitable<counted>> children;
  children.push_back([]() -> awaitable<counted> {
    throw oops("early");
    co_return counted();
  }());
  children.push_back(yields(10));
  children.push_back(yields(1000));
  auto operation = gather(std::move(children));
  FANOUT_CHECK_THROWS(oops, "early", co_await std::move(operation));
  co_await sleep_ms(500);
  BOOST_TEST(counted::live == 0); // while the third one still runs
  co_await sleep_ms(1000);
  BOOST_TEST(counted::live == 0);
}

// ---- what has been passed goes before the completion

awaitable<int> posts(counted, int value) {
  co_await asio::post(asio::deferred);
  co_return value;
}

awaitable<int> posts_and_fails(counted) {
  co_await asio::post(asio::deferred);
  throw oops("bad");
  co_return 0;
}

FANOUT_TEST(a_child_that_was_held_back_by_stagger_is_destroyed_before_the_race_completes) {
  auto first = fanout::first_success(posts(counted(), 1), posts(counted(), 2),
                                     fanout::stagger<virtual_clock>(std::chrono::hours(1)));
  BOOST_TEST((co_await std::move(first)).index == 0U);
  BOOST_TEST(counted::live == 0);
}

FANOUT_TEST(a_child_that_was_held_back_by_a_limiter_is_destroyed_before_the_gather_completes) {
  fanout::limiter one(1);
  auto all = gather(posts_and_fails(counted()), posts(counted(), 2), fanout::limit(one),
                    fanout::cancel_on_error);
  FANOUT_CHECK_THROWS(oops, "bad", co_await std::move(all));
  BOOST_TEST(counted::live == 0);
}

FANOUT_TEST(a_child_whose_start_was_posted_is_destroyed_before_the_gather_completes) {
  auto const ex = co_await asio::this_coro::executor;
  auto all = gather(asio::post(ex, asio::deferred), posts_and_fails(counted()), posts(counted(), 2),
                    fanout::limit(2), fanout::cancel_on_error);
  FANOUT_CHECK_THROWS(oops, "bad", co_await std::move(all));
  BOOST_TEST(counted::live == 0);
}

FANOUT_TEST(the_functions_of_a_group_are_destroyed_before_with_task_group_completes) {
  auto const body = [](fanout::task_group& group) -> awaitable<void> {
    group.create_task(posts(counted(), 1));
    co_return;
  };
  std::weak_ptr<int> kept;
  auto operation = fanout::with_task_group(body, fanout::on_error(owns(kept)));
  co_await std::move(operation);
  BOOST_TEST(kept.expired());
}

BOOST_AUTO_TEST_CASE(on_a_pool_a_range_is_destroyed_before_the_gather_completes) {
  asio::thread_pool pool(2);
  for (int i = 0; i < 300; ++i) {
    auto const own = std::make_shared<int>(i);
    auto const child = [own](int n) -> awaitable<int> {
      co_await asio::post(asio::deferred);
      if (n == 2) throw oops("third");
      co_return n;
    };
    auto ended = gather(pool, std::views::iota(0, 5) | std::views::transform(child),
                        fanout::cancel_on_error)(asio::use_future);
    FANOUT_CHECK_THROWS(oops, "third", ended.get());
    BOOST_TEST(own.use_count() == 2); // it, and the function
  }
}

BOOST_AUTO_TEST_CASE(on_a_pool_the_functions_of_policies_are_destroyed_before_the_race_completes) {
  asio::thread_pool pool(2);
  for (int i = 0; i < 300; ++i) {
    std::weak_ptr<int> kept;
    auto ended = race(pool, posts(counted(), 1), posts(counted(), 2), posts(counted(), 3),
                      fanout::on_progress(owns(kept)))(asio::use_future);
    ended.get();
    BOOST_TEST(kept.expired());
    BOOST_TEST(counted::live == 0);
  }
}

BOOST_AUTO_TEST_CASE(
    on_a_pool_what_was_passed_is_destroyed_with_the_last_child_that_runs_on_after_an_error) {
  asio::thread_pool pool(4);
  for (int i = 0; i < 300; ++i) {
    std::weak_ptr<int> kept;
    auto ended = gather(pool, posts_and_fails(counted()), posts(counted(), 2), posts(counted(), 3),
                        fanout::on_progress(owns(kept)))(asio::use_future);
    FANOUT_CHECK_THROWS(oops, "bad", ended.get());
    while (!kept.expired()) std::this_thread::yield();
    while (counted::live != 0) std::this_thread::yield();
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace lifetimes
