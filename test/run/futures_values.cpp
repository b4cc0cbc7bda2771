//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: futures of every type of value; above all of one that cannot be copied.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace futures_values {

using namespace zoo;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::gather;
using fanout::invalid_state;
using fanout::promise;
using lines = std::vector<std::string>;

constexpr char const taken[] =
    "the value of a future without a name was taken: invalid state [fanout:1]";

BOOST_AUTO_TEST_SUITE(futures_values_test)

FANOUT_TEST(a_task_may_yield_nothing) {
  auto const f = create_task(co_await asio::this_coro::executor, nothing_after(10));
  static_assert(std::is_void_v<decltype(f.result())>);
  FANOUT_CHECK_THROWS(invalid_state,
                      "a future without a name is still pending: invalid state [fanout:1]",
                      f.result());
  co_await f;
  f.result();
  auto const [nothing] = co_await gather(f); // trivial
  BOOST_TEST((nothing == std::monostate()));
}

FANOUT_TEST(a_value_that_cannot_be_copied_is_taken) {
  auto f = create_task(co_await asio::this_coro::executor, moved_after(10, 7));
  co_await sleep_ms(20);
  BOOST_TEST(*f.result().number == 7); // looking takes nothing
  auto const g = f;
  move_only const value = co_await std::move(f);
  BOOST_TEST(*value.number == 7);
  BOOST_TEST(g.done());
  BOOST_TEST((g.exception() == nullptr));
  FANOUT_CHECK_THROWS(invalid_state, taken, f.result());
  FANOUT_CHECK_THROWS(invalid_state, taken, g.result());
  FANOUT_CHECK_THROWS(invalid_state, taken, co_await future(g));
}

FANOUT_TEST(of_several_waiters_the_first_takes_the_value) {
  promise<move_only> p(co_await asio::this_coro::executor);
  auto f = p.get_future();
  lines log;
  auto const notes = [&log](std::exception_ptr error, fanout::values<move_only> v) {
    log.push_back(error ? "too late" : std::to_string(*v.get<0>().number));
  };
  std::move(f)(notes);
  std::move(f)(notes); // f stays a handle
  p.set_value(move_only(7));
  co_await sleep_ms(1);
  BOOST_TEST(log == (lines{"7", "too late"}), per_element());
}

FANOUT_TEST(a_gather_takes_the_value_of_a_moved_future) {
  promise<move_only> p(co_await asio::this_coro::executor);
  auto f = p.get_future();
  p.set_value(move_only(7));
  auto operation = gather(std::move(f));
  auto const values = co_await std::move(operation);
  static_assert(std::is_same_v<decltype(values), fanout::values<move_only> const>);
  BOOST_TEST(*values.get<0>().number == 7);
}

FANOUT_TEST(a_container_of_what_cannot_be_copied_is_taken_too) {
  using owners = std::vector<std::unique_ptr<int>>;
  promise<owners> p(co_await asio::this_coro::executor);
  auto f = p.get_future();
  owners seven;
  seven.push_back(std::make_unique<int>(7));
  p.set_value(std::move(seven));
  auto const value = co_await std::move(f);
  BOOST_TEST(*value.at(0) == 7);
  FANOUT_CHECK_THROWS(invalid_state, taken, f.result());
}

FANOUT_TEST(a_value_need_not_be_default_constructible) {
  promise<no_default> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  p.set_value(7);
  no_default const value = co_await f;
  BOOST_TEST(value.number == 7);
  auto const [a, b] = co_await gather(f, f); // trivial
  static_assert(std::is_same_v<decltype(a), no_default const>);
  BOOST_TEST(a.number == 7);
  BOOST_TEST(b.number == 7);
  promise<no_default> broken(co_await asio::this_coro::executor);
  broken.set_exception(std::make_exception_ptr(oops("broken")));
  FANOUT_CHECK_THROWS(oops, "broken", co_await gather(broken.get_future()));
}

FANOUT_TEST(an_exception_can_be_a_value) {
  promise<std::exception_ptr> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  p.set_value(std::make_exception_ptr(oops("a value")));
  fanout_test::check_error<oops>(co_await f, "a value");
  fanout_test::check_error<oops>(f.result(), "a value");
}

FANOUT_TEST(a_promise_is_as_before_when_its_value_throws) {
  struct fragile {
    fragile() = default;
    fragile(fragile const&) = default;
    fragile(fragile&& other) : moves(other.moves + 1) {
      if (moves > 3) throw oops("moved too often");
    }
    fragile& operator=(fragile const&) = default;
    int moves = 0;
  };
  promise<fragile> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  fragile worn;
  worn.moves = 3;
  FANOUT_CHECK_THROWS(oops, "moved too often", p.set_value(std::move(worn)));
  BOOST_TEST(!f.done()); // as before: it can be set
  BOOST_TEST(p.set_value(fragile()));
  BOOST_TEST(f.result().moves == 1);
}

// ---- the outcome

constexpr char const pending[] =
    "a future without a name is still pending: invalid state [fanout:1]";

FANOUT_TEST(the_outcome_is_the_value) {
  auto const f = create_task(co_await asio::this_coro::executor, after(10, 7));
  static_assert(std::is_same_v<decltype(f.outcome()), fanout::result<int>>);
  FANOUT_CHECK_THROWS(invalid_state, pending, f.outcome().value());
  co_await f;
  BOOST_TEST(f.outcome().value() == 7);
  BOOST_TEST(f.outcome().value() == 7); // a copy
}

FANOUT_TEST(the_outcome_of_a_task_that_yields_nothing_has_no_value) {
  auto const f = create_task(co_await asio::this_coro::executor, nothing_after(10));
  static_assert(std::is_same_v<decltype(f.outcome()), fanout::result<void>>);
  FANOUT_CHECK_THROWS(invalid_state, pending, f.outcome().value());
  co_await f;
  BOOST_TEST(f.outcome().has_value());
}

FANOUT_TEST(the_outcome_takes_a_value_that_cannot_be_copied) {
  auto f = create_task(co_await asio::this_coro::executor, moved_after(10, 7));
  FANOUT_CHECK_THROWS(invalid_state, pending, std::move(f).outcome().value());
  co_await sleep_ms(20);
  BOOST_TEST(*std::move(f).outcome().value().number == 7);
  FANOUT_CHECK_THROWS(invalid_state, taken, std::move(f).outcome().value());
  FANOUT_CHECK_THROWS(invalid_state, taken, f.result());
}

FANOUT_TEST(the_outcome_of_a_value_that_can_be_copied_is_not_taken) {
  auto f = create_task(co_await asio::this_coro::executor, text_after(10, "a"));
  co_await sleep_ms(20);
  BOOST_TEST(std::move(f).outcome().value() == "a");
  BOOST_TEST(f.result() == "a");
}

FANOUT_TEST(the_outcome_is_the_very_error_and_has_then_been_looked_at) {
  fanout_test::unhandled errors;
  {
    auto const f = create_task(co_await asio::this_coro::executor, throws_after(10, "mine"), "f");
    FANOUT_CHECK_THROWS(invalid_state, "future 'f' is still pending: invalid state [fanout:1]",
                        f.outcome().value());
    co_await sleep_ms(20);
    auto const outcome = f.outcome();
    fanout_test::check_error<oops>(outcome.error(), "mine");
    BOOST_TEST((outcome.error() == f.exception()));
  }
  {
    auto const f = create_task(co_await asio::this_coro::executor, throws_after(10, "mine"), "g");
    co_await sleep_ms(20);
    (void)f.outcome();
  }
  BOOST_TEST(errors.log == lines(), per_element());
}

FANOUT_TEST(the_outcome_of_a_cancelled_future_is_operation_aborted) {
  auto const f = create_task(co_await asio::this_coro::executor, after(10, 1));
  f.cancel();
  co_await sleep_ms(1);
  fanout_test::check_aborted(f.outcome().error());
}

BOOST_AUTO_TEST_CASE(the_outcome_of_an_abandoned_future_stays_pending) {
  std::optional<future<int>> f;
  {
    boost::asio::io_context gone;
    f = create_task(gone, hop(1));
  }
  FANOUT_CHECK_THROWS(invalid_state, pending, f->outcome().value());
  f->set_name("f");
  FANOUT_CHECK_THROWS(invalid_state, "future 'f' is still pending: invalid state [fanout:1]",
                      f->outcome().value());
}

FANOUT_TEST(the_outcome_of_a_broken_promise_is_that_error) {
  std::optional<promise<int>> p(co_await asio::this_coro::executor);
  auto const f = p->get_future();
  p.reset();
  fanout_test::check_error<fanout::broken_promise>(
      f.outcome().error(), "the promise of a future without a name was destroyed without a value: "
                           "broken promise [fanout:2]");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace futures_values
