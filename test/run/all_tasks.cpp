//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: all_tasks tells who is stuck.

#include <fanout/all_tasks.hpp>
#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/optional_mutex.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace all_tasks_of {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout::promise;
using fanout::task_info;
using fanout::task_state;
using lines = std::vector<std::string>;

std::string text_of(task_info const& t) {
  std::string text = t.name;
  if (t.state == task_state::pending) text += ", pending";
  if (t.state == task_state::cancelling) text += ", cancelling";
  return t.waits_for.empty() ? text : text + ", waits for " + t.waits_for;
}

template <class Ex>
lines listed(Ex&& executor) {
  lines texts;
  for (auto const& t : fanout::all_tasks(executor)) texts.push_back(text_of(t));
  return texts;
}

awaitable<int> waits_for(future<int> f) { co_return co_await f; }

awaitable<int> waits_deeper(future<int> f) { co_return co_await waits_for(f); }

BOOST_AUTO_TEST_SUITE(all_tasks_test)

FANOUT_TEST(main_alone_is_listed_as_main) {
  auto const executor = co_await asio::this_coro::executor;
  BOOST_TEST(listed(executor) == lines{"main"}, per_element());
}

FANOUT_TEST(a_task_that_is_blocked_on_a_named_future_shows_that_name) {
  auto const executor = co_await asio::this_coro::executor;
  promise<int> answer(executor);
  auto const f = answer.get_future();
  f.set_name("answer");
  auto const task = create_task(executor, waits_for(f), "reader");
  auto const deeper = create_task(executor, waits_deeper(f), "deep reader");
  co_await sleep_ms(1);
  BOOST_TEST(listed(executor) == (lines{"main", "task 'reader', waits for future 'answer'",
                                        "task 'deep reader', waits for future 'answer'"}),
             per_element());
  answer.set_value(1);
  co_await task;
  co_await deeper;
  BOOST_TEST(listed(executor) == lines{"main"}, per_element());
}

FANOUT_TEST(a_task_that_has_not_begun_is_pending) {
  auto const executor = co_await asio::this_coro::executor;
  auto const named = create_task(executor, after(10, 1), "first");
  auto const unnamed = create_task(executor, after(10, 2));
  BOOST_TEST(listed(executor) ==
                 (lines{"main", "task 'first', pending", "a task without a name, pending"}),
             per_element());
  co_await sleep_ms(1);
  BOOST_TEST(listed(executor) == (lines{"main", "task 'first'", "a task without a name"}),
             per_element());
  co_await named;
  co_await unnamed;
}

FANOUT_TEST(a_name_that_is_given_later_is_shown) {
  auto const executor = co_await asio::this_coro::executor;
  auto const task = create_task(executor, after(10, 1), "early");
  task.set_name("late");
  BOOST_TEST(listed(executor) == (lines{"main", "task 'late', pending"}), per_element());
  co_await task;
}

FANOUT_TEST(a_task_that_was_asked_to_end_is_cancelling) {
  auto const executor = co_await asio::this_coro::executor;
  auto const task = create_task(executor, deaf(10, 1), "deaf");
  co_await sleep_ms(1);
  task.cancel();
  co_await sleep_ms(1);
  BOOST_TEST(listed(executor) == (lines{"main", "task 'deaf', cancelling"}), per_element());
  co_await task;
}

FANOUT_TEST(children_of_operations_are_listed_with_what_runs_them) {
  auto const executor = co_await asio::this_coro::executor;
  auto const family = [](asio::any_io_executor) -> awaitable<int> {
    auto const [a, b, c] = co_await gather(after(10, 1), at_once(2), sleep_ms(20));
    co_return a + b;
  };
  auto const task = create_task(executor, family(executor), "family");
  auto const other = create_task(executor, fanout::timeout<virtual_clock>(50ms, after(30, 1)));
  co_await sleep_ms(1);
  BOOST_TEST(listed(executor) ==
                 (lines{"main", "task 'family', waits for a gather", "a task without a name",
                        "child 0 of a gather", "child 2 of a gather", "child 0 of a timeout"}),
             per_element());
  co_await task;
  co_await other;
}

FANOUT_TEST(every_verb_is_listed_by_its_name) {
  auto const executor = co_await asio::this_coro::executor;
  auto const raced = create_task(executor, fanout::race(after(10, 1), after(20, 2)), "raced");
  auto const tried =
      create_task(executor, fanout::first_success(after(10, 1), after(20, 2)), "tried");
  auto const grouped = create_task(
      executor, fanout::with_task_group([](fanout::task_group&) { return sleep_ms(10); }),
      "grouped");
  auto stream = fanout::as_completed(after(10, 1), after(20, 2));
  auto const next = [&]() -> awaitable<void> { co_await stream.next(); };
  auto const streamed = create_task(executor, next, "streamed");
  co_await sleep_ms(1);
  auto list = listed(executor);
  std::sort(list.begin(), list.end());
  BOOST_TEST(list == (lines{"child 0 of a first_success", "child 0 of a race",
                            "child 0 of a with_task_group, waits for future 'a task group'",
                            "child 0 of an as_completed", "child 1 of a first_success",
                            "child 1 of a race", "child 1 of an as_completed", "main",
                            "task 'grouped'", "task 'raced'",
                            "task 'streamed', waits for future 'the next end of an as_completed'",
                            "task 'the body of a task group'", "task 'tried'"}),
             per_element());
  co_await streamed;
  co_await stream.close();
  co_await raced;
  co_await tried;
  co_await grouped;
}

FANOUT_TEST(siblings_that_outlive_their_gather_are_listed) {
  auto const executor = co_await asio::this_coro::executor;
  FANOUT_CHECK_THROWS(oops, "oops", co_await gather(throws_at_once("oops"), after(10, 1)));
  BOOST_TEST(listed(executor) == (lines{"main", "child 1 of a gather"}), per_element());
  co_await sleep_ms(20);
  BOOST_TEST(listed(executor) == lines{"main"}, per_element());
}

FANOUT_TEST(a_shielded_child_is_listed) {
  auto const executor = co_await asio::this_coro::executor;
  auto const task = create_task(executor, fanout::shield(after(10, 1)), "waiting");
  co_await sleep_ms(1);
  task.cancel();
  co_await sleep_ms(1);
  BOOST_TEST(task.cancelled());
  BOOST_TEST(listed(executor) == (lines{"main", "child 0 of a shield"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_context_at_the_place_of_one_of_run_has_no_tasks) {
  asio::io_context other(1); // of `run` too, and stays
  fanout::run_on(other, [] { return nothing_at_once(); }, [&other] { other.run(); });
  std::optional<asio::io_context> context(std::in_place, 1);
  lines of_run, of_another{"not called"};
  auto const lists = [&context](lines& found) -> awaitable<void> {
    co_await gather([&]() -> awaitable<void> {
      found = listed(*context);
      co_return;
    });
  };
  fanout::run_on(*context, [&] { return lists(of_run); }, [&context] { context->run(); });
  BOOST_TEST(of_run == (lines{"main, waits for a gather", "child 0 of a gather"}), per_element());
  context.reset();
  context.emplace(1);
  asio::co_spawn(*context, lists(of_another), asio::detached);
  context->run();
  BOOST_TEST(of_another == lines(), per_element());
}

BOOST_AUTO_TEST_CASE(the_age_is_that_of_the_task) {
  fanout::run([]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const task = create_task(executor, fanout::sleep(1h), "sleeper");
    co_await asio::post(asio::deferred); // it has begun
    co_await fanout::sleep(20ms);
    auto const tasks = fanout::all_tasks(executor);
    BOOST_REQUIRE(tasks.size() == 2u);
    BOOST_TEST(fanout::all_tasks(executor.context()).size() == 2u);
    BOOST_TEST(tasks[1].name == "task 'sleeper'");
    BOOST_TEST((tasks[1].age >= 20ms && tasks[1].age <= tasks[0].age));
    task.cancel();
  });
}

BOOST_AUTO_TEST_CASE(children_that_start_together_have_one_age_and_a_later_one_is_younger) {
  fanout::run([]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const lists = [&]() -> awaitable<void> {
      co_await fanout::sleep(30ms);
      auto const tasks = fanout::all_tasks(executor);
      BOOST_REQUIRE(tasks.size() == 4u);
      BOOST_TEST(tasks[1].name == "child 0 of a gather");
      BOOST_TEST(tasks[3].name == "child 3 of a gather");
      BOOST_TEST((tasks[1].age == tasks[2].age));
      BOOST_TEST((tasks[3].age + 5ms <= tasks[2].age));
      throw oops("listed");
    };
    auto const child = [&](int n) -> awaitable<void> {
      if (n == 0)
        co_await lists();
      else
        co_await fanout::sleep(n == 2 ? 10ms : 1h); // the second one makes room for the last
    };
    auto all = gather(std::views::iota(0, 4) | std::views::transform(child), fanout::limit(3),
                      fanout::cancel_on_error);
    FANOUT_CHECK_THROWS(oops, "listed", co_await std::move(all));
  });
}

BOOST_AUTO_TEST_CASE(a_record_that_serves_another_child_knows_nothing_of_the_coroutine_before) {
  asio::io_context context;
  auto const executor = context.get_executor();
  fanout::detail::optional_mutex mutex(false);
  fanout::detail::live_children children(executor, mutex, std::allocator<void>(), std::nullopt);
  auto& first = children.acquire();
  first.coroutine = &context;
  children.release(first);
  auto& second = children.acquire();
  BOOST_TEST(&second == &first);
  BOOST_TEST(!second.coroutine);
}

BOOST_AUTO_TEST_CASE(a_context_that_is_not_of_run_lists_nothing) {
  asio::io_context context;
  auto const task = create_task(context, after(0, 1));
  BOOST_TEST(fanout::all_tasks(context).empty());
}

FANOUT_TEST(an_operation_in_the_place_of_a_coroutine_waits_for_nothing_known) {
  auto const executor = co_await asio::this_coro::executor;
  promise<int> answer(executor);
  auto const f = answer.get_future();
  auto operation = gather(waits_for(f), fanout::limit(1));
  auto const first = create_task(executor, std::move(operation), "first");
  answer.set_value(1);
  co_await first;
  auto const second = create_task(executor, sleep_ms(10), "second");
  co_await sleep_ms(1);
  BOOST_TEST(listed(executor) == (lines{"main", "task 'second'"}), per_element());
  co_await second;
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace all_tasks_of
