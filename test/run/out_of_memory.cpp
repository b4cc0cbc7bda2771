//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Each allocation of every operation fails once. Then `bad_alloc` arrives where an error belongs,
// or the operation works all the same, or it lets go of its handler and `bad_alloc` leaves `run()`.
// Nothing crashes, leaks, is told twice or keeps a context busy.
//
// Two places are left out, since Asio does not survive there: a strand that cannot post what it has
// been given does not run any more, and one that cannot post the rest of what it has terminates the
// program.

#include <fanout.hpp>

#include "../support/out_of_memory.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace out_of_memory {

using namespace zoo;
using namespace fanout;
using fanout_test::short_of_memory;

boost::test_tools::assertion_result can_fail(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result can(fanout_test::can_fail_allocations());
  can.message() << "no allocation can be made to fail in this build";
  return can;
}

// A test case that runs its body once for each allocation in it. What it begins with in plain Asio
// may leak.
#define SURVIVES_AS(name, asio)                                                                    \
  void name##_body(short_of_memory& m);                                                            \
  BOOST_AUTO_TEST_CASE(name, *boost::unit_test::precondition(can_fail)) {                          \
    fanout_test::fail_each_allocation(name##_body, asio);                                          \
  }                                                                                                \
  void name##_body(short_of_memory& m)

#define SURVIVES(name) SURVIVES_AS(name, nullptr)

std::vector<awaitable<int>> several(int n) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < n; ++i) children.push_back(after(i, i));
  return children;
}

std::vector<future<int>> tasks(short_of_memory& m) {
  std::vector<future<int>> all;
  for (int i = 1; i < 4; ++i) all.push_back(create_task(m.context, after(i, i)));
  return all;
}

template <class Stream>
awaitable<void> read_all(Stream stream) {
  while (auto const next = co_await stream.next())
    if (next->result.has_error()) std::rethrow_exception(next->result.error());
}

// Runs a coroutine, in which allocations count.
awaitable<void> counted(short_of_memory& m, awaitable<void> (*body)(short_of_memory&)) {
  m.begin();
  co_await body(m);
}

void in_coroutine(short_of_memory& m, awaitable<void> (*body)(short_of_memory&)) {
  asio::co_spawn(m.context, counted(m, body), m.gives_value());
}

#define SURVIVES_IN_COROUTINE(name)                                                                \
  awaitable<void> name##_coroutine(short_of_memory& m);                                            \
  SURVIVES(name) { in_coroutine(m, name##_coroutine); }                                            \
  awaitable<void> name##_coroutine([[maybe_unused]] short_of_memory& m)

auto const slow = milliseconds(50);

// Says at the end how much has been tried.
struct says_how_many {
  ~says_how_many() {
    std::printf("out_of_memory: %zu allocations have failed\n", fanout_test::failed_allocations);
  }
};

BOOST_AUTO_TEST_SUITE(out_of_memory_test, *boost::unit_test::fixture<says_how_many>())

// ---- gather

SURVIVES(gather_of_children_that_do_not_wait) {
  m.begin();
  gather(m.context, at_once(1), at_once(2))(m.gives_value());
}

SURVIVES(gather_of_children_that_hop) {
  m.begin();
  gather(m.context, hop(1), hop(2), hop(3))(m.gives_value());
}

SURVIVES(gather_of_a_range) {
  m.begin();
  gather(m.context, several(5))(m.gives_value());
}

SURVIVES(gather_with_a_limit) {
  m.begin();
  gather(m.context, several(5), limit(2))(m.gives_value());
}

SURVIVES(gather_with_return_exceptions) {
  m.begin();
  gather(m.context, hop(1), throws_after(1, "oops"), return_exceptions)(m.gives_value());
}

SURVIVES(gather_that_fails_while_the_rest_runs_on) {
  m.begin();
  gather(m.context, throws_after(1, "oops"), after(5, 1), after(6, 1))(m.fails());
}

SURVIVES(gather_with_cancel_on_error) {
  m.begin();
  gather(m.context, throws_after(1, "oops"), after(9, 1), cancel_on_error)(m.fails());
}

SURVIVES(gather_that_is_cancelled) {
  auto const slot = m.cancelled_later();
  m.begin();
  gather(m.context, after(5, 1), after(9, 2))(asio::bind_cancellation_slot(slot, m.is_cancelled()));
}

SURVIVES(gather_with_time_limits) {
  m.begin();
  gather(m.context, after(1, 1), after(2, 2), child_timeout<virtual_clock>(slow),
         deadline<virtual_clock>(slow))(m.gives_value());
}

SURVIVES(gather_with_hooks) {
  m.begin();
  gather(m.context, after(1, 1), after(2, 2), on_progress([](auto const&) {}),
         on_late_error([](std::size_t, std::exception_ptr) {}))(m.gives_value());
}

SURVIVES(gather_with_cancel_when) {
  m.begin();
  gather(m.context, throws_after(1, "oops"), after(50, 2),
         cancel_when([](std::size_t, std::exception_ptr const& e) {
           return e ? asio::cancellation_type::terminal : asio::cancellation_type::none;
         }))(m.fails());
}

SURVIVES(gather_of_children_with_names) {
  m.begin();
  gather(m.context, named("a name that is too long to be kept in place", after(1, 1)),
         named("another one that is too long for that", throws_after(2, "oops")),
         with_index)(m.fails());
}

SURVIVES(gather_of_operations) {
  m.begin();
  gather(m.context, asio::post(m.context, asio::deferred),
         sleep<virtual_clock>(m.context, milliseconds(2)))(m.gives_value());
}

SURVIVES(gather_of_callables) {
  m.begin();
  gather(m.context, [] { return after(1, 1); }, [] { return sleep_ms(2); })(m.gives_value());
}

SURVIVES(gather_of_bound_children) {
  m.begin();
  gather(m.context, asio::bind_executor(m.context, after(1, 1)),
         asio::bind_executor(m.context, sleep_ms(1)), cancel_on_error)(m.gives_value());
}

SURVIVES(gather_of_futures) {
  auto all = tasks(m);
  m.begin();
  gather(m.context, std::move(all))(m.gives_value());
}

SURVIVES(gather_of_abortable_operations) {
  auto& timer = m.make<asio::basic_waitable_timer<virtual_clock>>(m.context, slow);
  auto const slot = m.cancelled_later();
  m.begin();
  gather(m.context, abortable(timer.async_wait(asio::deferred)),
         after(5, 1))(asio::bind_cancellation_slot(slot, m.is_cancelled()));
}

SURVIVES(gather_with_keep_results) {
  m.begin();
  gather(m.context, several(4), return_exceptions, keep_results,
         deadline<virtual_clock>(milliseconds(2)))(m.gives_value());
}

SURVIVES_IN_COROUTINE(gathers_in_gathers) {
  auto outer = gather(gather(hop(1), after(2, 2)), gather(hop(1)));
  co_await std::move(outer);
}

SURVIVES_IN_COROUTINE(other_tokens) {
  co_await gather(hop(1), after(2, 2))(asio::use_awaitable);
  auto const [error, values] = co_await gather(hop(1))(asio::as_tuple(asio::deferred));
  if (error) std::rethrow_exception(error);
}

// ---- eager: children start inside the initiating call

SURVIVES(eager_gather_of_children_that_do_not_wait) {
  m.begin();
  gather(m.context, at_once(1), at_once(2), eager)(m.gives_value());
}

SURVIVES(eager_gather_of_children_that_wait) {
  m.begin();
  gather(m.context, hop(1), after(2, 2), at_once(3), eager)(m.gives_value());
}

SURVIVES_IN_COROUTINE(awaited_eager_gather_of_children_that_do_not_wait) {
  co_await gather(at_once(1), at_once(2), at_once(3), eager);
}

SURVIVES_IN_COROUTINE(awaited_eager_gather_of_children_that_wait) {
  co_await gather(hop(1), at_once(2), after(1, 3), eager);
}

SURVIVES_IN_COROUTINE(awaited_eager_gather_of_a_range) {
  co_await gather(several(4), limit(2), eager);
}

SURVIVES_IN_COROUTINE(awaited_eager_gathers_in_eager_gathers) {
  auto outer = gather(gather(at_once(1), hop(2), eager), gather(at_once(3), eager), eager);
  co_await std::move(outer);
}

SURVIVES_IN_COROUTINE(awaited_eager_gathers_until_one_takes_a_turn) {
  for (int i = 0; i < 66; ++i) co_await gather(at_once(i), eager);
}

SURVIVES(eager_gather_whose_first_step_fails) {
  m.begin();
  gather(m.context, after(9, 1), throws_at_once("oops"), after(9, 2), cancel_on_error,
         eager)(m.fails());
}

SURVIVES(eager_gather_whose_rest_runs_on) {
  m.begin();
  gather(m.context, after(5, 1), throws_at_once("oops"), after(6, 2), eager)(m.fails());
}

SURVIVES(eager_gather_that_is_cancelled) {
  auto const slot = m.cancelled_later();
  m.begin();
  gather(m.context, after(5, 1), after(9, 2),
         eager)(asio::bind_cancellation_slot(slot, m.is_cancelled()));
}

SURVIVES(eager_gather_of_everything) {
  auto const task = create_task(m.context, after(3, 1));
  m.begin();
  gather(
      m.context, asio::post(m.context, asio::deferred), [] { return after(1, 1); },
      asio::bind_executor(m.context, hop(2)), task,
      named("a name that is too long to be kept in place", at_once(4)),
      on_progress([](auto const&) {}), eager)(m.gives_value());
}

SURVIVES(eager_gather_on_another_executor_than_the_handler) {
  auto const strand = asio::make_strand(m.context);
  m.begin();
  gather(m.context, at_once(1), hop(2), eager)(asio::bind_executor(strand, m.gives_value()));
}

SURVIVES_IN_COROUTINE(eager_contests) {
  co_await race(after(5, 1), hop(2), eager);
  co_await first_success(throws_at_once("oops"), at_once(1), eager);
  co_await first_success(several(4), quorum(3), eager);
}

SURVIVES(an_eager_task) {
  m.begin();
  create_task(m.context, at_once(1), eager)(m.gives_value());
  create_task(m.context, after(3, 1), eager)(m.gives_value());
}

SURVIVES(an_eager_group) {
  m.begin();
  auto& group = m.make<task_group>(m.context, eager);
  group.create_task(at_once(1))(m.gives_value());
  group.create_task(after(2, 1), "a name that is too long to be kept in place");
  group.join()(m.gives_value());
}

SURVIVES(an_eager_group_that_fails) {
  m.begin();
  auto& group = m.make<task_group>(m.context, limit(2), eager);
  group.create_task(after(2, 1))(m.is_cancelled());
  group.create_task(throws_at_once("oops"))(m.fails());
  group.join()(m.fails());
}

SURVIVES_IN_COROUTINE(an_eager_stream) {
  co_await read_all(as_completed(at_once(1), after(2, 2), eager));
  co_await read_all(as_completed(several(4), limit(2), eager));
}

SURVIVES_IN_COROUTINE(an_eager_group_in_a_coroutine) {
  auto const body = [](task_group& g) -> awaitable<int> {
    g.create_task(at_once(1));
    g.create_task(after(1, 1));
    co_return 1;
  };
  auto operation = with_task_group(body, eager);
  co_await std::move(operation);
}

// ---- contests

SURVIVES(a_race) {
  m.begin();
  race(m.context, after(5, 1), after(2, 2))(m.gives_value());
}

SURVIVES(a_race_of_operations) {
  m.begin();
  race(m.context, sleep<virtual_clock>(m.context, milliseconds(2)),
       sleep<virtual_clock>(m.context, milliseconds(20)))(m.gives_value());
}

SURVIVES(a_first_success) {
  m.begin();
  first_success(m.context, throws_after(1, "oops"), after(2, 1), after(3, 2))(m.gives_value());
}

SURVIVES(a_first_success_of_none) {
  m.begin();
  first_success(m.context, throws_after(1, "oops"), throws_after(2, "oops"))(m.fails());
}

SURVIVES(a_quorum) {
  m.begin();
  first_success(m.context, several(4), quorum(3))(m.gives_value());
}

SURVIVES(a_staggered_start) {
  m.begin();
  first_success(m.context, several(3), stagger<virtual_clock>(milliseconds(2)))(m.gives_value());
}

// ---- one child

SURVIVES(a_timeout_in_time) {
  m.begin();
  timeout<virtual_clock>(m.context, slow, after(3, 1))(m.gives_value());
}

SURVIVES(a_timeout_that_passes) {
  m.begin();
  timeout<virtual_clock>(m.context, milliseconds(5), after(30, 1))(m.fails());
}

SURVIVES(a_sleep) {
  m.begin();
  sleep<virtual_clock>(m.context, milliseconds(5))(m.gives_value());
}

SURVIVES(a_shield_that_is_cancelled) {
  auto const slot = m.cancelled_later();
  m.begin();
  shield(m.context, after(5, 1))(asio::bind_cancellation_slot(slot, m.is_cancelled()));
}

SURVIVES(a_shield_around_a_future_that_is_cancelled) {
  auto const task = create_task(m.context, after(5, 1));
  auto const slot = m.cancelled_later();
  m.begin();
  shield(m.context, task)(asio::bind_cancellation_slot(slot, m.is_cancelled()));
}

// ---- tasks and promises

SURVIVES(a_task) {
  m.begin();
  auto const task = create_task(m.context, after(3, 1), "a name that is too long to be in place");
  task(m.gives_value());
  task(asio::bind_executor(m.context, m.gives_value()));
}

SURVIVES(a_task_that_does_not_wait) {
  m.begin();
  auto const task = create_task(m.context, at_once(1));
  task(m.gives_value());
  task(asio::bind_executor(m.context, m.gives_value()));
  auto const other = create_task(m.context, throws_at_once("oops"));
  other(m.fails());
  shield(m.context, other)(m.fails());
}

SURVIVES(a_task_with_a_callback) {
  m.begin();
  auto const task = create_task(m.context, after(3, 1));
  task.add_done_callback([told = m.gives_value()](auto const&) mutable { told(nullptr); });
}

SURVIVES(a_task_that_is_cancelled) {
  m.begin();
  auto const task = create_task(m.context, after(30, 1));
  task(m.is_cancelled());
  asio::post(m.context, [task] { task.cancel(); });
}

SURVIVES(a_task_that_is_cancelled_before_it_starts) {
  m.begin();
  auto const task = create_task(m.context, after(30, 1));
  task(m.is_cancelled());
  task.cancel();
}

SURVIVES_IN_COROUTINE(futures_in_a_coroutine) {
  auto const task = create_task(m.context, after(3, 1));
  co_await task;
  co_await gather(task, task);
  (void)*task.outcome();
}

SURVIVES(a_promise) {
  m.begin();
  promise<int> p(m.context);
  p.get_future()(m.gives_value());
  p.set_value(1);
}

SURVIVES(a_promise_that_is_broken) {
  m.begin();
  promise<int> p(m.context);
  p.get_future()(m.fails());
  promise<int> other(m.context);
  other.get_future()(m.fails());
  p = std::move(other);
}

SURVIVES(a_promise_that_is_cancelled) {
  auto& p = m.make<promise<int>>(m.context);
  m.begin();
  auto const task = p.get_future();
  task(m.is_cancelled());
  task.cancel();
}

// ---- waits

SURVIVES(a_wait_for_all) {
  auto all = tasks(m);
  m.begin();
  wait(m.context, std::move(all), all_completed)(m.gives_value());
}

SURVIVES(a_wait_for_the_first) {
  auto all = tasks(m);
  m.begin();
  wait(m.context, std::move(all), first_completed)(m.gives_value());
}

SURVIVES(a_wait_with_a_time_limit) {
  auto all = tasks(m);
  m.begin();
  wait<virtual_clock>(m.context, std::move(all), all_completed, milliseconds(2))(m.gives_value());
}

SURVIVES(a_wait_that_is_cancelled) {
  auto all = tasks(m);
  auto const slot = m.cancelled_later();
  m.begin();
  wait(m.context, std::move(all),
       all_completed)(asio::bind_cancellation_slot(slot, m.is_cancelled()));
}

// ---- groups

SURVIVES(a_group) {
  m.begin();
  auto& group = m.make<task_group>(m.context);
  group.create_task(after(1, 1));
  group.create_task(after(2, 1), "a name that is too long to be kept in place");
  group.join()(m.gives_value());
}

SURVIVES(a_group_with_tasks_that_do_not_wait) {
  m.begin();
  auto& group = m.make<task_group>(m.context);
  auto const task = group.create_task(at_once(1));
  task(m.gives_value());
  shield(m.context, task)(m.gives_value());
  wait(m.context, std::vector{task}, all_completed)(m.gives_value());
  group.join()(m.gives_value());
}

SURVIVES(tasks_that_end_in_their_initiation) {
  m.begin();
  create_task(m.context, asio::dispatch(m.context, asio::deferred))(m.gives_value());
  auto& group = m.make<task_group>(m.context);
  group.create_task(asio::dispatch(m.context, asio::deferred))(m.gives_value());
  group.join()(m.gives_value());
}

SURVIVES(streams_of_children_that_do_not_wait) {
  m.begin();
  auto& stream = m.make<decltype(as_completed(m.context, at_once(1), at_once(2)))>(
      as_completed(m.context, at_once(1), at_once(2)));
  stream.next()(asio::bind_executor(m.context, m.gives_value()));
  stream.next()(asio::bind_executor(m.context, m.gives_value()));
}

SURVIVES(a_group_that_fails) {
  m.begin();
  auto& group = m.make<task_group>(m.context);
  group.create_task(throws_after(1, "oops"))(m.fails());
  group.create_task(after(2, 1))(m.is_cancelled());
  group.join()(m.fails());
}

SURVIVES(a_group_that_is_destroyed) {
  m.begin();
  task_group group(m.context);
  group.create_task(after(1, 1))(m.is_cancelled());
}

SURVIVES(a_group_that_is_cancelled_while_tasks_wait) {
  m.begin();
  auto& group = m.make<task_group>(m.context, limit(1));
  group.create_task(after(9, 1))(m.is_cancelled());
  group.create_task(after(9, 1))(m.is_cancelled());
  group.slot()(asio::bind_executor(m.context, m.fails()));
  asio::post(m.context, [&group] { group.cancel(); });
  group.join()(m.gives_value());
}

SURVIVES(a_group_that_keeps_going) {
  m.begin();
  auto& group = m.make<task_group>(m.context, keep_going);
  group.create_task(throws_after(1, "oops"));
  group.create_task(after(2, 1));
  group.join()(m.gives_value());
}

SURVIVES(stragglers_of_a_gather) {
  m.begin();
  auto& group = m.make<task_group>(m.context, keep_going);
  gather(m.context, throws_after(1, "oops"), after(5, 1), after(6, 1), stragglers(group))(
      [told = m.fails(), &group](std::exception_ptr error, auto&&...) mutable {
        told(error);
        group.join()([](std::exception_ptr) {});
      });
}

SURVIVES_IN_COROUTINE(slots_of_a_group) {
  task_group group(m.context, limit(1));
  try {
    for (int i = 0; i < 3; ++i) {
      co_await group.slot();
      group.create_task(after(1, 1));
    }
  } catch (invalid_state const&) { // a task has failed
  }
  co_await group.join();
}

SURVIVES_IN_COROUTINE(a_group_in_a_group) {
  auto const inner = [](task_group& g) -> awaitable<int> {
    g.create_task(after(1, 1));
    co_return 1;
  };
  auto const outer = [&inner](task_group& g) -> awaitable<int> {
    g.create_task(with_task_group(inner));
    auto const other = g.create_task(after(2, 2));
    co_return co_await other;
  };
  auto operation = with_task_group(outer);
  co_await std::move(operation);
}

// ---- streams

SURVIVES_IN_COROUTINE(a_stream) { co_await read_all(as_completed(after(2, 1), after(1, 2))); }

SURVIVES_IN_COROUTINE(a_stream_with_a_limit) {
  co_await read_all(as_completed(several(4), limit(2)));
}

SURVIVES_IN_COROUTINE(a_stream_of_many_failures) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 40; ++i) children.push_back(throws_at_once("oops"));
  auto const stream = as_completed(std::move(children));
  int ends = 0;
  while (co_await stream.next()) ++ends;
  if (ends != 40 && !m.has_thrown()) throw std::logic_error("an end is lost without a word");
}

SURVIVES_IN_COROUTINE(a_stream_that_is_dropped) {
  auto const stream = as_completed(after(2, 1), after(10, 2));
  co_await stream.next();
}

SURVIVES_IN_COROUTINE(a_stream_that_is_closed) {
  auto const stream = as_completed(after(2, 1), after(10, 2));
  co_await stream.next();
  co_await stream.close();
}

// ---- limiters

SURVIVES(a_limiter) {
  m.begin();
  limiter const places(1);
  for (int i = 0; i < 3; ++i)
    places.acquire(m.context)([told = m.gives_value()](std::exception_ptr error,
                                                       limiter::guard) mutable { told(error); });
}

SURVIVES(a_wait_for_a_place_that_is_cancelled) {
  auto const slot = m.cancelled_later();
  auto& places = m.make<limiter>(1);
  m.make<limiter::guard>(places.try_acquire());
  m.begin();
  places.acquire(m.context)(asio::bind_cancellation_slot(slot, m.is_cancelled()));
}

SURVIVES(a_limiter_that_gathers_share) {
  m.begin();
  limiter const places(1);
  for (int i = 0; i < 2; ++i) gather(m.context, several(3), limit(places))(m.gives_value());
}

SURVIVES_IN_COROUTINE(a_guard_in_a_coroutine) {
  limiter const places(1);
  {
    auto const guard = co_await places.acquire();
    co_await sleep_ms(1);
  }
  auto const guard = co_await places.acquire();
}

// ---- run

// The context of `run`: that of Boost 1.92 leaks if an allocation of its constructor fails.
void plain_context(short_of_memory& m) {
  m.begin();
  auto const context = std::make_unique<asio::io_context>(1);
}

#define SURVIVES_IN_RUN(name) SURVIVES_AS(name, plain_context)

// What ends by an exception of `main` is reported by the handler.
void reported(short_of_memory& m, void (*runs)()) {
  m.begin();
  auto told = m.gives_value();
  try {
    runs();
    told(nullptr);
  } catch (...) {
    told(std::current_exception());
  }
}

SURVIVES_IN_RUN(run_to_a_value) {
  reported(m, [] {
    run_virtual([]() -> awaitable<int> {
      auto operation = gather(after(1, 1), after(2, 2));
      co_return std::get<0>(co_await std::move(operation));
    });
  });
}

SURVIVES_IN_RUN(run_with_what_main_leaves_behind) {
  reported(m, [] {
    run_virtual([]() -> awaitable<void> {
      auto const executor = co_await asio::this_coro::executor;
      auto const left = create_task(executor, after(100, 1));
      task_group group(executor, limit(1));
      for (int i = 0; i < 2; ++i) group.create_task(after(1, 1));
      co_await group.join();
    });
  });
}

SURVIVES_IN_RUN(a_list_of_all_tasks) {
  reported(m, [] {
    run_virtual([]() -> awaitable<void> {
      auto const executor = co_await asio::this_coro::executor;
      auto const task = create_task(executor, after(2, 1), "a name that is too long for its place");
      (void)all_tasks(executor);
      co_await task;
    });
  });
}

// ---- values that throw when they are moved or copied: each of these steps fails too

class fragile {
public:
  explicit fragile(int n = 0) noexcept : number(n) {}
  fragile(fragile&& other) : number(other.number) { may_fail(); }
  fragile(fragile const& other) : number(other.number) { may_fail(); }
  fragile& operator=(fragile&& other) {
    may_fail();
    number = other.number;
    return *this;
  }
  fragile& operator=(fragile const& other) {
    may_fail();
    number = other.number;
    return *this;
  }

  int number;

private:
  static void may_fail() {
    if (fanout_test::fails_like_an_allocation()) throw std::bad_alloc();
  }
};

awaitable<fragile> gives_fragile(long long ms) {
  co_await sleep_ms(ms);
  co_return fragile(1);
}

std::vector<awaitable<fragile>> fragile_range() {
  std::vector<awaitable<fragile>> children;
  for (int i = 1; i < 4; ++i) children.push_back(gives_fragile(i));
  return children;
}

SURVIVES(fragile_values_of_a_gather) {
  m.begin();
  gather(m.context, gives_fragile(1), gives_fragile(2))(m.gives_value());
}

SURVIVES(fragile_values_of_a_range) {
  m.begin();
  gather(m.context, fragile_range())(m.gives_value());
}

SURVIVES(fragile_values_with_return_exceptions) {
  m.begin();
  gather(m.context, gives_fragile(1), gives_fragile(2), return_exceptions)(m.gives_value());
}

SURVIVES_IN_COROUTINE(fragile_values_of_an_awaited_gather) {
  auto operation = gather(gives_fragile(1), gives_fragile(2));
  [[maybe_unused]] auto const values = co_await std::move(operation);
}

SURVIVES(fragile_values_of_callables) {
  m.begin();
  gather(
      m.context, [value = fragile(1)] { return gives_fragile(value.number); },
      asio::bind_executor(m.context, [value = fragile(2)] { return gives_fragile(value.number); }))(
      m.gives_value());
}

SURVIVES(fragile_values_of_contests) {
  m.begin();
  race(m.context, gives_fragile(1), gives_fragile(2))(m.gives_value());
  first_success(m.context, fragile_range(), quorum(2))(m.gives_value());
}

SURVIVES(fragile_values_of_one_child) {
  m.begin();
  timeout<virtual_clock>(m.context, slow, gives_fragile(1))(m.gives_value());
  shield(m.context, gives_fragile(1))(m.gives_value());
}

SURVIVES(fragile_values_of_tasks) {
  m.begin();
  auto const task = create_task(m.context, gives_fragile(1));
  task(m.gives_value());
  gather(m.context, task, task)(m.gives_value());
  shield(m.context, task)(m.gives_value());
}

SURVIVES(fragile_values_of_promises) {
  m.begin();
  promise<fragile> p(m.context);
  p.get_future()(m.gives_value());
  try {
    p.set_value(fragile(1));
  } catch (...) {
    p.set_exception(std::current_exception());
  }
}

SURVIVES(fragile_values_of_a_group) {
  m.begin();
  auto& group = m.make<task_group>(m.context);
  group.create_task(gives_fragile(1))(m.gives_value());
  group.join()(m.gives_value());
}

SURVIVES_IN_COROUTINE(fragile_values_of_streams) {
  co_await read_all(as_completed(gives_fragile(2), gives_fragile(1)));
  co_await read_all(as_completed(fragile_range(), limit(2)));
}

SURVIVES_IN_RUN(fragile_value_of_main) {
  reported(m, [] {
    auto const main = []() -> awaitable<fragile> { co_return co_await gives_fragile(1); };
    (void)run_virtual(main);
  });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace out_of_memory
