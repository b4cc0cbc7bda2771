//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 2.2: a limit turns an end into `deadline_exceeded` only if nothing outside the operation
// that has the limit had asked the child to end; and at the end of `run` nothing is asked twice.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/ends.hpp"
#include "../support/kept_handler.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace whose_cancellation {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::end_of;
using fanout_test::end_text;
using virtual_clock = fanout::virtual_clock;
using lines = std::vector<std::string>;
namespace asio = boost::asio;

// Cleans up for 10 ms when it is cancelled.
asio::awaitable<int> slow_to_end() {
  std::exception_ptr cancelled;
  try {
    co_await sleep_ms(1'000'000);
  } catch (...) {
    cancelled = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state();
  co_await sleep_ms(10);
  std::rethrow_exception(cancelled);
}

auto limit_of(int ms) {
  return fanout::child_timeout<virtual_clock>(std::chrono::milliseconds(ms));
}
auto deadline_in(int ms) { return fanout::deadline<virtual_clock>(std::chrono::milliseconds(ms)); }
template <class Child>
auto timeout_of(int ms, Child child) {
  return fanout::timeout<virtual_clock>(std::chrono::milliseconds(ms), std::move(child));
}

asio::awaitable<int> limited(int ms) { co_return co_await timeout_of(ms, slow_to_end); }

asio::awaitable<std::string> first_of(asio::awaitable<std::tuple<fanout::result<int>>> all) {
  auto const r = co_await std::move(all);
  co_return std::get<0>(r) ? "value" : end_text(std::get<0>(r).error());
}

asio::awaitable<std::tuple<fanout::result<int>>> each_limited(int ms) {
  auto all = gather(slow_to_end, limit_of(ms), return_exceptions, fanout::keep_results);
  co_return co_await std::move(all);
}
asio::awaitable<std::tuple<fanout::result<int>>> all_limited(int ms) {
  auto all = gather(slow_to_end, deadline_in(ms), return_exceptions, fanout::keep_results);
  co_return co_await std::move(all);
}

BOOST_AUTO_TEST_SUITE(whose_cancellation_test)

// ---- limits

FANOUT_TEST(a_request_from_outside_is_what_a_child_ends_with_whenever_it_came) {
  auto const executor = co_await asio::this_coro::executor;
  struct row {
    int limit, request;
    std::string expected;
  };
  // At 5 ms the child is asked by the one, and cleans up until 15 ms.
  for (row const& r : {row{5, 100, "deadline_exceeded"}, row{100, 5, "operation_aborted"},
                       row{5, 8, "operation_aborted"}, row{8, 5, "operation_aborted"}}) {
    BOOST_TEST_CONTEXT("limit " << r.limit << ", request " << r.request) {
      std::vector<future<std::string>> const ends{
          create_task(executor, [&] { return end_of(limited(r.limit)); }),
          create_task(executor, [&] { return first_of(each_limited(r.limit)); }),
          create_task(executor, [&] { return first_of(all_limited(r.limit)); })};
      co_await sleep_ms(r.request);
      for (auto const& end : ends) end.cancel();
      for (auto const& end : ends) BOOST_TEST(co_await end == r.expected);
    }
  }
}

FANOUT_TEST(a_task_of_a_group_that_is_cancelled_by_its_future_has_not_run_out_of_time) {
  fanout::task_group group(co_await asio::this_coro::executor, limit_of(5), fanout::keep_going);
  auto const task = group.create_task(slow_to_end);
  auto const other = group.create_task(slow_to_end);
  co_await sleep_ms(8);
  task.cancel();
  BOOST_TEST(co_await end_of(task) == "operation_aborted");
  BOOST_TEST(co_await end_of(other) == "deadline_exceeded");
  BOOST_TEST((task.cancelled() && !other.cancelled()));
  // Later ones are reached where these were.
  auto const third = group.create_task(slow_to_end);
  auto const fourth = group.create_task(slow_to_end);
  BOOST_TEST(co_await end_of(third) == "deadline_exceeded");
  BOOST_TEST(co_await end_of(fourth) == "deadline_exceeded");
}

FANOUT_TEST(what_the_operation_itself_has_asked_does_not_count) {
  auto all = gather(slow_to_end, slow_to_end, limit_of(5), deadline_in(8), return_exceptions);
  auto [a, b] = co_await std::move(all);
  BOOST_TEST(
      (end_text(a.error()) == "deadline_exceeded" && end_text(b.error()) == "deadline_exceeded"));
  auto other = gather(throws_after(3, "oops"), slow_to_end, limit_of(5), fanout::cancel_on_error,
                      return_exceptions);
  auto [c, d] = co_await std::move(other);
  BOOST_TEST(end_text(d.error()) == "deadline_exceeded");
  auto inner = gather(throws_after(3, "oops"), slow_to_end, fanout::cancel_on_error);
  BOOST_TEST(co_await end_of(timeout_of(5, std::move(inner))) == "oops");
}

FANOUT_TEST(of_nested_limits_each_explains_its_own) {
  BOOST_TEST(co_await end_of(timeout_of(20, timeout_of(5, slow_to_end))) == "deadline_exceeded");
  BOOST_TEST(co_await end_of(timeout_of(5, timeout_of(20, slow_to_end))) == "deadline_exceeded");
  auto const inside = [](int inner, int outer) -> asio::awaitable<std::string> {
    std::string seen;
    auto const asks = [&]() -> asio::awaitable<void> { seen = co_await end_of(limited(inner)); };
    co_await end_of(timeout_of(outer, asks));
    co_return seen;
  };
  BOOST_TEST(co_await inside(5, 8) == "operation_aborted"); // the outer one has asked it too
  BOOST_TEST(co_await inside(8, 5) == "operation_aborted");
  BOOST_TEST(co_await inside(5, 50) == "deadline_exceeded");
}

FANOUT_TEST(a_straggler_that_its_group_cancels_has_not_run_out_of_time) {
  for (bool const by_group : {true, false}) {
    fanout_test::unhandled reported;
    auto const executor = co_await asio::this_coro::executor;
    lines failed;
    fanout::task_group group(executor, fanout::keep_going,
                             fanout::on_error([&](std::string const&, std::exception_ptr e) {
                               failed.push_back(end_text(e));
                             }));
    auto all = gather(throws_after(1, "oops"), slow_to_end, limit_of(5), fanout::stragglers(group));
    BOOST_TEST(co_await end_of(std::move(all)) == "oops");
    co_await sleep_ms(7);
    if (by_group) group.cancel();
    co_await group.join();
    BOOST_TEST(failed == (by_group ? lines{} : lines{"deadline_exceeded"}), per_element());
  }
}

// ---- at the end of run

// Says goodbye for 50 ms when it is cancelled, and whether it was left alone.
struct session {
  lines& log;
  std::string name = "session";

  asio::awaitable<void> operator()() const {
    std::exception_ptr cancelled;
    try {
      co_await sleep_ms(1'000'000);
    } catch (...) {
      cancelled = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state();
    try {
      co_await sleep_ms(50);
      log.push_back(name + " said goodbye");
    } catch (boost::system::system_error const&) {
      log.push_back(name + " was interrupted");
    }
    std::rethrow_exception(cancelled);
  }
};

using makes_leftovers =
    std::function<asio::awaitable<void>(asio::any_io_executor const&, session const&)>;

asio::awaitable<void> waits_for(future<void> f) { co_await f; }

// What is left over waits for other left-overs in these ways.
std::vector<std::pair<std::string, makes_leftovers>> const& left_over() {
  static std::vector<std::pair<std::string, makes_leftovers>> const all{
      {"a task",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, s);
         co_return;
       }},
      {"a task that another waits for",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, waits_for(create_task(ex, s)));
         co_return;
       }},
      {"a task that was made later than what waits for it",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         auto const late = std::make_shared<std::optional<future<void>>>();
         create_task(ex, [late]() -> asio::awaitable<void> {
           co_await sleep_ms(1);
           co_await **late;
         });
         late->emplace(create_task(ex, s));
         co_return;
       }},
      {"a chain of three",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, waits_for(create_task(ex, waits_for(create_task(ex, s)))));
         co_return;
       }},
      {"several that wait for the same",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         auto const task = create_task(ex, s);
         for (int i = 0; i < 3; ++i) create_task(ex, waits_for(task));
         create_task(ex, gather(task, task));
         co_return;
       }},
      {"a child of a gather in a task that another waits for",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         auto const task = create_task(ex, gather(s));
         create_task(ex, [task]() -> asio::awaitable<void> { co_await task; });
         co_return;
       }},
      {"children in three levels",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         auto const task =
             create_task(ex, gather(timeout_of(900'000, gather(fanout::named("x", s)))));
         create_task(ex, fanout::race([task]() -> asio::awaitable<void> { co_await task; },
                                      sleep_ms(1'000'000)));
         co_return;
       }},
      {"a shield in a task that another waits for",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, waits_for(create_task(ex, fanout::shield(s))));
         co_return;
       }},
      {"a task of a group that another waits for",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, [ex, s]() -> asio::awaitable<void> {
           fanout::task_group group(ex, fanout::keep_going);
           create_task(ex, waits_for(group.create_task(s)));
           co_await group.join();
         });
         co_return;
       }},
      {"a task of with_task_group",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, fanout::with_task_group([s](fanout::task_group& group) {
                       group.create_task(s);
                       return sleep_ms(1'000'000);
                     }));
         co_return;
       }},
      {"a task of a group that is destroyed",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, [ex, s]() -> asio::awaitable<void> {
           fanout::task_group group(ex);
           group.create_task(s);
           co_await sleep_ms(1'000'000);
         });
         co_return;
       }},
      {"a task of a group that is cancelled by what cleans up",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, [ex, s]() -> asio::awaitable<void> {
           fanout::task_group group(ex);
           group.create_task(s);
           bool cancelled = false;
           try {
             co_await sleep_ms(1'000'000);
           } catch (boost::system::system_error const&) {
             cancelled = true;
           }
           if (!cancelled) co_return;
           co_await asio::this_coro::reset_cancellation_state();
           group.cancel();
           co_await group.join();
         });
         co_return;
       }},
      {"a child of a stream that is destroyed",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, [s]() -> asio::awaitable<void> {
           auto stream = fanout::as_completed(s);
           co_await stream.next();
         });
         co_return;
       }},
      {"a child of a stream that is closed by what cleans up",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         create_task(ex, [s]() -> asio::awaitable<void> {
           auto stream = fanout::as_completed(s);
           bool cancelled = false;
           try {
             co_await stream.next();
           } catch (boost::system::system_error const&) {
             cancelled = true;
           }
           if (!cancelled) co_return;
           co_await asio::this_coro::reset_cancellation_state();
           co_await stream.close();
         });
         co_return;
       }},
      {"tasks on strands of their own",
       [](auto const& ex, session const& s) -> asio::awaitable<void> {
         auto const task = create_task(asio::make_strand(ex), s);
         create_task(asio::make_strand(ex),
                     waits_for(create_task(asio::make_strand(ex), waits_for(task))));
         co_return;
       }},
  };
  return all;
}

BOOST_AUTO_TEST_CASE(at_the_end_of_run_what_is_left_over_is_asked_once) {
  for (auto const& [what, make] : left_over())
    for (int const hops : {0, 1, 2, 10}) {
      BOOST_TEST_CONTEXT(what << ", " << hops << " turns later") {
        fanout_test::unhandled reported;
        lines log;
        session const s{log};
        fanout::run_virtual([&]() -> asio::awaitable<void> {
          co_await make(co_await asio::this_coro::executor, s);
          co_await sleep_ms(5);
          for (int i = 0; i < hops; ++i) co_await hop(i);
        });
        BOOST_TEST(log == lines{"session said goodbye"}, per_element());
        BOOST_TEST(reported.log.empty());
      }
    }
}

// Requests of one turn count as one also where nothing has ended: see docs/cancellation.md.
FANOUT_TEST(what_is_cancelled_twice_in_one_turn_is_asked_once) {
  auto const executor = co_await asio::this_coro::executor;
  for (bool const waiter_first : {true, false}) {
    lines log;
    auto const task = create_task(executor, session{log});
    auto const waiter = create_task(executor, waits_for(task));
    co_await sleep_ms(5);
    if (waiter_first) waiter.cancel();
    task.cancel();
    if (!waiter_first) waiter.cancel();
    BOOST_TEST(co_await end_of(waiter) == "operation_aborted");
    BOOST_TEST(log == lines{"session said goodbye"}, per_element());
  }
}

// Counts requests, and ends a turn after the first one.
auto counts_requests(int& requests) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void()>(
      [&requests](auto handler) {
        auto const executor = asio::get_associated_executor(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        fanout_test::kept_handler const kept(std::move(handler));
        slot.assign([&requests, executor, kept](asio::cancellation_type) {
          if (requests++ == 0) asio::post(executor, [kept] { kept.take()(); });
        });
      },
      token);
}

FANOUT_TEST(a_task_that_has_not_had_a_turn_since_a_request_gets_no_second_one_from_a_waiter) {
  auto const executor = co_await asio::this_coro::executor;
  int requests = 0;
  auto const task = create_task(executor, counts_requests(requests));
  auto const waiter = create_task(executor, waits_for(task));
  co_await sleep_ms(5);
  task.cancel();
  waiter.cancel();
  BOOST_TEST(co_await end_of(task) == "value");
  BOOST_TEST(requests == 1);
}

FANOUT_TEST(a_later_request_interrupts_the_cleaning_up) {
  auto const executor = co_await asio::this_coro::executor;
  lines log;
  auto const task = create_task(executor, session{log});
  auto const waiter = create_task(executor, waits_for(task));
  co_await sleep_ms(5);
  task.cancel();
  co_await sleep_ms(5);
  waiter.cancel();
  BOOST_TEST(co_await end_of(waiter) == "operation_aborted");
  BOOST_TEST(log == lines{"session was interrupted"}, per_element());
}

// The request reaches what waits on another context while the task says goodbye.
BOOST_AUTO_TEST_CASE(what_waits_elsewhere_does_not_ask_again_at_the_end_of_run) {
  asio::io_context elsewhere;
  lines log;
  fanout::run_virtual([&]() -> asio::awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const task = create_task(executor, session{log});
    create_task(executor, gather(asio::bind_executor(elsewhere, waits_for(task))));
    create_task(executor, [&elsewhere]() -> asio::awaitable<void> {
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
      for (int i = 0; i < 10; ++i) {
        elsewhere.restart();
        elsewhere.poll();
        co_await sleep_ms(10);
      }
    });
    co_await sleep_ms(15);
  });
  BOOST_TEST(log == lines{"session said goodbye"}, per_element());
}

BOOST_AUTO_TEST_CASE(what_is_asked_at_the_end_of_run_has_not_run_out_of_time) {
  // At 5 ms the limit has asked each to end, which takes until 15 ms.
  for (int const end : {8, 50}) {
    BOOST_TEST_CONTEXT("after " << end << " ms") {
      fanout_test::unhandled reported;
      std::string of_handler;
      fanout::run_virtual([&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        create_task(executor, timeout_of(5, slow_to_end), "a");
        create_task(executor, gather(slow_to_end, limit_of(5)), "b");
        create_task(executor, gather(slow_to_end, deadline_in(5)), "c");
        // Only the end of run asks this one, since nothing has its slot.
        gather(slow_to_end, limit_of(5))(
            asio::bind_executor(executor, [&](std::exception_ptr error, auto const&) {
              of_handler = end_text(error);
            }));
        co_await sleep_ms(end);
      });
      BOOST_TEST(of_handler == (end == 8 ? "operation_aborted" : "deadline_exceeded"));
      std::ranges::sort(reported.log);
      lines const late{"a: deadline exceeded", "b: deadline exceeded", "c: deadline exceeded"};
      BOOST_TEST(reported.log == (end == 8 ? lines{} : late), per_element());
    }
  }
}

// A limit of what cleans up is no part of the end of run.
BOOST_AUTO_TEST_CASE(a_limit_inside_of_the_cleaning_up_at_the_end_of_run_is_heard) {
  lines log;
  fanout::run_virtual([&]() -> asio::awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const task = create_task(executor, session{log});
    create_task(executor, [task]() -> asio::awaitable<void> {
      std::exception_ptr cancelled;
      try {
        co_await sleep_ms(1'000'000);
      } catch (...) {
        cancelled = std::current_exception();
      }
      co_await asio::this_coro::reset_cancellation_state();
      co_await end_of(timeout_of(10, task));
    });
    co_await sleep_ms(5);
  });
  BOOST_TEST(log == lines{"session was interrupted"}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace whose_cancellation
