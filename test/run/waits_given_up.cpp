//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 2.2: a wait for a future that is given up leaves nothing with the future: no memory, no
// look at its error, no taken value.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace waits_given_up {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout::promise;
using fanout::race;
using fanout::shield;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::heap_mark;
using fanout_test::unhandled;
using virtual_clock = fanout::virtual_clock;
using lines = std::vector<std::string>;
namespace asio = boost::asio;

// ---- the ways to give up a wait for a future

template <class T>
struct way {
  std::string name;
  std::function<asio::awaitable<void>(future<T>)> wait;
};

template <class Operation>
asio::awaitable<void> aborted(Operation operation) {
  try {
    co_await std::move(operation);
  } catch (boost::system::system_error const&) {
  }
}

template <class Child>
asio::awaitable<void> lost(Child child) {
  auto both = race(std::move(child), hop(1));
  co_await std::move(both);
}

template <class T>
asio::awaitable<void> closes_stream(future<T> f) {
  auto stream = fanout::as_completed(shield(std::move(f)), hop(1));
  co_await stream.next();
  co_await stream.close();
}

template <class T>
asio::awaitable<void> cancels_task(future<T> f) {
  auto const task = create_task(co_await asio::this_coro::executor, shield(std::move(f)));
  co_await hop(1);
  task.cancel();
  auto moved = task;
  co_await aborted(std::move(moved));
}

template <class T>
asio::awaitable<void> cancels_at_once(future<T> f) {
  auto task = create_task(co_await asio::this_coro::executor, shield(std::move(f)));
  task.cancel();
  co_await aborted(std::move(task));
}

template <class T>
asio::awaitable<void> cancels_when(future<T> f) {
  auto const first = [](std::size_t, std::exception_ptr const&) {
    return asio::cancellation_type::total;
  };
  auto all =
      gather(shield(std::move(f)), hop(1), fanout::cancel_when(first), fanout::return_exceptions);
  co_await std::move(all);
}

// No strand: Asio keeps some memory for each that there was.
template <class T>
asio::awaitable<void> bound(future<T> f) {
  auto const executor = co_await asio::this_coro::executor;
  co_await lost(shield(asio::bind_executor(executor, std::move(f))));
}

template <class T>
asio::awaitable<void> behind_a_callable(future<T> f) {
  auto callable = [f = std::move(f)] { return f; };
  co_await lost(shield(std::move(callable)));
}

template <class T>
asio::awaitable<void> cancelled_behind_a_callable_at_once(future<T> f) {
  auto callable = [f = std::move(f)] { return f; };
  auto task = create_task(co_await asio::this_coro::executor, shield(std::move(callable)));
  task.cancel();
  co_await aborted(std::move(task));
  co_await hop(1);
}

template <class T>
std::vector<way<T>> const& ways() {
  using f = future<T>;
  static std::vector<way<T>> const all{
      {"a lost race", [](f a) { return lost(shield(std::move(a))); }},
      {"a time limit",
       [](f a) { return aborted(fanout::timeout<virtual_clock>(1ms, shield(std::move(a)))); }},
      {"a closed stream", closes_stream<T>},
      {"a cancelled task", cancels_task<T>},
      {"a task that is cancelled at once", cancels_at_once<T>},
      {"cancel_when", cancels_when<T>},
      {"a named one", [](f a) { return lost(shield(fanout::named("a", std::move(a)))); }},
      {"one that is bound", bound<T>},
      {"one behind a callable", behind_a_callable<T>},
      {"one behind a callable, at once", cancelled_behind_a_callable_at_once<T>},
      {"a shield in a shield", [](f a) { return lost(shield(shield(std::move(a)))); }},
  };
  return all;
}

BOOST_AUTO_TEST_SUITE(waits_given_up_test)

FANOUT_TEST(a_wait_that_is_given_up_leaves_no_byte) {
  if (!fanout_test::counts_allocations()) co_return;
  auto const executor = co_await asio::this_coro::executor;
  for (auto const& each : ways<int>()) {
    BOOST_TEST_CONTEXT(each.name) {
      promise<int> shutdown(executor);
      auto const stop = shutdown.get_future();
      for (int i = 0; i < 100; ++i) co_await each.wait(stop);
      heap_mark const mark;
      for (int i = 0; i < 1'000; ++i) co_await each.wait(stop);
      auto const used = mark.since();
      BOOST_TEST(used.allocations > 0u);
      BOOST_TEST(used.allocations == used.frees);
    }
  }
}

FANOUT_TEST(a_value_that_cannot_be_copied_stays_for_the_other_handle) {
  auto const executor = co_await asio::this_coro::executor;
  for (auto const& each : ways<move_only>()) {
    BOOST_TEST_CONTEXT(each.name) {
      auto task = create_task(executor, moved_after(30, 7));
      co_await each.wait(task);
      BOOST_TEST(*(co_await std::move(task)).number == 7);
    }
  }
}

// The future has ended, its end is on its way to the wait, and the wait is cancelled.
FANOUT_TEST(a_value_stays_also_if_the_wait_is_given_up_in_the_turn_in_which_it_comes) {
  auto const executor = co_await asio::this_coro::executor;
  for (int const hops : {-1, 0, 1, 2, 3}) {
    BOOST_TEST_CONTEXT(hops << " turns") {
      promise<move_only> made(executor);
      auto waits = create_task(executor, [&made]() -> asio::awaitable<move_only> {
        co_return co_await shield(made.get_future());
      });
      for (int i = 0; i < 3; ++i) co_await hop(1);
      if (hops < 0) waits.cancel(); // the request is on its way first
      made.set_value(move_only(7));
      for (int i = 0; i < hops; ++i) co_await hop(1);
      waits.cancel();
      while (!waits.done()) co_await hop(1);
      if (hops < 0) BOOST_TEST(waits.cancelled());
      auto const value = co_await (waits.cancelled() ? made.get_future() : std::move(waits));
      BOOST_TEST(*value.number == 7);
    }
  }
}

FANOUT_TEST(the_error_of_the_future_was_not_looked_at) {
  auto const executor = co_await asio::this_coro::executor;
  for (auto const& each : ways<int>()) {
    BOOST_TEST_CONTEXT(each.name) {
      unhandled reported;
      {
        auto const task = create_task(executor, throws_after(30, "disk full"), "save");
        co_await each.wait(task);
        co_await sleep_ms(50);
      }
      BOOST_TEST(reported.log == lines{"save: disk full"}, per_element());
      reported.log.clear();
      {
        auto const task = create_task(executor, throws_after(30, "disk full"), "save");
        co_await each.wait(task);
        FANOUT_CHECK_THROWS(oops, "disk full", co_await task);
      }
      BOOST_TEST(reported.log.empty());
    }
  }
}

FANOUT_TEST(a_future_that_is_shielded_runs_on_and_its_other_waits_get_the_value) {
  auto const executor = co_await asio::this_coro::executor;
  for (auto const& each : ways<int>()) {
    BOOST_TEST_CONTEXT(each.name) {
      auto const task = create_task(executor, after(30, 7));
      co_await each.wait(task);
      BOOST_TEST(!task.done());
      BOOST_TEST(co_await shield(task) == 7);
    }
  }
}

FANOUT_TEST(a_shield_that_is_not_cancelled_yields_what_the_future_does) {
  auto const executor = co_await asio::this_coro::executor;
  BOOST_TEST(co_await shield(create_task(executor, after(5, 7))) == 7);
  co_await shield(create_task(executor, nothing_after(5)));
  BOOST_TEST(*(co_await shield(create_task(executor, moved_after(5, 7)))).number == 7);
  BOOST_TEST((co_await shield(create_task(executor, undefaulted_after(5, 7)))).number == 7);
  FANOUT_CHECK_THROWS(oops, "x", co_await shield(create_task(executor, throws_after(5, "x"))));
  auto const done = create_task(executor, after(0, 8));
  co_await sleep_ms(1);
  BOOST_TEST(co_await shield(executor, done) == 8);
  auto const again = shield(done);
  BOOST_TEST(co_await again + co_await again == 16);
}

// ---- a shield around what is no future

FANOUT_TEST(what_a_shield_runs_after_its_wait_was_given_up_is_reported_if_it_fails) {
  unhandled reported;
  auto const fails = [] { return throws_after(10, "disk full"); };
  co_await aborted(fanout::timeout<virtual_clock>(5ms, shield(fails)));
  co_await aborted(fanout::timeout<virtual_clock>(5ms, shield(fanout::named("save", fails))));
  co_await sleep_ms(50);
  BOOST_TEST(reported.log ==
                 (lines{"child 0 of a shield: disk full", "child 0 'save' of a shield: disk full"}),
             per_element());
  reported.log.clear();
  co_await aborted(fanout::timeout<virtual_clock>(5ms, shield(after(10, 7))));
  auto const gives_up = []() -> asio::awaitable<void> {
    co_await sleep_ms(10);
    throw boost::system::system_error(asio::error::operation_aborted);
  };
  co_await aborted(fanout::timeout<virtual_clock>(5ms, shield(gives_up)));
  FANOUT_CHECK_THROWS(oops, "disk full", co_await shield(fails));
  co_await sleep_ms(50);
  BOOST_TEST(reported.log.empty());
}

FANOUT_TEST(a_shield_that_is_cancelled_before_the_first_step_of_its_child_starts_it_all_the_same) {
  auto const executor = co_await asio::this_coro::executor;
  lines log;
  auto const save = [&log]() -> asio::awaitable<void> {
    log.push_back("begun");
    co_await sleep_ms(10);
    log.push_back("saved");
  };
  auto const bound = [&]() { return asio::bind_executor(asio::make_strand(executor), save); };
  auto const check = [&](std::string const& what) -> asio::awaitable<void> {
    co_await sleep_ms(50);
    BOOST_TEST_CONTEXT(what) { BOOST_TEST(log == (lines{"begun", "saved"}), per_element()); }
    log.clear();
  };
  auto const in_the_turn_of_the_shield = [&](auto operation) -> asio::awaitable<void> {
    future<void>* waits = nullptr;
    auto waiting = create_task(executor, [&]() -> asio::awaitable<void> {
      co_await hop(1);
      waits->cancel(); // arrives between the initiation of the shield and the start of its child
      auto moved = std::move(operation);
      co_await std::move(moved);
    });
    waits = &waiting;
    co_await aborted(waiting);
    BOOST_TEST(waiting.cancelled());
  };
  co_await in_the_turn_of_the_shield(shield(save));
  co_await check("a callable");
  co_await in_the_turn_of_the_shield(shield(save()));
  co_await check("an awaitable");
  co_await in_the_turn_of_the_shield(shield(bound()));
  co_await check("bound to a strand");
  co_await in_the_turn_of_the_shield(shield(fanout::named("save", save)));
  co_await check("named");
  co_await in_the_turn_of_the_shield(shield(gather(save)));
  co_await check("a gather");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace waits_given_up
