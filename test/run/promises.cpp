//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: `promise`, and errors that nobody looked at.

#include <fanout/error.hpp>
#include <fanout/future.hpp>
#include <fanout/promise.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace promises {

using namespace zoo;
using boost::test_tools::per_element;
using fanout::broken_promise;
using fanout::future;
using fanout::invalid_state;
using fanout::promise;
using fanout_test::aborted_text;
using fanout_test::check_error;
using fanout_test::unhandled;
using lines = std::vector<std::string>;

std::exception_ptr an_error(std::string const& text) { return std::make_exception_ptr(oops(text)); }

BOOST_AUTO_TEST_SUITE(promises_test)

// ---- setting

FANOUT_TEST(a_value_ends_the_future_at_once) {
  promise<int> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  BOOST_TEST(!f.done());
  BOOST_TEST(p.set_value(7));
  BOOST_TEST(f.done());
  BOOST_TEST(f.result() == 7);
  BOOST_TEST(p.get_future().result() == 7); // as often as it is asked for
  BOOST_TEST(co_await f == 7);
}

FANOUT_TEST(an_error_ends_the_future_at_once) {
  promise<int> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  auto const error = an_error("broken");
  BOOST_TEST(p.set_exception(error));
  BOOST_TEST(f.done());
  BOOST_TEST(!f.cancelled());
  BOOST_TEST((f.exception() == error));
  FANOUT_CHECK_THROWS(oops, "broken", f.result());
  FANOUT_CHECK_THROWS(oops, "broken", co_await f);
}

BOOST_AUTO_TEST_CASE(a_promise_may_be_of_nothing) {
  asio::io_context context;
  promise<void> p(context);
  auto const f = p.get_future();
  BOOST_TEST(p.set_value());
  BOOST_TEST(f.done());
  f.result();
}

BOOST_AUTO_TEST_CASE(a_promise_is_set_once) {
  constexpr char const set_before[] =
      "the promise of future 'answer' was set before: invalid state [fanout:1]";
  asio::io_context context;
  promise<int> p(context);
  auto const f = p.get_future();
  f.set_name("answer");
  p.set_value(7);
  FANOUT_CHECK_THROWS(invalid_state, set_before, p.set_value(8));
  FANOUT_CHECK_THROWS(invalid_state, set_before, p.set_exception(an_error("late")));
  BOOST_TEST(f.result() == 7);
  promise<int> q(context);
  q.set_exception(an_error("first"));
  FANOUT_CHECK_THROWS(
      invalid_state,
      "the promise of a future without a name was set before: invalid state [fanout:1]",
      q.set_value(8));
  FANOUT_CHECK_THROWS(oops, "first", q.get_future().result());
}

BOOST_AUTO_TEST_CASE(callbacks_of_a_promise_keep_its_executor_busy_and_are_posted_there) {
  asio::io_context context;
  promise<int> p(context);
  int value = 0;
  p.get_future().add_done_callback([&value](future<int> const& f) { value = f.result(); });
  BOOST_TEST(context.poll() == 0u);
  BOOST_TEST(!context.stopped()); // a run() would wait
  p.set_value(7);
  BOOST_TEST(value == 0);
  BOOST_TEST(context.run() == 1u);
  BOOST_TEST(value == 7);
  BOOST_TEST((p.get_future().get_executor() == context.get_executor()));
}

// ---- dropping

FANOUT_TEST(a_dropped_promise_breaks_every_wait) {
  auto const executor = co_await asio::this_coro::executor;
  std::optional<promise<int>> p(std::in_place, executor);
  auto const f = p->get_future();
  f.set_name("answer");
  int waits = 0;
  for (int i = 0; i < 2; ++i)
    f([&waits](std::exception_ptr const& error, int) {
      check_error<broken_promise>(error, "the promise of future 'answer' was destroyed without a "
                                         "value: broken promise [fanout:2]");
      ++waits;
    });
  p.reset();
  BOOST_TEST(f.done());
  BOOST_TEST(!f.cancelled());
  co_await sleep_ms(1);
  BOOST_TEST(waits == 2);
  FANOUT_CHECK_THROWS(
      broken_promise,
      "the promise of future 'answer' was destroyed without a value: broken promise [fanout:2]",
      f.result());
}

BOOST_AUTO_TEST_CASE(a_promise_that_was_set_or_moved_from_breaks_nothing) {
  asio::io_context context;
  std::optional<promise<int>> p(std::in_place, context);
  auto const f = p->get_future();
  std::optional<promise<int>> q(std::move(*p));
  p.reset();
  BOOST_TEST(!f.done());
  q->set_value(7);
  q.reset();
  BOOST_TEST(f.result() == 7);
}

BOOST_AUTO_TEST_CASE(assigning_to_a_promise_drops_the_one_before) {
  asio::io_context context;
  promise<int> p(context), q(context);
  auto const f = p.get_future(), g = q.get_future();
  p = std::move(q);
  BOOST_TEST(f.done());
  p.set_value(7);
  BOOST_TEST(g.result() == 7);
  static_assert(!std::is_copy_constructible_v<promise<int>>);
}

// ---- cancelling

FANOUT_TEST(a_cancelled_future_of_a_promise_ends_at_once) {
  promise<int> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  BOOST_TEST(f.cancel());
  BOOST_TEST(f.done());
  BOOST_TEST(f.cancelled());
  BOOST_TEST(!f.cancel());
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), f.result());
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), (void)f.exception());
  FANOUT_CHECK_THROWS(boost::system::system_error, aborted_text(), co_await f);
}

BOOST_AUTO_TEST_CASE(a_promise_whose_future_was_cancelled_says_so_when_it_is_set) {
  asio::io_context context;
  promise<int> p(context), q(context);
  p.get_future().cancel();
  q.get_future().cancel();
  BOOST_TEST(!p.set_value(7));
  BOOST_TEST(!q.set_exception(an_error("late")));
  BOOST_TEST(p.get_future().cancelled());
  FANOUT_CHECK_THROWS(
      invalid_state,
      "the promise of a future without a name was set before: invalid state [fanout:1]",
      p.set_value(8));
}

BOOST_AUTO_TEST_CASE(a_promise_can_cancel_too) {
  asio::io_context context;
  promise<int> p(context);
  auto const f = p.get_future();
  BOOST_TEST(p.cancel());
  BOOST_TEST(f.cancelled());
  BOOST_TEST(!p.cancel());
  promise<int> q(context);
  q.set_value(7);
  BOOST_TEST(!q.cancel());
}

BOOST_AUTO_TEST_CASE(the_future_of_a_promise_that_was_set_to_aborted_counts_as_cancelled) {
  asio::io_context context;
  promise<int> p(context);
  p.set_exception(
      std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted)));
  BOOST_TEST(p.get_future().cancelled());
}

BOOST_AUTO_TEST_CASE(a_cancelled_wait_cancels_the_future_and_every_other_wait_ends) {
  asio::io_context context;
  asio::cancellation_signal signal;
  promise<int> p(context);
  auto const f = p.get_future();
  int aborted = 0;
  bool slot_was_clear = false;
  f(asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr const& error, int) {
    check_error<boost::system::system_error>(error, aborted_text());
    slot_was_clear = !signal.slot().has_handler();
    ++aborted;
  }));
  f([&](std::exception_ptr const& error, int) {
    check_error<boost::system::system_error>(error, aborted_text());
    ++aborted;
  });
  signal.emit(asio::cancellation_type::partial);
  BOOST_TEST(f.cancelled());
  BOOST_TEST(aborted == 0); // nothing runs inside
  context.run();
  BOOST_TEST(aborted == 2);
  BOOST_TEST(slot_was_clear);
}

// ---- errors that nobody looked at

BOOST_AUTO_TEST_CASE(an_error_that_nobody_looked_at_is_told_when_the_last_handle_goes) {
  unhandled told;
  asio::io_context context;
  std::optional<future<int>> f, g;
  {
    promise<int> p(context);
    f.emplace(p.get_future());
    f->set_name("answer");
    p.set_exception(an_error("broken"));
  }
  g = f;
  f.reset();
  BOOST_TEST(told.log.empty());
  g.reset();
  BOOST_TEST(told.log == lines{"answer: broken"}, per_element());
}

BOOST_AUTO_TEST_CASE(a_future_without_a_name_is_called_that) {
  unhandled told;
  asio::io_context context;
  promise<int>(context).set_exception(an_error("broken"));
  BOOST_TEST(told.log == lines{"a future without a name: broken"}, per_element());
}

BOOST_AUTO_TEST_CASE(an_error_that_somebody_looked_at_is_not_told) {
  unhandled told;
  asio::io_context context;
  auto const failed = [&context] {
    promise<int> p(context);
    p.set_exception(an_error("broken"));
    return p.get_future();
  };
  BOOST_TEST((failed().exception() != nullptr));
  FANOUT_CHECK_THROWS(oops, "broken", failed().result());
  failed()([](std::exception_ptr, int) {});
  failed().add_done_callback([](future<int> const& f) { (void)f.exception(); });
  context.run();
  BOOST_TEST(told.log.empty());
}

BOOST_AUTO_TEST_CASE(done_cancelled_and_a_callback_that_does_not_ask_are_no_looks) {
  unhandled told;
  asio::io_context context;
  {
    promise<int> p(context);
    auto const f = p.get_future();
    f.add_done_callback([](future<int> const& ended) { BOOST_TEST(ended.done()); });
    p.set_exception(an_error("broken"));
    BOOST_TEST(!f.cancelled());
  }
  BOOST_TEST(told.log.empty()); // the callback has not been called
  context.run();
  BOOST_TEST(told.log == lines{"a future without a name: broken"}, per_element());
}

BOOST_AUTO_TEST_CASE(a_cancellation_is_no_error_that_has_to_be_looked_at) {
  unhandled told;
  asio::io_context context;
  promise<int>(context).get_future().cancel();
  {
    promise<int> p(context);
    p.cancel();
  }
  BOOST_TEST(told.log.empty());
}

BOOST_AUTO_TEST_CASE(a_handler_of_unhandled_errors_may_throw) {
  unhandled told;
  fanout::set_unhandled_error_handler([](auto, auto) { throw oops("handler"); });
  asio::io_context context;
  promise<int>(context).set_exception(an_error("broken"));
  BOOST_TEST(told.log.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace promises
