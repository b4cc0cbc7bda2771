//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: cancelling waits for a future, and with them the future.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/shield.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace futures_waits {

using namespace zoo;
using asio::cancellation_type;
using boost::system::system_error;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout_test::aborted_text;
using fanout_test::check_aborted;
using lines = std::vector<std::string>;

// A task with this child, on the executor of the test.
template <class Child>
awaitable<future<int>> task(Child child) {
  co_return create_task(co_await asio::this_coro::executor, std::move(child));
}

// Waits for a future, and can be cancelled by `signal`.
struct wait {
  asio::cancellation_signal signal;
  std::exception_ptr error;
  int value = -1;
  bool slot_was_clear = false;

  explicit wait(future<int> const& f) {
    f(asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr e, int v) {
      slot_was_clear = !signal.slot().has_handler();
      error = e;
      value = v;
    }));
  }
};

awaitable<void> turn() { co_await asio::post(asio::deferred); }

BOOST_AUTO_TEST_SUITE(futures_waits_test)

// GCC 12 reads both results when both waits have ended.
FANOUT_TEST(two_waits_in_one_expression_give_a_value_each) {
  auto const ex = co_await asio::this_coro::executor;
  auto const a = create_task(ex, after(10, 7));
  auto const b = create_task(ex, after(20, 4));
  BOOST_TEST((co_await a + co_await b) == 11);
}

FANOUT_TEST(a_cancelled_wait_cancels_the_future_and_ends_when_that_does) {
  auto const f = co_await task(cleans_up(100, 20));
  co_await turn();
  wait w(f);
  w.signal.emit(cancellation_type::terminal);
  co_await sleep_ms(19);
  BOOST_TEST((w.error == nullptr));
  co_await sleep_ms(2);
  check_aborted(w.error);
  BOOST_TEST(w.slot_was_clear);
  BOOST_TEST(f.cancelled());
}

FANOUT_TEST(a_cancelled_wait_ends_with_the_outcome_of_the_future) {
  auto const f = co_await task(swallows(100, 7));
  co_await turn();
  wait w(f), other(f);
  w.signal.emit(cancellation_type::terminal);
  co_await sleep_ms(1);
  BOOST_TEST((w.error == nullptr));
  BOOST_TEST(w.value == 7);
  BOOST_TEST(other.value == 7);
}

FANOUT_TEST(a_wait_passes_the_type_of_a_request_on) {
  lines log;
  auto const f = co_await task(hears(log, "a", 10));
  co_await turn();
  wait w(f);
  w.signal.emit(cancellation_type::partial);
  co_await turn();
  w.signal.emit(cancellation_type::total);
  co_await turn();
  BOOST_TEST(log == (lines{"a:partial", "a:total"}), per_element());
  co_await f;
}

FANOUT_TEST(a_coroutine_that_is_cancelled_in_a_wait_cancels_the_future) {
  lines log;
  auto const f = co_await task(logged(log, "inner", 100));
  auto waiting = [f]() -> awaitable<int> { co_return co_await f; };
  auto const g = co_await task(std::move(waiting));
  co_await sleep_ms(10);
  BOOST_TEST(g.cancel());
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await g);
  BOOST_TEST(f.cancelled());
  BOOST_TEST(log == (lines{"+inner", "!inner"}), per_element());
}

FANOUT_TEST(a_cancelled_gather_cancels_its_futures_once_each) {
  lines log;
  auto const f = co_await task(hears(log, "f", 30, 7));
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const seen = fanout_test::start(gather(executor, f, f), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(1);
  BOOST_TEST(log == lines{"f:terminal"}, per_element());
  BOOST_TEST(seen->calls == 0);
  co_await sleep_ms(30);
  BOOST_TEST(seen->calls == 1);
  check_aborted(seen->error);
}

FANOUT_TEST(a_gather_cancels_coroutines_and_tasks_in_the_order_of_the_arguments) {
  lines log;
  auto const executor = co_await asio::this_coro::executor;
  auto const b = create_task(executor, logged(log, "b", 100));
  asio::cancellation_signal signal;
  auto const seen =
      fanout_test::start(gather(executor, logged(log, "a", 100), b, logged(log, "c", 100)), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(1);
  BOOST_TEST(log == (lines{"+b", "+a", "+c", "!a", "!b", "!c"}), per_element());
  BOOST_TEST(seen->calls == 1);
}

FANOUT_TEST(a_shield_keeps_a_cancelled_wait_from_the_future) {
  lines log;
  auto const f = co_await task(logged(log, "a", 20, 7));
  auto const g = create_task(co_await asio::this_coro::executor, fanout::shield(f));
  co_await sleep_ms(10);
  BOOST_TEST(g.cancel());
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await g);
  BOOST_TEST(!f.done());
  BOOST_TEST(co_await f == 7);
  BOOST_TEST(log == (lines{"+a", "-a"}), per_element());
}

FANOUT_TEST(a_request_after_the_end_is_dropped) {
  auto const f = co_await task(after(10, 7));
  wait w(f);
  co_await f;
  w.signal.emit(cancellation_type::terminal);
  BOOST_TEST(!f.cancel());
  BOOST_TEST(w.value == 7);
  BOOST_TEST(f.result() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace futures_waits
