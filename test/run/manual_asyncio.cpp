//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The code of docs/from_asyncio.md does what is said there. tools/check-docs compares the regions
// with the page.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace manual_asyncio {

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::gather;
using log_lines = std::vector<std::string>;

auto sleep(std::chrono::milliseconds d) { return fanout::sleep<fanout::virtual_clock>(d); }

awaitable<int> square(int n) {
  co_await sleep(1ms * n);
  co_return n* n;
}

// Takes its time to clean up after a cancellation.
awaitable<int> stubborn(log_lines& log) {
  bool cancelled = false;
  try {
    co_await sleep(1h);
  } catch (boost::system::system_error const&) {
    cancelled = true;
  }
  if (cancelled) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    co_await sleep(10ms);
    log.push_back("cleaned up");
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return 0;
}

BOOST_AUTO_TEST_SUITE(manual_asyncio_test)

FANOUT_TEST(the_first_program) {
  // [first program]
  auto const executor = co_await asio::this_coro::executor;
  auto const task = create_task(executor, square(3), "three");
  auto const [one, two] = co_await gather(square(1), square(2));
  int const nine = co_await fanout::timeout<fanout::virtual_clock>(1s, task);
  // [end]
  BOOST_TEST(one == 1);
  BOOST_TEST(two == 4);
  BOOST_TEST(nine == 9);
}

FANOUT_TEST(d1_a_cancelled_gather_ends_when_all_its_children_have) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  // [cancelled gather]
  auto const all = create_task(executor, gather(square(1000), stubborn(log)));
  co_await sleep(1ms);
  all.cancel();
  try {
    co_await all;
  } catch (boost::system::system_error const&) {
    log.push_back("the gather has ended");
  }
  // [end]
  BOOST_TEST(log == (log_lines{"cleaned up", "the gather has ended"}), per_element());
}

FANOUT_TEST(d2_the_future_of_a_cancelled_gather_says_so) {
  auto const executor = co_await asio::this_coro::executor;
  bool throws = false;
  // [cancelled future]
  auto const all = create_task(executor, gather(square(1000), square(2000)));
  co_await sleep(1ms);
  all.cancel();
  co_await sleep(1ms);
  bool const cancelled = all.cancelled(); // true; asyncio says False
  try {
    all.exception();
  } catch (boost::system::system_error const&) {
    throws = true; // asyncio returns the exception
  }
  // [end]
  BOOST_TEST(cancelled);
  BOOST_TEST(throws);
}

FANOUT_TEST(d3_a_gather_that_is_not_initiated_runs_nothing) {
  auto const executor = co_await asio::this_coro::executor;
  // [not initiated]
  auto described = gather(square(1), square(2));                    // nothing runs
  auto const running = create_task(executor, std::move(described)); // now it does
  // [end]
  auto const [one, two] = co_await running;
  BOOST_TEST(one + two == 5);
}

FANOUT_TEST(d4_awaiting_a_done_future_passes_through_the_executor) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  auto const done = create_task(executor, square(0));
  co_await done;
  auto const other = [&log]() -> awaitable<void> {
    log.push_back("the other task");
    co_return;
  };
  // [done future]
  auto const task = create_task(executor, other);
  co_await done; // asyncio would go on at once
  log.push_back("after the done future");
  // [end]
  BOOST_TEST(log == (log_lines{"the other task", "after the done future"}), per_element());
}

FANOUT_TEST(d5_children_start_in_order) {
  log_lines log;
  auto const named = [&log](std::string name) -> awaitable<void> {
    log.push_back(name);
    co_return;
  };
  // [order]
  co_await gather(named("a"), named("b"), named("c")); // "a", "b", "c", in any program
  // [end]
  BOOST_TEST(log == (log_lines{"a", "b", "c"}), per_element());
}

FANOUT_TEST(d6_a_cancellation_lasts_until_it_is_reset) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  // [sticky]
  auto const child = [&log]() -> awaitable<void> {
    bool cancelled = false;
    try {
      co_await sleep(1h);
    } catch (boost::system::system_error const&) {
      cancelled = true; // a catch block cannot await
    }
    if (cancelled) {
      co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
      co_await sleep(5ms); // without the reset this would throw at once
      log.push_back("cleaned up");
    }
  };
  // [end]
  auto const task = create_task(executor, child);
  co_await sleep(1ms);
  task.cancel();
  co_await task;
  BOOST_TEST(log == log_lines{"cleaned up"}, per_element());
}

FANOUT_TEST(d7_what_a_child_needs_is_handed_to_it) {
  // [context]
  auto const request = [](std::string user) -> awaitable<std::string> {
    co_await sleep(1ms);
    co_return "for " + user; // a parameter, where Python may use a context variable
  };
  auto const answers = co_await gather(request("ada"), request("bob"));
  auto const& [a, b] = answers;
  // [end]
  BOOST_TEST(a == "for ada");
  BOOST_TEST(b == "for bob");
}

FANOUT_TEST(d8_a_callback_is_removed_by_its_id) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  // [callback id]
  auto const task = create_task(executor, square(2));
  auto const id = task.add_done_callback([&log](auto const&) { log.push_back("called"); });
  bool const removed = task.remove_done_callback(id);
  // [end]
  co_await task;
  co_await sleep(1ms);
  BOOST_TEST(removed);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(d9_a_request_after_the_last_end_is_accepted_and_changes_nothing) {
  auto const executor = co_await asio::this_coro::executor;
  // [late request]
  fanout::promise<int> a(executor), b(executor);
  auto const all = create_task(executor, gather(a.get_future(), b.get_future()));
  co_await sleep(1ms);
  a.set_value(1);
  b.set_value(2);                       // the gather hears of it in a later turn
  bool const asked = all.cancel();      // true; asyncio says False
  auto const [one, two] = co_await all; // the values all the same
  // [end]
  BOOST_TEST(asked);
  BOOST_TEST(one + two == 3);
  BOOST_TEST(!all.cancelled());
}

FANOUT_TEST(d9_a_request_after_the_first_error_does_not_reach_the_siblings) {
  auto const executor = co_await asio::this_coro::executor;
  fanout::promise<int> a(executor), b(executor);
  auto const all = create_task(executor, gather(a.get_future(), b.get_future()));
  co_await sleep(1ms);
  a.set_exception(std::make_exception_ptr(std::runtime_error("a")));
  BOOST_TEST(all.cancel());
  FANOUT_CHECK_THROWS(std::runtime_error, "a", co_await all);
  co_await sleep(1ms);
  BOOST_TEST(!b.get_future().done()); // asyncio cancels it
}

FANOUT_TEST(d9_a_request_before_a_gather_waits_for_done_tasks_ends_it) {
  auto const executor = co_await asio::this_coro::executor;
  auto const one = create_task(executor, square(0));
  co_await one;
  auto const all = create_task(executor, gather(one));
  BOOST_TEST(all.cancel()); // asyncio says False, and gives the value
  FANOUT_CHECK_THROWS(boost::system::system_error, "Operation canceled [system:125]", co_await all);
}

BOOST_AUTO_TEST_CASE(d10_what_has_not_begun_when_run_ends_never_begins) {
  log_lines log;
  // [not started]
  auto const child = [&log]() -> awaitable<void> {
    log.push_back("begun"); // asyncio comes here, twice
    co_await sleep(1h);
  };
  auto const main = [child]() -> awaitable<void> {
    create_task(co_await asio::this_coro::executor, gather(child, child));
  };
  // [end]
  fanout::run_virtual(main);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(d11_a_cancelled_gather_that_nobody_looked_at_is_not_reported) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  auto const before = fanout::set_unhandled_error_handler(
      [&log](std::string_view name, std::exception_ptr) { log.push_back(std::string(name)); });
  {
    // [dropped]
    auto const all = create_task(executor, gather(square(1000), square(2000)), "all");
    co_await sleep(1ms);
    all.cancel(); // and nothing ever asks what it has ended with
    // [end]
    co_await sleep(1ms);
    BOOST_TEST(all.done());
  }
  co_await sleep(1ms);
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(d12_a_wait_that_has_succeeded_succeeds) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  // [succeeded]
  fanout::promise<std::string> letter(executor);
  auto const read = [&]() -> awaitable<void> {
    log.push_back(co_await letter.get_future()); // asyncio would raise CancelledError here
    co_await sleep(1h);                          // here it throws, at once
  };
  auto const reader = create_task(executor, read);
  co_await sleep(1ms);
  letter.set_value("dear reader");
  reader.cancel();
  // [end]
  co_await sleep(1ms);
  BOOST_TEST(reader.cancelled());
  BOOST_TEST(log == log_lines{"dear reader"}, per_element());
}

FANOUT_TEST(d12_a_task_that_waits_for_nothing_more_ends_with_its_value) {
  auto const executor = co_await asio::this_coro::executor;
  fanout::promise<std::string> letter(executor);
  auto const read = [&]() -> awaitable<std::string> { co_return co_await letter.get_future(); };
  auto const reader = create_task(executor, read);
  co_await sleep(1ms);
  letter.set_value("dear reader");
  BOOST_TEST(reader.cancel());
  BOOST_TEST(co_await reader == "dear reader");
}

FANOUT_TEST(d13_a_late_callback_comes_after_a_gather_that_waited) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  std::optional<fanout::future<int>> task;
  auto const number = [&]() -> awaitable<int> {
    co_await sleep(1ms);
    asio::post(executor, [&] { // runs when the task has ended
      BOOST_TEST(task->done());
      // [late callback]
      task->add_done_callback([&log](auto const&) { log.push_back("the late callback"); });
      // [end]
    });
    co_return 1;
  };
  task = create_task(executor, number);
  // [waits already]
  auto const wait = [&]() -> awaitable<void> {
    co_await gather(*task);
    log.push_back("the gather");
  };
  // [end]
  co_await gather(wait);
  co_await sleep(1ms);
  BOOST_TEST(log == (log_lines{"the gather", "the late callback"}), per_element());
}

FANOUT_TEST(d14_a_request_in_a_first_step_keeps_later_children_from_starting) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  asio::cancellation_signal stop;
  auto const named = [&log](std::string name) -> awaitable<void> {
    log.push_back(name);
    co_return;
  };
  auto const body = [&]() -> awaitable<void> {
    // [request in a first step]
    auto const asks = [&]() -> awaitable<void> {
      stop.emit(asio::cancellation_type::terminal); // reaches what awaits the gather
      co_return;
    };
    co_await gather(asks, named("later"), fanout::eager); // "later" never starts, and this throws
    // [end]
    log.push_back("goes on");
  };
  std::exception_ptr error;
  asio::co_spawn(
      executor, body,
      asio::bind_cancellation_slot(stop.slot(), [&error](std::exception_ptr e) { error = e; }));
  co_await sleep(1ms);
  BOOST_TEST(fanout::is_cancelled(error));
  BOOST_TEST(log.empty());
}

FANOUT_TEST(d14_the_cancellation_of_a_future_in_a_first_step_arrives_by_a_turn) {
  auto const executor = co_await asio::this_coro::executor;
  log_lines log;
  std::optional<fanout::future<void>> self;
  auto const named = [&log](std::string name) -> awaitable<void> {
    log.push_back(name);
    co_return;
  };
  auto const body = [&]() -> awaitable<void> {
    co_await sleep(1ms);
    auto const asks = [&]() -> awaitable<void> {
      self->cancel();
      co_return;
    };
    co_await gather(asks, named("later"), fanout::eager);
    log.push_back("goes on");
    co_await sleep(1h);
  };
  self = create_task(executor, body);
  co_await sleep(5ms);
  BOOST_TEST(self->cancelled());
  BOOST_TEST(log == (log_lines{"later", "goes on"}), per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual_asyncio
