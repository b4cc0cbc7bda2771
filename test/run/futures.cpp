//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: `create_task` and the members of `future`, but for cancellation.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace futures {

using namespace zoo;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::invalid_state;
using lines = std::vector<std::string>;

// A task with this child, on the executor of the test.
awaitable<future<int>> task(awaitable<int> child, std::string name = {}) {
  co_return create_task(co_await asio::this_coro::executor, std::move(child), std::move(name));
}

awaitable<void> turn() { co_await asio::post(asio::deferred); }

awaitable<void> waits(future<int> f, lines& log, std::string name) {
  int const value = co_await f;
  log.push_back(name + " " + std::to_string(value));
}

BOOST_AUTO_TEST_SUITE(futures_test)

// ---- create_task

FANOUT_TEST(a_task_starts_from_a_posted_handler) {
  lines log;
  auto const f = co_await task(logged(log, "a", 10));
  BOOST_TEST(log.empty());
  co_await turn();
  BOOST_TEST(log == lines{"+a"}, per_element());
  co_await f;
}

FANOUT_TEST(tasks_start_in_the_order_of_their_creation) {
  lines log;
  auto const a = co_await task(logged(log, "a", 10));
  auto const b = co_await task(logged(log, "b", 5));
  co_await turn();
  BOOST_TEST(log == (lines{"+a", "+b"}), per_element());
  co_await a;
  BOOST_TEST(log == (lines{"+a", "+b", "-b", "-a"}), per_element());
  BOOST_TEST(b.done());
}

FANOUT_TEST(a_task_runs_while_nobody_waits_and_when_every_handle_is_dropped) {
  lines log;
  (void)co_await task(logged(log, "a", 10));
  co_await sleep_ms(20);
  BOOST_TEST(log == (lines{"+a", "-a"}), per_element());
}

FANOUT_TEST(a_context_may_stand_for_its_executor_and_a_callable_for_its_child) {
  asio::io_context context;
  bool alive = true;
  auto owner = std::shared_ptr<bool>(&alive, [](bool* b) { *b = false; });
  auto child = [owner = std::move(owner)]() -> awaitable<int> {
    co_await sleep_ms(5);
    co_return *owner ? 3 : 4;
  };
  auto const f = create_task(context, std::move(child));
  fanout_test::drive(context);
  BOOST_TEST(f.result() == 3);
  BOOST_TEST(!alive); // the callable went with the end of its child
  co_return;
}

// ---- asking

FANOUT_TEST(a_future_is_pending_until_its_task_has_ended) {
  auto const f = co_await task(after(10, 7));
  BOOST_TEST(!f.done());
  co_await sleep_ms(9);
  BOOST_TEST(!f.done());
  co_await sleep_ms(2);
  BOOST_TEST(f.done());
  BOOST_TEST(!f.cancelled());
  BOOST_TEST(f.result() == 7);
  BOOST_TEST((f.exception() == nullptr));
}

FANOUT_TEST(who_asks_before_the_end_gets_invalid_state_which_names_the_future) {
  auto const f = co_await task(after(10, 7), "seven");
  auto const g = co_await task(after(10, 7));
  FANOUT_CHECK_THROWS(invalid_state, "future 'seven' is still pending: invalid state [fanout:1]",
                      f.result());
  FANOUT_CHECK_THROWS(invalid_state, "future 'seven' is still pending: invalid state [fanout:1]",
                      (void)f.exception());
  FANOUT_CHECK_THROWS(invalid_state,
                      "a future without a name is still pending: invalid state [fanout:1]",
                      g.result());
  BOOST_TEST(co_await f == 7);
}

FANOUT_TEST(all_copies_give_the_same_value) {
  auto const f = co_await task(after(10, 7));
  auto const g = f;
  co_await f;
  static_assert(std::is_same_v<decltype(f.result()), int const&>);
  BOOST_TEST(&f.result() == &g.result());
}

FANOUT_TEST(a_moved_handle_stays_a_handle) {
  auto f = co_await task(after(10, 7));
  auto const g = std::move(f);
  co_await g;
  BOOST_TEST(f.result() == 7);
}

FANOUT_TEST(an_error_is_kept_as_it_is) {
  auto const f = co_await task(throws_after(10, "broken"));
  std::exception_ptr first;
  try {
    co_await f;
  } catch (...) {
    first = std::current_exception();
  }
  fanout_test::check_error<oops>(first, "broken");
  BOOST_TEST(f.done());
  BOOST_TEST(!f.cancelled());
  BOOST_TEST((f.exception() == first));
  FANOUT_CHECK_THROWS(oops, "broken", f.result());
  FANOUT_CHECK_THROWS(oops, "broken", co_await f);
}

FANOUT_TEST(a_name_can_be_changed) {
  auto const f = co_await task(after(10, 7), "seven");
  BOOST_TEST(f.name() == "seven");
  auto const g = f;
  g.set_name("sept");
  BOOST_TEST(f.name() == "sept");
  FANOUT_CHECK_THROWS(invalid_state, "future 'sept' is still pending: invalid state [fanout:1]",
                      f.result());
}

FANOUT_TEST(the_executor_is_the_one_that_stood_first) {
  auto const executor = co_await asio::this_coro::executor;
  auto const f = create_task(executor, after(10, 7));
  BOOST_TEST((f.get_executor() == executor));
  auto const strand = asio::make_strand(executor);
  auto const g = create_task(strand, after(10, 7));
  BOOST_TEST((g.get_executor() == asio::any_io_executor(strand)));
  co_await g;
}

// ---- waiting

FANOUT_TEST(everybody_may_wait_as_often_as_he_likes) {
  auto const executor = co_await asio::this_coro::executor;
  lines log;
  auto const f = co_await task(logged(log, "task", 10, 7));
  asio::co_spawn(executor, waits(f, log, "first"), asio::detached);
  asio::co_spawn(executor, waits(f, log, "second"), asio::detached);
  BOOST_TEST(co_await f == 7);
  BOOST_TEST(co_await f == 7);
  co_await turn();
  BOOST_TEST(log == (lines{"+task", "-task", "first 7", "second 7"}), per_element());
}

FANOUT_TEST(a_wait_for_a_future_that_is_done_passes_once_through_the_executor) {
  auto const executor = co_await asio::this_coro::executor;
  auto const f = co_await task(after(10, 7));
  co_await f;
  lines log;
  asio::post(executor, [&log] { log.push_back("posted before"); });
  BOOST_TEST(co_await f == 7);
  BOOST_TEST(log == lines{"posted before"}, per_element());
  f([&log](std::exception_ptr, int value) { log.push_back(std::to_string(value)); });
  BOOST_TEST(log.size() == 1u); // not inside the initiating call
  co_await turn();
  BOOST_TEST(log == (lines{"posted before", "7"}), per_element());
}

// ---- callbacks

FANOUT_TEST(callbacks_get_the_future_in_a_later_turn_in_the_order_of_addition) {
  lines log;
  auto const f = co_await task(after(10, 7), "f");
  for (std::string const name : {"a", "b", "c"})
    f.add_done_callback([&log, name](future<int> const& ended) {
      log.push_back(name + " " + ended.name() + " " + std::to_string(ended.result()));
    });
  f.add_done_callback([&log](future<int> const& ended) {
    ended.add_done_callback([&log](future<int> const&) { log.push_back("late"); });
    log.push_back("adds");
  });
  co_await sleep_ms(20);
  BOOST_TEST(log == (lines{"a f 7", "b f 7", "c f 7", "adds", "late"}), per_element());
}

FANOUT_TEST(a_callback_that_is_added_to_a_done_future_is_posted) {
  lines log;
  auto const f = co_await task(after(10, 7));
  co_await f;
  f.add_done_callback([&log](future<int> const&) { log.push_back("called"); });
  BOOST_TEST(log.empty());
  co_await turn();
  BOOST_TEST(log == lines{"called"}, per_element());
}

FANOUT_TEST(waiters_and_callbacks_stand_in_one_queue) {
  auto const executor = co_await asio::this_coro::executor;
  lines log;
  auto const f = co_await task(after(10, 7));
  auto const calls = [&log](std::string name) {
    return [&log, name](future<int> const&) { log.push_back(name); };
  };
  f.add_done_callback(calls("before"));
  asio::co_spawn(executor, waits(f, log, "waiter"), asio::detached);
  co_await turn();
  f.add_done_callback(calls("after"));
  co_await sleep_ms(20);
  BOOST_TEST(log == (lines{"before", "waiter 7", "after"}), per_element());
}

FANOUT_TEST(a_callback_can_be_removed_until_the_end) {
  lines log;
  auto const f = co_await task(after(10, 7));
  auto const calls = [&log](std::string name) {
    return [&log, name](future<int> const&) { log.push_back(name); };
  };
  auto const a = f.add_done_callback(calls("a"));
  auto const b = f.add_done_callback(calls("b"));
  auto const c = f.add_done_callback(calls("c"));
  BOOST_TEST(f.remove_done_callback(b));
  BOOST_TEST(!f.remove_done_callback(b));
  co_await f;
  BOOST_TEST(!f.remove_done_callback(a)); // called already
  BOOST_TEST(!f.remove_done_callback(c));
  BOOST_TEST(log == (lines{"a", "c"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_callback_that_throws_leaves_run_and_loses_nobody) {
  asio::io_context context;
  lines log;
  auto const f = create_task(context, at_once(7));
  f.add_done_callback([](future<int> const&) { throw std::logic_error("callback"); });
  f.add_done_callback([&log](future<int> const&) { log.push_back("second"); });
  asio::co_spawn(context, waits(f, log, "waiter"), asio::detached);
  FANOUT_CHECK_THROWS(std::logic_error, "callback", context.run());
  context.run();
  BOOST_TEST(log == (lines{"second", "waiter 7"}), per_element());
  BOOST_TEST(f.result() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace futures
