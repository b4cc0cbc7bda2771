//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: with_index: errors that tell which child it was.

#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/error.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace names_in_errors {

using namespace zoo;
using namespace std::chrono_literals;
using boost::system::system_error;
using boost::test_tools::per_element;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::gather_error;
using fanout::named;
using fanout::with_index;
using fanout_test::aborted_text;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::start;
using deadline = fanout::deadline<virtual_clock>;
using lines = std::vector<std::string>;

// The error of an operation that must fail with a gather_error.
template <class Operation>
awaitable<gather_error> error_of(Operation operation) {
  std::exception_ptr error;
  try {
    co_await std::move(operation);
  } catch (...) {
    error = std::current_exception();
  }
  BOOST_REQUIRE(error);
  try {
    std::rethrow_exception(error);
  } catch (gather_error const& e) {
    co_return e;
  }
}

BOOST_AUTO_TEST_SUITE(names_in_errors_test)

FANOUT_TEST(with_index_an_error_tells_the_child) {
  auto const e = co_await error_of(
      gather(after(50, 1), named("the one that fails", throws_after(5, "mine")), with_index));
  BOOST_TEST(e.index() == 1u);
  BOOST_TEST(e.name() == "the one that fails");
  BOOST_TEST(std::string(e.what()) == "child 1 'the one that fails': mine");
  BOOST_TEST((e.code() == fanout::errc::child_failed));
  check_error<oops>(e.cause(), "mine");
}

FANOUT_TEST(with_index_an_error_has_exactly_that_type_and_the_very_cause_nested) {
  auto const original = std::make_exception_ptr(oops("mine"));
  auto const rethrows = [&original]() -> awaitable<int> {
    std::rethrow_exception(original);
    co_return 0;
  };
  FANOUT_CHECK_THROWS(gather_error, "child 0: mine", co_await gather(rethrows, with_index));
  auto const e = co_await error_of(gather(rethrows, with_index));
  BOOST_TEST((e.cause() == original));
  FANOUT_CHECK_THROWS(oops, "mine", std::rethrow_if_nested(e));
}

FANOUT_TEST(a_child_without_a_name_has_its_index_alone) {
  auto const e = co_await error_of(
      gather(list(after(50, 1), after(50, 2), throws_after(5, "mine")), with_index));
  BOOST_TEST(e.index() == 2u);
  BOOST_TEST(e.name() == "");
  BOOST_TEST(std::string(e.what()) == "child 2: mine");
}

FANOUT_TEST(the_code_is_that_of_the_cause) {
  boost::system::error_code const refused(asio::error::connection_refused);
  auto const e = co_await error_of(gather(named("socket", completes_with(refused, 0)), with_index));
  BOOST_TEST((e.code() == refused));
  BOOST_TEST(std::string(e.what()) ==
             "child 0 'socket': " + std::string(system_error(refused).what()));
  check_error<system_error>(e.cause(), system_error(refused).what());
}

FANOUT_TEST(a_cause_that_is_no_exception_class_is_told_as_unknown) {
  auto const e = co_await error_of(gather(named("odd", throws_a_number()), with_index));
  BOOST_TEST(std::string(e.what()) == "child 0 'odd': unknown exception");
  BOOST_TEST((e.code() == fanout::errc::child_failed));
  int number = 0;
  try {
    std::rethrow_exception(e.cause());
  } catch (int n) {
    number = n;
  }
  BOOST_TEST(number == 42);
}

FANOUT_TEST(a_child_that_was_cancelled_on_its_own_is_told_with_its_index) {
  auto const aborted = []() -> awaitable<int> {
    throw system_error(asio::error::operation_aborted);
    co_return 0;
  };
  auto const e = co_await error_of(gather(named("quitter", aborted), with_index));
  BOOST_TEST(std::string(e.what()) == "child 0 'quitter': " + aborted_text());
  BOOST_TEST(fanout::is_cancelled(e.code()));
  BOOST_TEST(fanout::is_cancelled(std::make_exception_ptr(e)));
  check_aborted(e.cause());
}

FANOUT_TEST(a_child_that_was_late_is_told_with_its_index) {
  auto const e =
      co_await error_of(gather(list(named("quick", after(5, 1)), named("late", after(50, 2))),
                               with_index, fanout::child_timeout<virtual_clock>(10ms)));
  BOOST_TEST(std::string(e.what()) == "child 1 'late': deadline exceeded");
  BOOST_TEST((e.code() == asio::error::timed_out));
  BOOST_TEST(fanout::is_timed_out(e.cause()));
  BOOST_TEST(fanout::is_timed_out(std::make_exception_ptr(e)));
  BOOST_TEST(!fanout::is_cancelled(e.code()));
}

FANOUT_TEST(a_deadline_is_told_with_the_index_of_who_was_late_but_not_of_who_never_started) {
  auto const e =
      co_await error_of(gather(list(after(5, 1), after(50, 2)), deadline(10ms), with_index));
  BOOST_TEST(std::string(e.what()) == "child 1: deadline exceeded");
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                      co_await gather(list(after(5, 1), after(50, 2)), deadline(0ms), with_index));
}

FANOUT_TEST(with_cancel_on_error_the_first_error_tells_its_child) {
  auto const e = co_await error_of(gather(list(after(50, 1), throws_after(5, "mine"), after(50, 3)),
                                          cancel_on_error, with_index));
  BOOST_TEST(std::string(e.what()) == "child 1: mine");
}

FANOUT_TEST(the_gathers_in_a_gather_each_tell_their_child) {
  auto inner = gather(named("inner", throws_after(5, "mine")), with_index);
  auto const e = co_await error_of(gather(named("outer", std::move(inner)), with_index));
  BOOST_TEST(std::string(e.what()) == "child 0 'outer': child 0 'inner': mine");
  check_error<gather_error>(e.cause(), "child 0 'inner': mine");
}

FANOUT_TEST(an_outer_cancellation_is_nobodys_error) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(50, 1), after(50, 2)), with_index), signal);
  co_await sleep_ms(5);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(5);
  check_aborted(seen->error);
}

FANOUT_TEST(a_gather_that_is_cancelled_at_a_deadline_counts_as_late) {
  FANOUT_CHECK_THROWS(
      fanout::deadline_exceeded, "deadline exceeded",
      co_await fanout::timeout<virtual_clock>(10ms, gather(list(after(50, 1)), with_index)));
}

FANOUT_TEST(an_error_before_a_cancellation_tells_its_child) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = start(
      gather(ex, list(throws_after(5, "mine"), cleans_up(50, 50)), cancel_on_error, with_index),
      signal);
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(50);
  check_error<gather_error>(seen->error, "child 0: mine");
}

FANOUT_TEST(an_error_of_the_range_has_no_index_and_one_of_its_elements_has) {
  auto const bad_step = [](int i) {
    if (i == 1) throw oops("range");
    return true;
  };
  auto const child = [](int i) { return after(10, i); };
  FANOUT_CHECK_THROWS(oops, "range",
                      co_await gather(std::views::iota(0, 3) | std::views::filter(bad_step) |
                                          std::views::transform(child),
                                      with_index));
  auto const bad_element = [](int i) {
    if (i == 1) throw oops("element");
    return after(10, i);
  };
  FANOUT_CHECK_THROWS(
      gather_error, "child 1: element",
      co_await gather(std::views::iota(0, 3) | std::views::transform(bad_element), with_index));
}

FANOUT_TEST(late_errors_have_their_index_beside_them) {
  lines log;
  auto const hear = [&log](std::size_t index, std::exception_ptr error) {
    check_error<oops>(error, "late");
    log.push_back(std::to_string(index));
  };
  FANOUT_CHECK_THROWS(gather_error, "child 0: early",
                      co_await gather(list(throws_after(5, "early"), throws_after(10, "late")),
                                      with_index, fanout::on_late_error(hear)));
  co_await sleep_ms(20);
  BOOST_TEST(log == lines{"1"}, per_element());
}

FANOUT_TEST(without_an_error_with_index_changes_nothing) {
  auto const r = co_await gather(list(after(20, 1), after(10, 2)), with_index);
  BOOST_TEST(r == (std::vector{1, 2}), per_element());
}

BOOST_AUTO_TEST_CASE(a_gather_error_is_copied_without_throwing) {
  BOOST_TEST(std::is_nothrow_copy_constructible_v<gather_error>);
  auto const made = fanout::detail::with_label(3, "a", std::make_exception_ptr(oops("mine")));
  try {
    std::rethrow_exception(made);
  } catch (gather_error const& e) {
    gather_error const copy = e;
    BOOST_TEST(std::string(copy.what()) == "child 3 'a': mine");
    BOOST_TEST(copy.name() == "a");
    BOOST_TEST((copy.cause() == e.cause()));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace names_in_errors
