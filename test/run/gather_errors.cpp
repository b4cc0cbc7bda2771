//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: which error a gather ends with and when, and what becomes of the other children.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/error.hpp>

#include <cstddef>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gather_errors {

using namespace zoo;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using texts = std::vector<std::string>;

#define CHECK_TEXTS(found, ...)                                                                    \
  BOOST_TEST(found == (texts{__VA_ARGS__}), boost::test_tools::per_element())

awaitable<int> throws_this(std::exception_ptr error) {
  std::rethrow_exception(error);
  co_return 0;
}

// What awaiting this operation throws, and when.
struct thrown {
  std::exception_ptr error;
  long long ms = 0;
};

template <class Operation>
awaitable<thrown> thrown_by(Operation operation) {
  thrown t;
  auto const begin = now_ms();
  try {
    co_await std::move(operation);
  } catch (...) {
    t.error = std::current_exception();
  }
  t.ms = now_ms() - begin;
  co_return t;
}

BOOST_AUTO_TEST_SUITE(gather_errors_test)

// ---- the default mode

FANOUT_TEST(the_first_error_ends_the_gather_at_once) {
  auto const t = co_await thrown_by(gather(list(after(30, 1), throws_after(10, "mine"))));
  BOOST_TEST(t.ms == 10);
  check_error<oops>(t.error, "mine");
}

FANOUT_TEST(the_error_is_the_very_object_that_the_child_threw) {
  auto const error = std::make_exception_ptr(oops("mine"));
  auto const t = co_await thrown_by(gather(list(after(30, 1), throws_this(error))));
  BOOST_TEST((t.error == error));
}

FANOUT_TEST(the_error_may_be_of_any_type) {
  int number = 0;
  try {
    co_await gather(list(after(30, 1), throws_a_number()));
  } catch (int n) {
    number = n;
  }
  BOOST_TEST(number == 42);
}

FANOUT_TEST(the_first_error_in_time_counts_not_the_first_argument) {
  auto const t = co_await thrown_by(gather(
      list(throws_after(30, "third"), throws_after(10, "first"), throws_after(20, "second"))));
  BOOST_TEST(t.ms == 10);
  check_error<oops>(t.error, "first");
}

FANOUT_TEST(of_children_that_fail_at_once_the_first_argument_counts) {
  auto const t = co_await thrown_by(
      gather(list(after(5, 1), throws_at_once("first"), throws_at_once("second"))));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "first");
}

FANOUT_TEST(siblings_run_on_after_an_error) {
  texts log;
  auto const t = co_await thrown_by(
      gather(list(logged(log, "a", 30), throws_after(10, "mine"), logged(log, "c", 20))));
  CHECK_TEXTS(log, "+a", "+c");
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "+a", "+c", "-c", "-a");
}

FANOUT_TEST(all_children_start_even_if_the_first_one_fails_at_once) {
  texts log;
  auto const t = co_await thrown_by(
      gather(list(throws_at_once("mine"), logged(log, "b", 10), logged(log, "c", 10))));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "mine");
  CHECK_TEXTS(log, "+b", "+c");
  co_await sleep_ms(20);
}

FANOUT_TEST(all_children_start_even_if_some_given_one_by_one_fail_at_once) {
  texts log;
  auto const t = co_await thrown_by(gather(throws_at_once("mine"), logged(log, "b", 10),
                                           throws_at_once("other"), logged(log, "d", 10)));
  check_error<oops>(t.error, "mine");
  CHECK_TEXTS(log, "+b", "+d");
  co_await sleep_ms(20);
}

FANOUT_TEST(a_gather_in_which_every_child_fails_ends_once) {
  auto const t = co_await thrown_by(gather(
      list(throws_after(10, "first"), throws_after(10, "second"), throws_after(20, "third"))));
  check_error<oops>(t.error, "first");
  co_await sleep_ms(50);
}

awaitable<std::shared_ptr<int>> shares(long long ms, std::shared_ptr<int> p) {
  co_await sleep_ms(ms);
  co_return p;
}

awaitable<std::shared_ptr<int>> shares_nothing(long long ms) {
  co_await sleep_ms(ms);
  throw oops("early");
  co_return nullptr;
}

FANOUT_TEST(a_value_that_comes_after_the_end_is_dropped_at_once) {
  auto value = std::make_shared<int>(1);
  std::weak_ptr<int> const watched = value;
  auto operation = gather(
      list(shares_nothing(10), shares(20, std::exchange(value, nullptr)), shares(1000, nullptr)));
  auto const t = co_await thrown_by(std::move(operation));
  check_error<oops>(t.error, "early");
  BOOST_TEST(!watched.expired());
  co_await sleep_ms(20);
  BOOST_TEST(watched.expired());
}

FANOUT_TEST(an_error_that_comes_after_the_end_is_dropped) {
  int unhandled = 0;
  auto const before = fanout::set_unhandled_error_handler(
      [&](std::string_view, std::exception_ptr) { ++unhandled; });
  auto const t =
      co_await thrown_by(gather(list(throws_after(10, "early"), throws_after(20, "late"))));
  co_await sleep_ms(50);
  fanout::set_unhandled_error_handler(before);
  check_error<oops>(t.error, "early");
  BOOST_TEST(unhandled == 0);
}

FANOUT_TEST(a_gather_that_is_a_child_fails_like_any_other) {
  auto const t = co_await thrown_by(
      gather(gather(list(after(30, 1), throws_after(10, "inner"))), after(20, 2)));
  BOOST_TEST(t.ms == 10);
  check_error<oops>(t.error, "inner");
  co_await sleep_ms(50);
}

// ---- return_exceptions

FANOUT_TEST(with_return_exceptions_errors_are_results_and_all_children_are_awaited) {
  auto const begin = now_ms();
  auto const r = co_await gather(list(throws_after(10, "a"), after(30, 2), throws_at_once("c")),
                                 return_exceptions);
  BOOST_TEST(now_ms() - begin == 30);
  BOOST_REQUIRE(r.size() == 3u);
  check_error<oops>(r[0].error(), "a");
  BOOST_TEST(r[1].value() == 2);
  check_error<oops>(r[2].error(), "c");
}

FANOUT_TEST(with_return_exceptions_a_place_holds_the_very_object_that_was_thrown) {
  auto const error = std::make_exception_ptr(oops("mine"));
  auto const r = co_await gather(list(throws_this(error), after(5, 1)), return_exceptions);
  BOOST_TEST((r.at(0).error() == error));
}

FANOUT_TEST(with_return_exceptions_children_given_one_by_one_have_a_result_each) {
  auto const r = co_await gather(throws_a_number(), nothing_after(10), text_after(20, "text"),
                                 return_exceptions);
  static_assert(
      std::is_same_v<
          std::remove_cvref_t<decltype(r)>,
          std::tuple<fanout::result<int>, fanout::result<void>, fanout::result<std::string>>>);
  BOOST_TEST(std::get<0>(r).has_error());
  BOOST_CHECK_THROW(std::get<0>(r).value(), int);
  BOOST_TEST(std::get<1>(r).has_value());
  BOOST_TEST(std::get<2>(r).value() == "text");
}

FANOUT_TEST(reading_the_result_of_a_failed_child_throws_what_it_threw) {
  auto const r = co_await gather(list(throws_at_once("mine")), return_exceptions);
  FANOUT_CHECK_THROWS(oops, "mine", static_cast<void>(r.at(0).value()));
}

// ---- a child that is cancelled on its own

awaitable<int> cancelled_on_its_own(long long ms) {
  co_await sleep_ms(ms);
  throw boost::system::system_error(asio::error::operation_aborted);
  co_return 0;
}

FANOUT_TEST(a_child_that_is_cancelled_on_its_own_has_failed_and_cancels_nobody) {
  texts log;
  auto const t = co_await thrown_by(gather(list(logged(log, "a", 30), cancelled_on_its_own(10))));
  BOOST_TEST(t.ms == 10);
  check_aborted(t.error);
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "+a", "-a");
}

FANOUT_TEST(an_operation_that_is_cancelled_on_its_own_has_failed_and_cancels_nobody) {
  asio::basic_waitable_timer<virtual_clock> timer(co_await asio::this_coro::executor,
                                                  milliseconds(1000));
  auto const cancels = [&]() -> awaitable<void> {
    co_await sleep_ms(10);
    timer.cancel();
  };
  auto const r =
      co_await gather(timer.async_wait(asio::deferred), cancels, after(20, 3), return_exceptions);
  check_aborted(std::get<0>(r).error());
  BOOST_TEST(std::get<1>(r).has_value());
  BOOST_TEST(std::get<2>(r).value() == 3);
}

FANOUT_TEST(with_return_exceptions_a_child_that_is_cancelled_on_its_own_is_a_result) {
  auto const r = co_await gather(list(cancelled_on_its_own(10), after(30, 2)), return_exceptions);
  check_aborted(r.at(0).error());
  BOOST_TEST(fanout::is_cancelled(r[0]));
  BOOST_TEST(r[1].value() == 2);
}

// ---- a child that cannot start

FANOUT_TEST(a_child_whose_initiation_throws_fails_with_that_exception) {
  auto const t = co_await thrown_by(gather(after(30, 1), throwing_initiation("no start")));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "no start");
  co_await sleep_ms(50);
}

FANOUT_TEST(the_others_are_not_affected_by_a_child_that_cannot_start) {
  auto const r = co_await gather(throwing_initiation("one"), after(10, 1),
                                 throwing_initiation("two"), after(20, 2), return_exceptions);
  check_error<oops>(std::get<0>(r).error(), "one");
  BOOST_TEST(std::get<1>(r).value() == 1);
  check_error<oops>(std::get<2>(r).error(), "two");
  BOOST_TEST(std::get<3>(r).value() == 2);
}

FANOUT_TEST(a_callable_that_throws_fails_its_child_alone) {
  auto const picky = [](int i) {
    return [i]() -> awaitable<int> {
      if (i == 1) throw oops("no awaitable");
      return after(10, i);
    };
  };
  auto const r =
      co_await gather(std::views::iota(0, 3) | std::views::transform(picky), return_exceptions);
  BOOST_REQUIRE(r.size() == 3u);
  BOOST_TEST(r[0].value() == 0);
  check_error<oops>(r[1].error(), "no awaitable");
  BOOST_TEST(r[2].value() == 2);
}

// Initiations that throw although the handler was, or will be, called.
enum class handler_is { called_before, posted_before };

auto throws_late(handler_is what) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void(int)>(
      [what](auto handler) {
        auto const ex = asio::get_associated_executor(handler);
        if (what == handler_is::called_before)
          std::move(handler)(1);
        else
          asio::post(ex, [handler = std::move(handler)]() mutable { std::move(handler)(1); });
        throw oops("too late");
      },
      token);
}

FANOUT_TEST(an_initiation_that_throws_after_it_has_posted_its_handler_has_failed) {
  auto const r =
      co_await gather(throws_late(handler_is::posted_before), after(10, 2), return_exceptions);
  check_error<oops>(std::get<0>(r).error(), "too late");
  BOOST_TEST(std::get<1>(r).value() == 2);
}

FANOUT_TEST(an_initiation_that_throws_after_it_has_called_its_handler_has_succeeded) {
  auto const r =
      co_await gather(throws_late(handler_is::called_before), after(10, 2), return_exceptions);
  BOOST_TEST(std::get<0>(r).value() == 1);
  BOOST_TEST(std::get<1>(r).value() == 2);
}

struct throws_when_moved {
  throws_when_moved() = default;
  explicit throws_when_moved(bool is) : armed(is) {}
  throws_when_moved(throws_when_moved&& other) : armed(other.armed) {
    if (armed) throw oops("moved");
  }
  bool armed = false;
};

FANOUT_TEST(a_value_that_throws_when_it_is_moved_fails_its_child) {
  asio::deferred_t token;
  auto const operation = asio::async_initiate<asio::deferred_t, void(throws_when_moved)>(
      [](auto handler) {
        auto const ex = asio::get_associated_executor(handler);
        asio::post(ex, [handler = std::move(handler)]() mutable {
          std::move(handler)(throws_when_moved(true));
        });
      },
      token);
  auto const t = co_await thrown_by(gather(operation, after(10, 1)));
  check_error<oops>(t.error, "moved");
  co_await sleep_ms(20);
}

// ---- a range that fails

enum class fails { never, at_begin, at_increment, at_element, at_comparison };

/// Four children that end after 10, 20, 30 and 40 ms; the given step fails at the third one.
struct faulty_range {
  fails where;

  struct iterator {
    using value_type = awaitable<int>;
    using difference_type = std::ptrdiff_t;

    faulty_range const* range;
    int i;

    void fail_at(fails step, char const* text) const {
      if (range->where == step && i == 2) throw oops(text);
    }

    awaitable<int> operator*() const {
      fail_at(fails::at_element, "element");
      return after(10 * (i + 1), i);
    }
    iterator& operator++() {
      ++i;
      fail_at(fails::at_increment, "increment");
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const {
      fail_at(fails::at_comparison, "comparison");
      return i == 4;
    }
  };

  iterator begin() const {
    if (where == fails::at_begin) throw oops("begin");
    return {this, 0};
  }
  std::default_sentinel_t end() const { return {}; }
};

FANOUT_TEST(a_range_that_does_not_fail_gives_its_children) {
  auto const r = co_await gather(faulty_range{fails::never});
  BOOST_TEST(r == (std::vector{0, 1, 2, 3}), boost::test_tools::per_element());
}

FANOUT_TEST(an_element_that_throws_is_the_error_of_that_child) {
  faulty_range const range{fails::at_element};
  auto const r = co_await gather(range, return_exceptions);
  BOOST_REQUIRE(r.size() == 4u);
  BOOST_TEST(r[0].value() == 0);
  BOOST_TEST(r[1].value() == 1);
  check_error<oops>(r[2].error(), "element");
  BOOST_TEST(r[3].value() == 3);
}

FANOUT_TEST(an_element_that_throws_ends_the_gather_when_all_have_started) {
  faulty_range const range{fails::at_element};
  int started = 0;
  auto const counting = [&](awaitable<int> child) {
    ++started;
    return child;
  };
  auto const t = co_await thrown_by(gather(range | std::views::transform(counting)));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "element");
  BOOST_TEST(started == 3);
  co_await sleep_ms(50);
}

FANOUT_TEST(a_range_whose_begin_throws_is_the_error_of_the_gather) {
  faulty_range const range{fails::at_begin};
  auto const t = co_await thrown_by(gather(range));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "begin");
  auto const u = co_await thrown_by(gather(range, return_exceptions));
  check_error<oops>(u.error, "begin");
}

FANOUT_TEST(a_range_whose_increment_throws_ends_and_is_the_error_of_the_gather) {
  faulty_range const range{fails::at_increment};
  auto const t = co_await thrown_by(gather(range));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "increment");
  co_await sleep_ms(50);
}

FANOUT_TEST(a_range_whose_comparison_throws_ends_and_is_the_error_of_the_gather) {
  faulty_range const range{fails::at_comparison};
  auto const t = co_await thrown_by(gather(range));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "comparison");
  co_await sleep_ms(50);
}

auto logged_children(texts& log) {
  return std::views::transform(
      [&log](int i) { return logged(log, std::to_string(i), 10 * (i + 1)); });
}

/// Numbers of which the third cannot be reached.
struct faulty_numbers {
  struct iterator {
    using value_type = int;
    using difference_type = std::ptrdiff_t;

    int i;

    int operator*() const { return i; }
    iterator& operator++() {
      if (++i == 2) throw oops("increment");
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return i == 4; }
  };

  iterator begin() const { return {0}; }
  std::default_sentinel_t end() const { return {}; }
};

FANOUT_TEST(children_that_started_before_their_range_failed_run_on) {
  texts log;
  faulty_numbers const numbers;
  auto const t = co_await thrown_by(gather(numbers | logged_children(log)));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "increment");
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "+0", "+1", "-0", "-1");
}

FANOUT_TEST(with_return_exceptions_children_that_started_before_their_range_failed_are_awaited) {
  texts log;
  faulty_numbers const numbers;
  auto const t = co_await thrown_by(gather(numbers | logged_children(log), return_exceptions));
  BOOST_TEST(t.ms == 20);
  check_error<oops>(t.error, "increment");
  CHECK_TEXTS(log, "+0", "+1", "-0", "-1");
}

FANOUT_TEST(with_cancel_on_error_children_that_started_before_their_range_failed_are_cancelled) {
  texts log;
  faulty_numbers const numbers;
  auto const t = co_await thrown_by(gather(numbers | logged_children(log), cancel_on_error));
  BOOST_TEST(t.ms == 0);
  check_error<oops>(t.error, "increment");
  CHECK_TEXTS(log, "+0", "+1", "!0", "!1");
}

FANOUT_TEST(a_range_that_fails_after_a_child_has_failed_does_not_replace_its_error) {
  faulty_numbers const numbers;
  auto const failing = [](int) { return throws_at_once("child"); };
  auto const t = co_await thrown_by(gather(numbers | std::views::transform(failing)));
  check_error<oops>(t.error, "child");
}

BOOST_AUTO_TEST_SUITE_END()

#undef CHECK_TEXTS

} // namespace gather_errors
