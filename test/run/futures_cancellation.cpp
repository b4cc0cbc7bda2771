//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: cancelling tasks by their futures.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <string>
#include <utility>
#include <vector>

namespace futures_cancellation {

using namespace zoo;
using asio::cancellation_type;
using boost::system::system_error;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout_test::aborted_text;
using lines = std::vector<std::string>;

// A task with this child, on the executor of the test.
template <class Child>
awaitable<future<int>> task(Child child) {
  co_return create_task(co_await asio::this_coro::executor, std::move(child));
}

awaitable<void> turn() { co_await asio::post(asio::deferred); }

BOOST_AUTO_TEST_SUITE(futures_cancellation_test)

// ---- by the future

FANOUT_TEST(a_task_that_is_cancelled_before_its_first_step_never_makes_it) {
  lines log;
  auto const f = co_await task(logged(log, "a", 10));
  BOOST_TEST(f.cancel());
  BOOST_TEST(!f.done());
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await f);
  BOOST_TEST(f.cancelled());
  BOOST_TEST(log.empty());
}

FANOUT_TEST(any_type_of_request_keeps_a_task_from_its_first_step) {
  lines log;
  auto const f = co_await task(logged(log, "a", 10));
  BOOST_TEST(f.cancel(cancellation_type::partial));
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await f);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(a_callable_is_not_called_after_a_cancellation_and_an_operation_not_initiated) {
  int calls = 0;
  auto callable = [&calls]() -> awaitable<int> {
    ++calls;
    return at_once(1);
  };
  auto const f = co_await task(callable);
  auto operation =
      asio::async_initiate<asio::deferred_t const, void(boost::system::error_code, int)>(
          [&calls](auto&&) { ++calls; }, asio::deferred);
  auto const g = co_await task(std::move(operation));
  BOOST_TEST(f.cancel());
  BOOST_TEST(g.cancel());
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await f);
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await g);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_bound_child_hears_of_a_cancellation_right_before_its_first_step) {
  asio::io_context context, other;
  lines log;
  auto const f = create_task(context, asio::bind_executor(other, logged(log, "bound", 10)));
  auto made = [&log, &other] { return asio::bind_executor(other, logged(log, "made", 10)); };
  auto const g = create_task(context, made);
  fanout_test::drive(context); // the children are on their way
  BOOST_TEST(f.cancel());
  BOOST_TEST(g.cancel());
  fanout_test::drive(other); // although the request is behind them
  fanout_test::drive(context);
  BOOST_TEST(f.cancelled());
  BOOST_TEST(g.cancelled());
  BOOST_TEST(log.empty());
}

FANOUT_TEST(a_request_runs_nothing_inside_and_strikes_where_the_task_stands) {
  lines log;
  auto const f = co_await task(logged(log, "a", 10));
  co_await turn();
  BOOST_TEST(f.cancel());
  BOOST_TEST(!f.done());
  BOOST_TEST(log == lines{"+a"}, per_element());
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await f);
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
  BOOST_TEST(f.cancelled());
  BOOST_TEST(!f.cancel());
}

FANOUT_TEST(a_cancelled_task_is_done_when_it_has_really_ended) {
  auto const f = co_await task(cleans_up(100, 20));
  co_await sleep_ms(10);
  BOOST_TEST(f.cancel());
  co_await sleep_ms(19);
  BOOST_TEST(!f.done());
  co_await sleep_ms(2);
  BOOST_TEST(f.done());
  BOOST_TEST(f.cancelled());
}

FANOUT_TEST(a_second_request_interrupts_the_cleaning_up) {
  auto const f = co_await task(cleans_up(100, 20));
  co_await sleep_ms(10);
  BOOST_TEST(f.cancel());
  co_await sleep_ms(10);
  BOOST_TEST(f.cancel());
  co_await sleep_ms(1);
  BOOST_TEST(f.cancelled());
}

FANOUT_TEST(requests_that_have_not_arrived_count_as_one) {
  lines log;
  auto const f = co_await task(hears(log, "a", 10, 7));
  co_await turn();
  BOOST_TEST(f.cancel());
  BOOST_TEST(f.cancel());
  co_await turn();
  BOOST_TEST(f.cancel());
  BOOST_TEST(co_await f == 7);
  BOOST_TEST(log == (lines{"a:terminal", "a:terminal"}), per_element());
}

FANOUT_TEST(every_type_of_request_is_passed_on) {
  lines log;
  auto const f = co_await task(hears(log, "a", 10, 7));
  co_await turn();
  BOOST_TEST(f.cancel(cancellation_type::total));
  BOOST_TEST(f.cancel(cancellation_type::partial));
  BOOST_TEST(f.cancel(cancellation_type::total | cancellation_type::terminal));
  co_await turn();
  BOOST_TEST(f.cancel());
  BOOST_TEST(co_await f == 7);
  BOOST_TEST(log == (lines{"a:total", "a:partial", "a:terminal+total", "a:terminal"}),
             per_element());
}

FANOUT_TEST(a_task_that_survives_its_cancellation_yields_its_value) {
  auto const f = co_await task(swallows(100, 7));
  co_await turn();
  BOOST_TEST(f.cancel());
  BOOST_TEST(co_await f == 7);
  BOOST_TEST(!f.cancelled());
}

FANOUT_TEST(a_task_that_answers_with_an_error_of_its_own_fails_with_that) {
  auto const f = co_await task(converts(100, "answer"));
  co_await turn();
  BOOST_TEST(f.cancel());
  FANOUT_CHECK_THROWS(oops, "answer", co_await f);
  BOOST_TEST(!f.cancelled());
}

FANOUT_TEST(the_future_of_a_cancelled_gather_is_cancelled) {
  lines log;
  auto const executor = co_await asio::this_coro::executor;
  auto const f = create_task(executor, gather(logged(log, "a", 10), logged(log, "b", 10)));
  co_await sleep_ms(5);
  BOOST_TEST(f.cancel());
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await f);
  BOOST_TEST(f.cancelled());
  BOOST_TEST(log == (lines{"+a", "+b", "!a", "!b"}), per_element());
}

FANOUT_TEST(exception_throws_for_a_cancelled_future) {
  auto const f = co_await task(after(10, 7));
  f.cancel();
  co_await sleep_ms(1);
  FANOUT_CHECK_THROWS(system_error, aborted_text(), (void)f.exception());
}

// ---- at the end of run

BOOST_AUTO_TEST_CASE(run_cancels_and_awaits_tasks_and_their_callbacks) {
  lines log;
  auto const main = [&log]() -> awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const f = create_task(executor, logged(log, "a", 100));
    auto const g = create_task(executor, logged(log, "never", 100));
    for (std::string const name : {"first", "second"})
      f.add_done_callback([&log, name](future<int> const& ended) {
        log.push_back(name + (ended.cancelled() ? " cancelled" : ""));
      });
    g.cancel();
    co_await turn();
  };
  fanout::run_virtual(main);
  BOOST_TEST(log == (lines{"+a", "!a", "first cancelled", "second cancelled"}), per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace futures_cancellation
