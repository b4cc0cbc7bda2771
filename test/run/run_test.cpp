//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: `run` and `run_on`: results, and what is left over when main has ended.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/promise.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>

#include "../support/answers.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace run_test {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;
using fanout::run;
using fanout::task_group;
using fanout_test::cleans_up;
using fanout_test::converts;
using fanout_test::counted;
using namespace std::chrono_literals;
using zoo::no_default;
using zoo::oops;

constexpr char const nothing_left[] =
    "fanout::run: nothing is left to wait for, but main has not ended: invalid state [fanout:1]";

// Hears of unhandled errors as long as it lives.
struct listener {
  std::vector<std::string> names;
  std::vector<std::exception_ptr> errors;
  fanout::unhandled_error_handler before = fanout::set_unhandled_error_handler(
      [this](std::string_view name, std::exception_ptr const& e) {
        names.emplace_back(name);
        errors.push_back(e);
      });

  listener() = default;
  listener(listener const&) = delete;
  listener& operator=(listener const&) = delete;
  ~listener() { fanout::set_unhandled_error_handler(before); }
};

using lines = std::vector<std::string>;

// ---- what runs

awaitable<int> gives(int value) {
  co_await asio::post(asio::deferred);
  co_return value;
}

awaitable<int> fails(std::string text) {
  throw oops(text);
  co_return 0;
}

awaitable<int> fails_later(std::string text) {
  co_await fanout::sleep(1ms);
  throw oops(text);
}

awaitable<int> sleeps(counted = {}) {
  co_await fanout::sleep(1h);
  co_return 0;
}

// Gathers these after one that fails at once, and says nothing of it.
awaitable<void> leaves_behind(std::vector<awaitable<int>> children) {
  children.insert(children.begin(), fails("early"));
  auto operation = gather(std::move(children));
  try {
    co_await std::move(operation);
  } catch (oops const&) {
  }
}

template <class... Child>
awaitable<void> leaves(Child... child) {
  std::vector<awaitable<int>> children;
  (children.push_back(std::move(child)), ...);
  return leaves_behind(std::move(children));
}

BOOST_AUTO_TEST_SUITE(run_test_test)

// ---- results

BOOST_AUTO_TEST_CASE(run_returns_what_main_yields) {
  BOOST_TEST(run(gives(7)) == 7);
  auto const main = [] { return gives(8); };
  BOOST_TEST(run(main) == 8);
}

BOOST_AUTO_TEST_CASE(run_of_a_main_that_yields_nothing_returns_nothing) {
  bool ran = false;
  auto const main = [&ran]() -> awaitable<void> {
    ran = true;
    co_return;
  };
  run(main);
  BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(run_returns_what_cannot_be_copied_or_default_constructed) {
  auto const unique = []() -> awaitable<std::unique_ptr<int>> {
    co_return std::make_unique<int>(7);
  };
  auto const undefaulted = []() -> awaitable<no_default> { co_return no_default(8); };
  BOOST_TEST(*run(unique) == 7);
  BOOST_TEST(run(undefaulted).number == 8);
}

BOOST_AUTO_TEST_CASE(run_throws_what_main_throws) {
  FANOUT_CHECK_THROWS(oops, "from main", run(fails("from main")));
}

BOOST_AUTO_TEST_CASE(a_main_that_is_cancelled_without_a_signal_throws_operation_aborted) {
  auto const main = []() -> awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    auto const cancels = [&timer]() -> awaitable<void> {
      timer.cancel();
      co_return;
    };
    co_await gather(timer.async_wait(asio::deferred), cancels());
  };
  try {
    run(main);
    BOOST_ERROR("no error");
  } catch (...) {
    fanout_test::check_aborted(std::current_exception());
  }
}

BOOST_AUTO_TEST_CASE(run_takes_an_operation_as_main) {
  asio::io_context unused;
  auto const [a, b] = run(gather(gives(1), gives(2)));
  BOOST_TEST(a + b == 3);
}

BOOST_AUTO_TEST_CASE(run_can_be_called_again_and_inside_a_context_that_runs) {
  auto const main = []() -> awaitable<int> {
    int const inner = run(gives(1));
    int const after = co_await gives(2);
    co_return inner + after;
  };
  BOOST_TEST(run(main) == 3);
  BOOST_TEST(run(main) == 3);
}

// ---- run_on

BOOST_AUTO_TEST_CASE(run_on_uses_the_context_of_the_caller) {
  asio::io_context context;
  auto const main = [&context]() -> awaitable<bool> {
    co_return co_await asio::this_coro::executor == context.get_executor();
  };
  BOOST_TEST(fanout::run_on(context, main, [&context] { context.run(); }));
}

BOOST_AUTO_TEST_CASE(run_on_throws_what_main_throws) {
  asio::io_context context;
  auto const drive = [&context] { context.run(); };
  FANOUT_CHECK_THROWS(oops, "from main", fanout::run_on(context, fails("from main"), drive));
}

BOOST_AUTO_TEST_CASE(run_on_says_so_if_the_drive_returns_too_early) {
  {
    asio::io_context context;
    auto const drive = [&context] { context.poll(); };
    FANOUT_CHECK_THROWS(fanout::invalid_state, nothing_left,
                        fanout::run_on(context, sleeps(), drive));
    BOOST_TEST(counted::live > 0); // it never ends, and the context still holds it
  }
  BOOST_TEST(counted::live == 0);
}

// ---- leftovers

BOOST_AUTO_TEST_CASE(leftovers_are_cancelled_and_awaited) {
  lines log;
  run(leaves(cleans_up(log), cleans_up(log)));
  BOOST_TEST(log == (lines{"clean", "clean"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leftovers_are_awaited_after_an_error_of_main_too) {
  lines log;
  auto const main = [&log]() -> awaitable<void> {
    co_await gather(cleans_up(log), fails("of main"));
  };
  FANOUT_CHECK_THROWS(oops, "of main", run(main));
  BOOST_TEST(log == lines{"clean"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leftovers_that_ignore_a_cancellation_are_awaited) {
  lines log;
  auto const deaf = [&log]() -> awaitable<int> {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await fanout::sleep(10ms);
    log.push_back("done");
    co_return 1;
  };
  run(leaves(deaf()));
  BOOST_TEST(log == lines{"done"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leftovers_that_are_operations_are_cancelled) {
  auto const main = []() -> awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    co_await gather(timer.async_wait(asio::deferred), fails("of main"));
  };
  FANOUT_CHECK_THROWS(oops, "of main", run(main));
}

BOOST_AUTO_TEST_CASE(leftovers_of_leftovers_are_cancelled) {
  lines log;
  auto const parent = [&log]() -> awaitable<int> {
    std::vector<awaitable<int>> children;
    for (int i = 0; i < 2; ++i) children.push_back(cleans_up(log));
    auto const values = co_await gather(std::move(children));
    co_return static_cast<int>(values.size());
  };
  run(leaves(parent(), parent()));
  BOOST_TEST(log.size() == 4);
}

// ---- what outlives run

constexpr char const group_has_ended[] =
    "fanout::task_group: it has ended, or is being cancelled: invalid state [fanout:1]";

BOOST_AUTO_TEST_CASE(a_group_that_was_joined_does_not_keep_run_from_returning) {
  std::optional<task_group> group;
  run([&]() -> awaitable<void> {
    group.emplace(co_await asio::this_coro::executor);
    group->create_task(gives(1));
    co_await group->join();
  });
  FANOUT_CHECK_THROWS(fanout::invalid_state, group_has_ended, group->create_task(gives(1)));
}

BOOST_AUTO_TEST_CASE(a_group_without_tasks_does_not_keep_run_from_returning) {
  std::optional<task_group> group;
  run([&]() -> awaitable<void> {
    group.emplace(co_await asio::this_coro::executor);
    co_return;
  });
  FANOUT_CHECK_THROWS(fanout::invalid_state, group_has_ended, group->create_task(gives(1)));
  group->cancel();
}

BOOST_AUTO_TEST_CASE(a_cancelled_group_does_not_keep_run_from_returning) {
  std::optional<task_group> group;
  run([&]() -> awaitable<void> {
    group.emplace(co_await asio::this_coro::executor);
    group->create_task(sleeps());
    group->cancel();
    co_return;
  });
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(the_tasks_of_a_group_that_outlives_run_are_cancelled_and_awaited) {
  lines log;
  std::optional<task_group> group, other;
  std::vector<fanout::future<int>> tasks;
  std::optional<fanout::future<void>> end;
  asio::thread_pool pool(1);
  run([&]() -> awaitable<void> {
    group.emplace(co_await asio::this_coro::executor, fanout::limit(2));
    other.emplace(pool);
    tasks.push_back(group->create_task(cleans_up(log)));
    tasks.push_back(group->create_task(asio::bind_executor(pool, sleeps())));
    tasks.push_back(group->create_task(sleeps())); // waits for a slot
    end = fanout::create_task(co_await asio::this_coro::executor, group->join());
    co_await fanout::sleep(1ms);
  });
  BOOST_TEST(log == lines{"clean"}, boost::test_tools::per_element());
  BOOST_TEST(counted::live == 0);
  for (auto const& task : tasks) BOOST_TEST(task.cancelled());
  BOOST_TEST(end->done());
  BOOST_TEST(other->create_task(gives(1))(asio::use_future).get() == 1);
  other.reset();
  pool.join();
}

BOOST_AUTO_TEST_CASE(
    a_group_whose_owner_is_destroyed_after_run_on_does_not_keep_it_from_returning) {
  asio::io_context context(1);
  std::optional<task_group> group;
  auto const main = [&]() -> awaitable<void> {
    group.emplace(context);
    group->create_task(sleeps());
    co_return;
  };
  fanout::run_on(context, main, [&context] { context.run(); });
  BOOST_TEST(counted::live == 0);
  FANOUT_CHECK_THROWS(fanout::invalid_state, group_has_ended, group->create_task(gives(1)));
}

BOOST_AUTO_TEST_CASE(streams_and_promises_that_outlive_run_do_not_keep_it_from_returning) {
  std::optional<fanout::completion_stream<int>> running, unread;
  std::optional<fanout::promise<int>> promise;
  std::optional<fanout::limiter> limiter(1);
  auto const guard = limiter->try_acquire();
  run([&]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    running.emplace(fanout::as_completed(executor, sleeps()));
    unread.emplace(fanout::as_completed(executor, gives(1)));
    promise.emplace(executor);
    gather(executor, promise->get_future(), limiter->acquire())(asio::detached);
    co_await fanout::sleep(1ms);
  });
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(the_errors_of_leftovers_go_to_the_handler) {
  listener heard;
  run(leaves(converts("a"), sleeps(), converts("b")));
  BOOST_TEST(heard.names == (lines{"child 1 of a gather", "child 3 of a gather"}),
             boost::test_tools::per_element());
  BOOST_REQUIRE(heard.errors.size() == 2);
  fanout_test::check_error<oops>(heard.errors[0], "a");
  fanout_test::check_error<oops>(heard.errors[1], "b");
}

BOOST_AUTO_TEST_CASE(late_errors_while_main_runs_are_not_unhandled) {
  listener heard;
  auto const late = []() -> awaitable<int> {
    co_await fanout::sleep(1ms);
    throw oops("late");
  };
  auto const main = [&late]() -> awaitable<void> {
    co_await leaves(late());
    co_await fanout::sleep(5ms);
  };
  run(main);
  BOOST_TEST(heard.names.empty());
}

// A shield whose wait is cancelled while the child runs.
awaitable<void> leaves_shielded(awaitable<int> child) {
  auto operation = gather(fanout::shield(std::move(child)), gives(1), fails_later("early"),
                          fanout::cancel_on_error);
  try {
    co_await std::move(operation);
  } catch (oops const&) {
  }
}

BOOST_AUTO_TEST_CASE(shielded_children_that_are_left_over_are_cancelled_and_awaited) {
  lines log;
  run(leaves_shielded(cleans_up(log)));
  BOOST_TEST(log == lines{"clean"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_error_of_a_shielded_child_that_is_left_over_goes_to_the_handler) {
  listener heard;
  run(leaves_shielded(converts("a")));
  BOOST_REQUIRE(heard.errors.size() == 1);
  fanout_test::check_error<oops>(heard.errors[0], "a");
}

BOOST_AUTO_TEST_CASE(what_others_have_started_is_destroyed) {
  auto const main = []() -> awaitable<void> {
    asio::co_spawn(co_await asio::this_coro::executor, sleeps(), asio::detached);
    co_await fanout::sleep(1ms);
    BOOST_TEST(counted::live > 0);
  };
  run(main);
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(a_signal_set_of_the_user_does_not_hold_run_up) {
  auto const main = []() -> awaitable<int> {
    auto const set =
        std::make_shared<asio::signal_set>(co_await asio::this_coro::executor, SIGUSR1);
    set->async_wait([set](auto const&, int) {});
    co_return 7;
  };
  BOOST_TEST(run(main) == 7);
}

// ---- the handler of unhandled errors

// What is written to the standard error stream by `f`.
std::string stderr_of(std::function<void()> const& f) {
  std::fflush(stderr);
  int const saved = dup(STDERR_FILENO);
  std::FILE* const file = std::tmpfile();
  dup2(fileno(file), STDERR_FILENO);
  f();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::rewind(file);
  std::array<char, 1000> text{};
  std::size_t const n = std::fread(text.data(), 1, text.size(), file);
  std::fclose(file);
  return std::string(text.data(), n);
}

BOOST_AUTO_TEST_CASE(run_prints_unhandled_errors_if_nobody_hears_of_them) {
  auto const before = fanout::set_unhandled_error_handler(nullptr);
  BOOST_TEST(stderr_of([] { run(leaves(converts("lost"))); }) ==
             "fanout: unhandled error in child 1 of a gather: lost\n");
  BOOST_TEST(!fanout::set_unhandled_error_handler(before)); // it has left none behind
}

BOOST_AUTO_TEST_CASE(run_prints_unhandled_exceptions_of_every_type) {
  auto const fails = []() -> awaitable<int> {
    try {
      co_await fanout::sleep(1h);
    } catch (...) {
    }
    throw 1;
  };
  auto const before = fanout::set_unhandled_error_handler(nullptr);
  BOOST_TEST(stderr_of([&] { run(leaves(fails())); }) ==
             "fanout: unhandled error in child 1 of a gather: unknown exception\n");
  BOOST_TEST(!fanout::set_unhandled_error_handler(before));
}

BOOST_AUTO_TEST_CASE(run_keeps_the_handler_of_the_user) {
  listener heard;
  BOOST_TEST(stderr_of([] { run(leaves(converts("lost"))); }) == "");
  BOOST_TEST(heard.names.size() == 1);
  run(leaves(converts("lost")));
  BOOST_TEST(heard.names.size() == 2);
}

BOOST_AUTO_TEST_CASE(run_keeps_a_handler_that_main_installs) {
  auto const before = fanout::set_unhandled_error_handler(nullptr);
  int heard = 0;
  run([&]() -> awaitable<void> {
    fanout::set_unhandled_error_handler([&](auto, auto const&) { ++heard; });
    co_return;
  });
  fanout::detail::report_unhandled_error("it", nullptr);
  BOOST_TEST(heard == 1);
  fanout::set_unhandled_error_handler(before);
}

BOOST_AUTO_TEST_CASE(the_last_of_several_runs_removes_the_handler) {
  auto const before = fanout::set_unhandled_error_handler(nullptr);
  auto const text = stderr_of([] {
    run([]() -> awaitable<void> {
      run([]() -> awaitable<void> { co_return; }, {.signals = false});
      co_await leaves(converts("lost"));
    });
  });
  BOOST_TEST(text == "fanout: unhandled error in child 1 of a gather: lost\n");
  BOOST_TEST(!fanout::set_unhandled_error_handler(before));
}

BOOST_AUTO_TEST_CASE(run_on_installs_no_handler) {
  auto const before = fanout::set_unhandled_error_handler(nullptr);
  asio::io_context context;
  BOOST_TEST(stderr_of([&] {
               fanout::run_on(context, leaves(converts("lost")), [&context] { context.run(); });
             }) == "");
  fanout::set_unhandled_error_handler(before);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace run_test
