//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// How an exception that leaves a handler ends `run`: in order, whatever runs meanwhile.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>
#include <fanout/testing.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/pool_verbs.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace run_exceptions {

namespace asio = boost::asio;
using asio::any_io_executor;
using asio::awaitable;
using fanout::create_task;
using fanout::gather;
using fanout::run;
using fanout::run_virtual;
using fanout_test::pool_work;
using fanout_test::unhandled;
using fanout_test::verb;
using fanout_test::verbs;
using namespace std::chrono_literals;
using zoo::oops;

using lines = std::vector<std::string>;

awaitable<void> sleeps(std::chrono::milliseconds d) {
  co_await fanout::sleep<fanout::virtual_clock>(d);
}

// Has a handler throw after that time.
void throw_in(any_io_executor const& executor, std::chrono::milliseconds d, std::string text) {
  auto const later = [d, text]() -> awaitable<void> {
    co_await sleeps(d);
    auto const handler = [text] { throw oops(text); };
    asio::post(co_await asio::this_coro::executor, handler);
  };
  create_task(executor, later);
}

// Waits until it is cancelled, cleans up for that time, and ends with its cancellation.
awaitable<void> cleans_up(lines& log, std::string name, std::chrono::milliseconds d) {
  std::exception_ptr error;
  try {
    co_await sleeps(1h);
    co_return;
  } catch (...) {
    error = std::current_exception();
  }
  log.push_back(name + " is cancelled");
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  co_await sleeps(d);
  log.push_back(name + " is clean");
  std::rethrow_exception(error);
}

awaitable<void> fails(std::string text) {
  throw oops(text);
  co_return;
}

// Leaves a child behind that cleans up.
awaitable<void> leaves(lines& log) {
  auto operation = gather(cleans_up(log, "a leftover", 5ms), fails("early"));
  try {
    co_await std::move(operation);
  } catch (oops const&) {
  }
}

BOOST_AUTO_TEST_SUITE(run_exceptions_test)

// ---- the rules

BOOST_AUTO_TEST_CASE(main_is_cancelled_once_and_awaited) {
  lines log;
  auto const main = [&]() -> awaitable<void> {
    throw_in(co_await asio::this_coro::executor, 1ms, "handler");
    co_await cleans_up(log, "main", 5ms);
  };
  FANOUT_CHECK_THROWS(oops, "handler", run_virtual(main));
  BOOST_TEST(log == (lines{"main is cancelled", "main is clean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_first_exception_counts_and_the_others_are_unhandled) {
  unhandled heard;
  lines log;
  auto const main = [&]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    throw_in(executor, 1ms, "first");
    throw_in(executor, 2ms, "second");
    throw_in(executor, 3ms, "third");
    co_await cleans_up(log, "main", 5ms);
  };
  FANOUT_CHECK_THROWS(oops, "first", run_virtual(main));
  BOOST_TEST(heard.log == (lines{"run: second", "run: third"}), boost::test_tools::per_element());
  BOOST_TEST(log == (lines{"main is cancelled", "main is clean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_left_over_is_cancelled_and_awaited_too) {
  lines log;
  auto const main = [&]() -> awaitable<void> {
    co_await leaves(log);
    throw_in(co_await asio::this_coro::executor, 1ms, "handler");
    co_await cleans_up(log, "main", 5ms);
  };
  FANOUT_CHECK_THROWS(oops, "handler", run_virtual(main));
  BOOST_TEST(log == (lines{"main is cancelled", "main is clean", "a leftover is cancelled",
                           "a leftover is clean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_later_error_of_main_is_unhandled) {
  unhandled heard;
  auto const main = []() -> awaitable<void> {
    throw_in(co_await asio::this_coro::executor, 1ms, "handler");
    try {
      co_await sleeps(1h);
    } catch (boost::system::system_error const&) {
      throw oops("of main");
    }
  };
  FANOUT_CHECK_THROWS(oops, "handler", run_virtual(main));
  BOOST_TEST(heard.log == lines{"main: of main"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_later_value_of_main_is_dropped) {
  unhandled heard;
  auto const main = []() -> awaitable<int> {
    throw_in(co_await asio::this_coro::executor, 1ms, "handler");
    try {
      co_await sleeps(1h);
    } catch (boost::system::system_error const&) {
    }
    co_return 7;
  };
  FANOUT_CHECK_THROWS(oops, "handler", run_virtual(main));
  BOOST_TEST(heard.log.empty());
}

BOOST_AUTO_TEST_CASE(an_exception_after_the_value_of_main_counts) {
  lines log;
  auto const main = [&]() -> awaitable<int> {
    co_await leaves(log);
    auto const executor = co_await asio::this_coro::executor;
    asio::post(executor, [executor] { asio::post(executor, [] { throw oops("late"); }); });
    co_return 7;
  };
  FANOUT_CHECK_THROWS(oops, "late", run_virtual(main));
  BOOST_TEST(log == (lines{"a leftover is cancelled", "a leftover is clean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_exception_after_an_error_of_main_is_unhandled) {
  unhandled heard;
  lines log;
  auto const main = [&]() -> awaitable<void> {
    co_await leaves(log);
    auto const executor = co_await asio::this_coro::executor;
    asio::post(executor, [executor] { asio::post(executor, [] { throw oops("late"); }); });
    throw oops("of main");
  };
  FANOUT_CHECK_THROWS(oops, "of main", run_virtual(main));
  BOOST_TEST(heard.log == lines{"run: late"}, boost::test_tools::per_element());
  BOOST_TEST(log == (lines{"a leftover is cancelled", "a leftover is clean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_a_done_callback_ends_run_in_order) {
  lines log;
  auto const main = [&]() -> awaitable<void> {
    auto const task = create_task(co_await asio::this_coro::executor, sleeps(1ms));
    task.add_done_callback([](auto const&) { throw oops("callback"); });
    co_await cleans_up(log, "main", 5ms);
  };
  FANOUT_CHECK_THROWS(oops, "callback", run_virtual(main));
  BOOST_TEST(log == (lines{"main is cancelled", "main is clean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_a_hook_ends_run_in_order) {
  lines log;
  auto const main = [&]() -> awaitable<void> {
    auto operation =
        gather(sleeps(1ms), cleans_up(log, "a child", 5ms),
               fanout::on_progress([](fanout::progress const&) { throw oops("hook"); }));
    co_await std::move(operation);
  };
  unhandled heard;
  FANOUT_CHECK_THROWS(oops, "hook", run_virtual(main));
  BOOST_TEST(heard.log == lines{"run: hook"},
             boost::test_tools::per_element()); // of the second end
  BOOST_TEST(log == (lines{"a child is cancelled", "a child is clean"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unhandled_error_handler_that_throws_is_no_further_exception) {
  auto const before = fanout::set_unhandled_error_handler(
      [](std::string_view, std::exception_ptr) { throw oops("from the handler"); });
  lines log;
  auto const main = [&]() -> awaitable<void> {
    throw_in(co_await asio::this_coro::executor, 1ms, "first");
    throw_in(co_await asio::this_coro::executor, 2ms, "second");
    co_await cleans_up(log, "main", 5ms);
  };
  FANOUT_CHECK_THROWS(oops, "first", run_virtual(main));
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(log == (lines{"main is cancelled", "main is clean"}),
             boost::test_tools::per_element());
}

// Ends when its first cancellation comes, which it answers by an exception too.
auto throws_when_cancelled() {
  return asio::async_initiate<asio::deferred_t const, void(std::exception_ptr)>(
      [](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto const executor = asio::get_associated_executor(handler);
        auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
        slot.assign([kept, executor](asio::cancellation_type) {
          asio::post(executor, [kept] { std::move (*kept)(std::exception_ptr()); });
          throw oops("listener");
        });
      },
      asio::deferred);
}

BOOST_AUTO_TEST_CASE(a_leftover_whose_cancellation_throws_does_not_shield_the_others) {
  lines log;
  auto const main = [&]() -> awaitable<void> {
    auto operation = gather(throws_when_cancelled(), fails("early"));
    try {
      co_await std::move(operation);
    } catch (oops const&) {
    }
    co_await leaves(log);
  };
  FANOUT_CHECK_THROWS(oops, "listener", run_virtual(main));
  BOOST_TEST(log == (lines{"a leftover is cancelled", "a leftover is clean"}),
             boost::test_tools::per_element());
}

struct throws_when_moved {
  throws_when_moved() = default;
  throws_when_moved(throws_when_moved&& other) : moves(other.moves + 1) {
    if (moves > allowed) throw oops("moved");
  }
  int moves = 0;
  static inline int allowed = 0;
};

BOOST_AUTO_TEST_CASE(a_result_of_main_that_cannot_be_moved_is_its_error) {
  auto const main = []() -> awaitable<throws_when_moved> { co_return throws_when_moved(); };
  for (int allowed = 0; allowed < 12; ++allowed) {
    throws_when_moved::allowed = allowed;
    try {
      run(main);
      BOOST_TEST(allowed > 2);
      return;
    } catch (oops const& e) {
      BOOST_TEST(e.what() == std::string("moved"));
    }
  }
  BOOST_ERROR("it is moved too often");
}

BOOST_AUTO_TEST_CASE(a_loop_without_further_work_runs_on_until_main_has_heard) {
  auto const main = []() -> awaitable<void> {
    fanout::promise<void> const never(co_await asio::this_coro::executor);
    asio::post(co_await asio::this_coro::executor, [] { throw oops("handler"); });
    co_await never.get_future();
  };
  FANOUT_CHECK_THROWS(oops, "handler", run_virtual(main));
  for (std::size_t const threads : {1u, 4u})
    FANOUT_CHECK_THROWS(oops, "handler", run(main, {.threads = threads, .signals = false}));
}

// Ends when it is cancelled. It tracks no work, as operations do whose end comes from elsewhere.
auto parked() {
  return asio::async_initiate<asio::deferred_t const, void(std::exception_ptr)>(
      [](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
        slot.assign([kept](asio::cancellation_type) {
          auto const error = boost::system::system_error(asio::error::operation_aborted);
          auto const executor = asio::get_associated_executor(*kept);
          asio::post(executor, [h = std::move(*kept), error]() mutable {
            std::move(h)(std::make_exception_ptr(error));
          });
        });
      },
      asio::deferred);
}

BOOST_AUTO_TEST_CASE(main_is_cancelled_where_it_waits_for_what_tracks_no_work) {
  auto const main = []() -> awaitable<void> {
    asio::post(co_await asio::this_coro::executor, [] { throw oops("handler"); });
    co_await parked();
  };
  FANOUT_CHECK_THROWS(oops, "handler", run_virtual(main));
  FANOUT_CHECK_THROWS(oops, "handler", run(main, {.threads = 1, .signals = false}));
}

// ---- run_virtual with a drive

BOOST_AUTO_TEST_CASE(a_drive_sees_what_leaves_a_handler_and_goes_on) {
  lines log;
  auto const main = [&]() -> awaitable<int> {
    throw_in(co_await asio::this_coro::executor, 1ms, "first");
    throw_in(co_await asio::this_coro::executor, 2ms, "second");
    co_await sleeps(3ms);
    log.push_back("main ends");
    co_return 7;
  };
  int calls = 0;
  int const value = run_virtual(main, [&](auto const& loop) {
    ++calls;
    FANOUT_CHECK_THROWS(oops, "first", loop());
    FANOUT_CHECK_THROWS(oops, "second", loop());
    BOOST_TEST(log.empty());
    loop();
    BOOST_TEST(log == lines{"main ends"}, boost::test_tools::per_element());
    loop(); // it has been stopped
  });
  BOOST_TEST(value == 7);
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_drive_may_leave_a_handler_without_further_work_behind) {
  std::optional<fanout::promise<int>> promise;
  auto const main = [&]() -> awaitable<int> {
    promise.emplace(co_await asio::this_coro::executor);
    asio::post(co_await asio::this_coro::executor, [] { throw oops("handler"); });
    co_return co_await promise->get_future();
  };
  int const value = run_virtual(main, [&](auto const& loop) {
    FANOUT_CHECK_THROWS(oops, "handler", loop());
    loop(); // nothing can happen
    promise->set_value(7);
    loop();
  });
  BOOST_TEST(value == 7);
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_a_drive_leaves_run_virtual) {
  lines log;
  auto const main = [&]() -> awaitable<void> {
    throw_in(co_await asio::this_coro::executor, 1ms, "handler");
    co_await cleans_up(log, "main", 5ms);
  };
  FANOUT_CHECK_THROWS(oops, "handler", run_virtual(main, [](auto const& loop) { loop(); }));
  BOOST_TEST(log.empty());
}

BOOST_AUTO_TEST_CASE(a_drive_that_returns_too_early_is_told_so) {
  auto const drive = [](auto const&) {};
  FANOUT_CHECK_THROWS(fanout::invalid_state,
                      "fanout::run_virtual: drive has returned, but main has not ended; not ended: "
                      "main: invalid state [fanout:1]",
                      run_virtual(sleeps(1ms), drive));
}

// ---- children on a pool

// Makes a handler on the context throw as soon as a child on the pool runs.
using cause = awaitable<void> (*)(pool_work&);

[[noreturn]] void raise(pool_work& w, char const* text) {
  w.go_home = true;
  throw oops(text);
}

awaitable<void> handler_throws(pool_work& w) {
  co_await fanout_test::until_work_has_begun(w);
  asio::post(co_await asio::this_coro::executor, [&w] { raise(w, "handler"); });
}

awaitable<void> done_callback_throws(pool_work& w) {
  auto const task = create_task(co_await asio::this_coro::executor,
                                fanout_test::until_work_has_begun(w), "callback");
  task.add_done_callback([&w](auto const&) { raise(w, "callback"); });
}

awaitable<void> hook_throws(pool_work& w) {
  auto const executor = co_await asio::this_coro::executor;
  auto operation = gather(executor, fanout_test::until_work_has_begun(w),
                          fanout::on_progress([&w](auto const&) { raise(w, "hook"); }));
  std::move(operation)(asio::detached);
}

void check_every_operation(cause throws, char const* text) {
  for (verb const& v : verbs) {
    for (std::size_t const threads : {1u, 4u}) {
      BOOST_TEST_CONTEXT(v.name << ", threads: " << threads) {
        pool_work w;
        auto const main = [&]() -> awaitable<void> {
          co_await gather(throws(w), fanout_test::does(v, w));
        };
        FANOUT_CHECK_THROWS(oops, text, run(main, {.threads = threads}));
        w.returned = true;
        w.pool.join();
        BOOST_TEST(w.late == 0);
        BOOST_TEST(w.ended == w.begun);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_ends_every_operation_in_order) {
  check_every_operation(handler_throws, "handler");
}

BOOST_AUTO_TEST_CASE(a_done_callback_that_throws_ends_every_operation_in_order) {
  check_every_operation(done_callback_throws, "callback");
}

BOOST_AUTO_TEST_CASE(a_hook_that_throws_ends_every_operation_in_order) {
  check_every_operation(hook_throws, "hook");
}

// ---- operations on a pool whose handler is on the context

BOOST_AUTO_TEST_CASE(an_operation_whose_handler_is_on_the_context_is_awaited) {
  for (std::size_t const threads : {1u, 4u}) {
    pool_work w;
    int heard = 0;
    auto const main = [&]() -> awaitable<void> {
      auto const executor = co_await asio::this_coro::executor;
      gather(w.pool, fanout_test::owns(w), fanout_test::owns(w))(
          asio::bind_executor(executor, [&](std::exception_ptr, auto const&) { ++heard; }));
      co_await fanout_test::until_work_has_begun(w);
      w.go_home = true;
    };
    run(main, {.threads = threads});
    w.returned = true;
    w.pool.join();
    BOOST_TEST(heard == 1);
    BOOST_TEST(w.late == 0);
    BOOST_TEST(w.ended == w.begun);
  }
}

BOOST_AUTO_TEST_CASE(an_operation_whose_handler_is_on_the_context_is_cancelled_at_the_end) {
  asio::thread_pool pool(1);
  std::exception_ptr heard;
  auto const main = [&]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    fanout::gather(pool, fanout::sleep(1h))(asio::bind_executor(
        executor, [&](std::exception_ptr error, auto const&) { heard = error; }));
  };
  run(main);
  fanout_test::check_aborted(heard);
}

BOOST_AUTO_TEST_CASE(an_operation_whose_handler_is_on_the_context_is_listed) {
  pool_work w;
  lines names;
  auto const main = [&]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    gather(w.pool, fanout_test::owns(w))(
        asio::bind_executor(executor, [](std::exception_ptr, auto const&) {}));
    co_await fanout_test::until_work_has_begun(w);
    for (auto const& task : fanout::all_tasks(executor)) names.push_back(task.name);
    w.go_home = true;
  };
  run(main);
  BOOST_TEST(names == (lines{"main", "child 0 of a gather"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace run_exceptions
