//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: limiter, its places and those who wait for one.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/timeout.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace limiters {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_signal;
using asio::cancellation_type;
using boost::test_tools::per_element;
using fanout::gather;
using fanout::limiter;
using fanout_test::check_aborted;
using fanout_test::counted;
using fanout_test::start;
using guard = limiter::guard;
using lines = std::vector<std::string>;

// How many places are free.
std::size_t free_places(limiter const& l) {
  std::vector<guard> taken;
  while (auto place = l.try_acquire()) taken.push_back(std::move(place));
  return taken.size();
}

// Has a place for some time.
awaitable<int> works(limiter& l, lines& log, std::string name, long long ms) {
  auto const place = co_await l.acquire();
  log.push_back("+" + name);
  co_await sleep_ms(ms);
  log.push_back("-" + name);
  co_return 0;
}

// A wait that writes down its name when it is over.
void wait(limiter const& l, asio::io_context& context, lines& log, std::string name) {
  l.acquire(context)([&log, name = std::move(name)](std::exception_ptr error, guard place) {
    log.push_back(name + (error ? " failed" : place ? "" : " has nothing"));
  });
}

BOOST_AUTO_TEST_SUITE(limiters_test)

// ---- places

BOOST_AUTO_TEST_CASE(a_limiter_has_as_many_places_as_it_was_made_with) {
  BOOST_TEST(free_places(limiter(1)) == 1u);
  BOOST_TEST(free_places(limiter(std::size_t(5))) == 5u);
  BOOST_TEST(!std::is_copy_constructible_v<limiter>);
  BOOST_TEST(
      (!std::is_constructible_v<limiter, bool> && !std::is_constructible_v<limiter, double>));
}

BOOST_AUTO_TEST_CASE(a_limiter_without_any_place_is_an_invalid_argument) {
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout::limiter: it needs at least one permit, not 0",
                      limiter(0));
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::limiter: it needs at least one permit, not -3", limiter(-3));
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout::limiter: it needs at least one permit, not 0",
                      limiter(std::size_t(0)));
}

BOOST_AUTO_TEST_CASE(a_place_is_given_back_by_the_end_of_its_guard_or_before) {
  limiter l(2);
  {
    guard const one = l.try_acquire();
    guard two = l.try_acquire();
    BOOST_TEST((one && two));
    BOOST_TEST(!l.try_acquire());
    two.release();
    BOOST_TEST(!two);
    BOOST_TEST(free_places(l) == 1u);
    two.release(); // does nothing
    BOOST_TEST(free_places(l) == 1u);
  }
  BOOST_TEST(free_places(l) == 2u);
}

BOOST_AUTO_TEST_CASE(a_guard_moves_with_its_place) {
  limiter l(2);
  guard one = l.try_acquire();
  guard two = std::move(one);
  BOOST_TEST((!one && two));
  guard three = l.try_acquire();
  three = std::move(two); // gives its own place back
  BOOST_TEST((!two && three));
  BOOST_TEST(free_places(l) == 1u);
  guard& same = three;
  three = std::move(same);
  BOOST_TEST(static_cast<bool>(three));
  BOOST_TEST(free_places(l) == 1u);
  three = guard();
  BOOST_TEST(free_places(l) == 2u);
  BOOST_TEST(!std::is_copy_constructible_v<guard>);
  BOOST_TEST(std::is_nothrow_move_constructible_v<guard>);
}

// ---- waiting

FANOUT_TEST(a_place_that_is_free_is_there_without_a_wait_but_never_inside_the_initiation) {
  limiter l(1);
  cancellation_signal signal;
  auto const seen = start(l.acquire(co_await asio::this_coro::executor), signal);
  BOOST_TEST(seen->calls == 0);
  co_await sleep_ms(1);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(seen->ms == 0);
  BOOST_TEST(static_cast<bool>(seen->value));
  BOOST_TEST(free_places(l) == 0u);
}

FANOUT_TEST(who_comes_first_is_served_first) {
  limiter l(2);
  lines log;
  co_await gather(works(l, log, "a", 10), works(l, log, "b", 5), works(l, log, "c", 10),
                  works(l, log, "d", 1), works(l, log, "e", 1));
  BOOST_TEST(log == (lines{"+a", "+b", "-b", "+c", "-a", "+d", "-d", "+e", "-e", "-c"}),
             per_element());
  BOOST_TEST(free_places(l) == 2u);
}

BOOST_AUTO_TEST_CASE(a_place_that_becomes_free_belongs_to_the_first_who_waits) {
  asio::io_context context;
  limiter l(1);
  lines log;
  auto place = l.try_acquire();
  wait(l, context, log, "first");
  wait(l, context, log, "second");
  context.poll();
  BOOST_TEST(log.empty());
  place.release();
  BOOST_TEST(!l.try_acquire()); // although nobody has been called yet
  context.poll();
  BOOST_TEST(log == (lines{"first", "second"}), per_element());
  BOOST_TEST(free_places(l) == 1u);
}

BOOST_AUTO_TEST_CASE(those_who_wait_on_different_contexts_stand_in_one_queue) {
  asio::io_context here, there;
  limiter l(1);
  lines log;
  auto place = l.try_acquire();
  wait(l, there, log, "first");
  wait(l, here, log, "second");
  place.release();
  here.poll();
  BOOST_TEST(log.empty());
  there.poll();
  here.restart();
  here.poll();
  BOOST_TEST(log == (lines{"first", "second"}), per_element());
}

FANOUT_TEST(very_many_may_wait) {
  limiter l(1);
  int served = 0;
  auto const ex = co_await asio::this_coro::executor;
  auto place = l.try_acquire();
  for (int i = 0; i < 100'000; ++i)
    l.acquire(ex)([&served](std::exception_ptr error, guard one) { served += !error && one; });
  place.release();
  co_await sleep_ms(1);
  BOOST_TEST(served == 100'000);
  BOOST_TEST(free_places(l) == 1u);
}

// ---- cancelled

FANOUT_TEST(a_wait_is_cancelled_by_a_request_of_any_type) {
  limiter l(1);
  auto const ex = co_await asio::this_coro::executor;
  auto const place = l.try_acquire();
  for (auto const type :
       {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total}) {
    cancellation_signal signal;
    auto const seen = start(l.acquire(ex), signal);
    co_await sleep_ms(5);
    signal.emit(type);
    co_await sleep_ms(1);
    BOOST_TEST(seen->ms == 5);
    check_aborted(seen->error);
    BOOST_TEST(!seen->value);
    BOOST_TEST(seen->slot_was_clear);
  }
}

FANOUT_TEST(a_wait_that_was_cancelled_takes_no_place) {
  limiter l(1);
  auto const ex = co_await asio::this_coro::executor;
  auto place = l.try_acquire();
  cancellation_signal one, two;
  auto const first = start(l.acquire(ex), one);
  auto const second = start(l.acquire(ex), two);
  one.emit(cancellation_type::terminal);
  place.release();
  co_await sleep_ms(1);
  check_aborted(first->error);
  BOOST_TEST(static_cast<bool>(second->value));
  second->value.release();
  BOOST_TEST(free_places(l) == 1u);
}

FANOUT_TEST(a_request_after_the_place_was_given_comes_too_late) {
  limiter l(1);
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto place = l.try_acquire();
  auto const seen = start(l.acquire(ex), signal);
  place.release(); // and the handler has not been called
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(1);
  BOOST_TEST(!seen->error);
  BOOST_TEST(static_cast<bool>(seen->value));
  signal.emit(cancellation_type::terminal);
  BOOST_TEST(static_cast<bool>(seen->value));
}

FANOUT_TEST(a_coroutine_that_waits_can_be_cancelled) {
  limiter l(1);
  lines log;
  auto place = l.try_acquire();
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                      co_await fanout::timeout<virtual_clock>(10ms, works(l, log, "a", 1)));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                      co_await fanout::timeout<virtual_clock>(10ms, l.acquire()));
  place.release();
  BOOST_TEST(log.empty());
  BOOST_TEST(free_places(l) == 1u);
}

// Waits that are cancelled must not pile up behind a place that is never given back.
FANOUT_TEST(waits_that_were_cancelled_leave_nothing_behind) {
  limiter l(1);
  auto const ex = co_await asio::this_coro::executor;
  auto place = l.try_acquire();
  auto const waits = [&](int n) -> awaitable<void> {
    for (int i = 0; i < n; ++i) {
      cancellation_signal signal;
      auto const seen = start(l.acquire(ex), signal);
      signal.emit(cancellation_type::terminal);
      co_await asio::post(asio::deferred);
      BOOST_REQUIRE(seen->calls == 1);
    }
  };
  co_await waits(100);
  fanout_test::heap_mark const mark;
  co_await waits(10'000);
  auto const use = mark.since();
  BOOST_TEST(use.allocations - use.frees < 100u);
  place.release();
  BOOST_TEST(free_places(l) == 1u);
}

// ---- who goes

BOOST_AUTO_TEST_CASE(a_limiter_may_go_before_those_who_have_places_or_wait_for_them) {
  asio::io_context context;
  lines log;
  std::optional<limiter> l(1);
  auto place = l->try_acquire();
  wait(*l, context, log, "first");
  wait(*l, context, log, "second");
  auto const later = l->acquire(context);
  l.reset();
  context.poll();
  BOOST_TEST(log.empty());
  place.release();
  context.restart();
  context.poll();
  BOOST_TEST(log == (lines{"first", "second"}), per_element());
  bool has_place = false;
  later([&has_place](std::exception_ptr, guard one) { has_place = static_cast<bool>(one); });
  context.restart();
  context.poll();
  BOOST_TEST(has_place);
}

BOOST_AUTO_TEST_CASE(who_waits_on_a_context_that_goes_is_not_called_and_takes_no_place) {
  asio::io_context here;
  limiter l(1);
  lines log;
  auto place = l.try_acquire();
  {
    asio::io_context there;
    for (int i = 0; i < 3; ++i)
      l.acquire(there)(
          [&log, alive = counted()](std::exception_ptr, guard) { log.push_back("?"); });
    wait(l, here, log, "here");
    there.poll();
    BOOST_TEST(counted::live == 3);
  }
  BOOST_TEST(counted::live == 0);
  place.release();
  here.poll();
  BOOST_TEST(log == lines{"here"}, per_element());
  BOOST_TEST(free_places(l) == 1u);
}

BOOST_AUTO_TEST_CASE(a_place_that_was_given_on_a_context_that_goes_comes_back) {
  limiter l(2);
  {
    asio::io_context context;
    auto place = l.try_acquire();
    auto other = l.try_acquire();
    auto const never = [](std::exception_ptr, guard) { BOOST_ERROR("called"); };
    l.acquire(context)(never);
    l.acquire(context)(never);
    place.release(); // on its way to the first
  }
  BOOST_TEST(free_places(l) == 2u);
}

BOOST_AUTO_TEST_CASE(a_coroutine_that_goes_with_its_context_gives_its_place_back) {
  limiter l(1);
  lines log;
  {
    asio::io_context context;
    asio::co_spawn(context, works(l, log, "a", 1000), asio::detached);
    asio::co_spawn(context, works(l, log, "b", 1000), asio::detached);
    context.poll();
    BOOST_TEST(log == lines{"+a"}, per_element());
    BOOST_TEST(free_places(l) == 0u);
  }
  BOOST_TEST(free_places(l) == 1u);
}

// The same for waits whose context went.
BOOST_AUTO_TEST_CASE(waits_on_contexts_that_went_leave_nothing_behind) {
  limiter l(1);
  auto place = l.try_acquire();
  auto const waits = [&l](int n) {
    for (int i = 0; i < n; ++i) {
      asio::io_context context;
      l.acquire(context)([](std::exception_ptr, guard) {});
    }
  };
  waits(100);
  fanout_test::heap_mark const mark;
  waits(1000);
  auto const use = mark.since();
  BOOST_TEST(use.allocations - use.frees < 100u);
}

// ---- any token

FANOUT_TEST(a_place_can_be_acquired_with_any_token) {
  limiter l(4);
  auto const ex = co_await asio::this_coro::executor;
  auto const [error, place] = co_await l.acquire()(asio::as_tuple(asio::use_awaitable));
  BOOST_TEST((!error && place));
  std::future<guard> one = l.acquire()(asio::bind_executor(ex, asio::use_future));
  std::future<guard> two = l.acquire(ex)(asio::use_future);
  l.acquire(ex)(asio::detached); // takes one and gives it back
  co_await sleep_ms(1);
  BOOST_TEST((fanout_test::get(std::move(one)) && fanout_test::get(std::move(two))));
  BOOST_TEST(free_places(l) == 3u);
}

FANOUT_TEST(acquiring_can_be_a_child) {
  limiter l(3);
  {
    auto const [one, two] = co_await gather(l.acquire(), l.acquire());
    BOOST_TEST((one && two));
    BOOST_TEST(free_places(l) == 1u);
    std::vector waits(2, l.acquire());
    FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                        co_await gather(std::move(waits), fanout::deadline<virtual_clock>(10ms)));
    BOOST_TEST(free_places(l) == 1u);
  }
  BOOST_TEST(free_places(l) == 3u);
}

FANOUT_TEST(acquiring_can_be_a_task) {
  limiter l(1);
  auto const ex = co_await asio::this_coro::executor;
  {
    auto task = fanout::create_task(ex, l.acquire());
    auto const waits = fanout::create_task(ex, l.acquire());
    auto const place = co_await std::move(task);
    BOOST_TEST(static_cast<bool>(place));
    BOOST_TEST(!waits.done());
    BOOST_TEST(waits.cancel());
    co_await sleep_ms(1);
    BOOST_TEST(waits.cancelled());
  }
  BOOST_TEST(free_places(l) == 1u);
}

FANOUT_TEST(the_same_operation_can_be_awaited_several_times) {
  limiter l(2);
  auto const acquires = l.acquire();
  auto const one = co_await acquires;
  auto const two = co_await acquires;
  BOOST_TEST((one && two));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace limiters
