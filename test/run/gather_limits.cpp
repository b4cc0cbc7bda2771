//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: at most n children at any moment, and ranges that are advanced as their children start.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <iterator>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gather_limits {

using namespace zoo;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using texts = std::vector<std::string>;

#define CHECK_TEXTS(found, ...)                                                                    \
  BOOST_TEST(found == (texts{__VA_ARGS__}), boost::test_tools::per_element())

/// Counts the children that run now, and the most that ever did.
struct counter {
  int now = 0;
  int most = 0;
  int all = 0;
};

awaitable<int> counted(counter& c, long long ms, int value) {
  c.most = std::max(c.most, ++c.now);
  ++c.all;
  if (ms > 0) co_await sleep_ms(ms);
  --c.now;
  co_return value;
}

std::vector<int> numbers(int n) {
  std::vector<int> v;
  for (int i = 0; i < n; ++i) v.push_back(i);
  return v;
}

/// Lazily yields values and suspends in between.
template <class T>
class generator {
public:
  struct promise_type {
    T* value = nullptr;
    std::exception_ptr error;

    generator get_return_object() {
      return generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T&& v) noexcept {
      value = &v;
      return {};
    }
    void return_void() noexcept {}
    void unhandled_exception() { error = std::current_exception(); }
  };

  struct iterator {
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    std::coroutine_handle<promise_type> coroutine;

    T operator*() const { return std::move(*coroutine.promise().value); }
    iterator& operator++() {
      advance(coroutine);
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return coroutine.done(); }
  };

  explicit generator(std::coroutine_handle<promise_type> c) : coroutine_(c) {}
  generator(generator&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  generator& operator=(generator&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~generator() {
    if (coroutine_) coroutine_.destroy();
  }

  iterator begin() {
    advance(coroutine_);
    return {coroutine_};
  }
  std::default_sentinel_t end() const { return {}; }

private:
  static void advance(std::coroutine_handle<promise_type> c) {
    c.resume();
    if (c.promise().error) std::rethrow_exception(c.promise().error);
  }

  std::coroutine_handle<promise_type> coroutine_;
};

generator<awaitable<int>> generated(texts& log, int n) {
  for (int i = 0; i < n; ++i) {
    log.push_back("made " + std::to_string(i));
    co_yield after(10, i);
  }
  log.push_back("made all");
}

generator<awaitable<int>> generated_and_thrown() {
  co_yield after(10, 0);
  throw oops("generator");
}

BOOST_AUTO_TEST_SUITE(gather_limits_test)

// ---- how many run

FANOUT_TEST(at_most_n_children_run_at_any_moment_and_n_do_when_there_are_so_many) {
  counter c;
  auto const child = [&c](int i) { return counted(c, 5 + i % 7, i); };
  auto const r = co_await gather(numbers(50) | std::views::transform(child), limit(4));
  BOOST_TEST(c.most == 4);
  BOOST_TEST(c.all == 50);
  BOOST_TEST(r == numbers(50), boost::test_tools::per_element());
}

FANOUT_TEST(at_most_n_children_run_also_when_some_of_them_end_at_once) {
  counter c;
  auto const child = [&c](int i) { return counted(c, i % 3 ? 0 : 5, i); };
  auto const r = co_await gather(numbers(50) | std::views::transform(child), limit(3));
  BOOST_TEST(c.most == 3);
  BOOST_TEST(r == numbers(50), boost::test_tools::per_element());
}

FANOUT_TEST(without_a_limit_all_run) {
  counter c;
  auto const child = [&c](int i) { return counted(c, 5, i); };
  co_await gather(numbers(50) | std::views::transform(child));
  BOOST_TEST(c.most == 50);
}

FANOUT_TEST(a_limit_above_the_number_of_children_changes_nothing) {
  auto const begin = now_ms();
  auto const r = co_await gather(list(after(20, 1), after(10, 2)), limit(1000));
  BOOST_TEST(now_ms() - begin == 20);
  BOOST_TEST(r == (std::vector{1, 2}), boost::test_tools::per_element());
}

FANOUT_TEST(with_a_limit_of_one_children_run_one_after_another) {
  texts log;
  co_await gather(list(logged(log, "a", 20), logged(log, "b", 5), logged(log, "c", 10)), limit(1));
  CHECK_TEXTS(log, "+a", "-a", "+b", "-b", "+c", "-c");
}

FANOUT_TEST(the_next_child_starts_at_the_moment_when_one_ends) {
  texts log;
  auto const begin = now_ms();
  co_await gather(
      list(logged(log, "a", 30), logged(log, "b", 10), logged(log, "c", 10), logged(log, "d", 20)),
      limit(2));
  CHECK_TEXTS(log, "+a", "+b", "-b", "+c", "-c", "+d", "-a", "-d");
  BOOST_TEST(now_ms() - begin == 40);
}

FANOUT_TEST(a_limit_holds_for_children_given_one_by_one) {
  texts log;
  auto const r = co_await gather(logged(log, "a", 30, 1), logged(log, "b", 10, 2),
                                 logged(log, "c", 10, 3), limit(2));
  CHECK_TEXTS(log, "+a", "+b", "-b", "+c", "-c", "-a");
  BOOST_TEST((r == std::tuple(1, 2, 3)));
}

FANOUT_TEST(a_limit_holds_for_operations) {
  auto const begin = now_ms();
  co_await gather(list(sleep_ms(20), sleep_ms(20), sleep_ms(20), sleep_ms(20), sleep_ms(20)),
                  limit(2));
  BOOST_TEST(now_ms() - begin == 60);
}

FANOUT_TEST(a_limit_holds_for_children_of_several_kinds) {
  auto const begin = now_ms();
  auto const ex = co_await asio::this_coro::executor;
  auto const callable = [] { return sleep_ms(20); };
  co_await gather(sleep_ms(20), after(20, 1), callable, asio::bind_executor(ex, after(20, 2)),
                  limit(1));
  BOOST_TEST(now_ms() - begin == 80);
}

FANOUT_TEST(a_limit_counts_children_and_not_the_children_of_these) {
  counter c;
  auto const pair = [&c](int i) { return gather(list(counted(c, 10, i), counted(c, 10, i))); };
  co_await gather(numbers(6) | std::views::transform(pair), limit(2));
  BOOST_TEST(c.most == 4);
}

FANOUT_TEST(a_child_that_cannot_start_makes_room_for_the_next_one) {
  auto const r = co_await gather(
      list(throwing_initiation("one"), throwing_initiation("two"), throwing_initiation("three")),
      limit(1), return_exceptions);
  BOOST_REQUIRE(r.size() == 3u);
  check_error<oops>(r[2].error(), "three");
}

// ---- errors

FANOUT_TEST(after_an_error_no_child_that_was_held_back_starts) {
  texts log;
  std::exception_ptr error;
  try {
    co_await gather(list(logged(log, "a", 20), throws_after(10, "b"), logged(log, "c", 10),
                         logged(log, "d", 10)),
                    limit(2));
  } catch (...) {
    error = std::current_exception();
  }
  check_error<oops>(error, "b");
  co_await sleep_ms(100);
  CHECK_TEXTS(log, "+a", "-a");
}

FANOUT_TEST(the_first_n_children_start_even_if_one_of_them_fails_at_once) {
  texts log;
  std::exception_ptr error;
  try {
    co_await gather(
        list(throws_at_once("a"), logged(log, "b", 10), logged(log, "c", 10), logged(log, "d", 10)),
        limit(3));
  } catch (...) {
    error = std::current_exception();
  }
  check_error<oops>(error, "a");
  co_await sleep_ms(100);
  CHECK_TEXTS(log, "+b", "+c", "-b", "-c");
}

FANOUT_TEST(with_return_exceptions_held_back_children_start_after_errors) {
  auto const r =
      co_await gather(list(throws_at_once("a"), throws_after(5, "b"), after(10, 3), after(10, 4)),
                      limit(1), return_exceptions);
  BOOST_REQUIRE(r.size() == 4u);
  check_error<oops>(r[0].error(), "a");
  check_error<oops>(r[1].error(), "b");
  BOOST_TEST(r[2].value() == 3);
  BOOST_TEST(r[3].value() == 4);
}

FANOUT_TEST(with_cancel_on_error_no_held_back_child_starts_after_an_error) {
  texts log;
  std::exception_ptr error;
  auto const begin = now_ms();
  try {
    co_await gather(list(logged(log, "a", 20), throws_after(10, "b"), logged(log, "c", 10)),
                    limit(2), cancel_on_error);
  } catch (...) {
    error = std::current_exception();
  }
  BOOST_TEST(now_ms() - begin == 10);
  check_error<oops>(error, "b");
  co_await sleep_ms(100);
  CHECK_TEXTS(log, "+a", "!a");
}

FANOUT_TEST(with_cancel_on_error_and_return_exceptions_held_back_places_are_aborted) {
  texts log;
  auto const r = co_await gather(list(throws_after(10, "a"), logged(log, "b", 5, 2),
                                      logged(log, "c", 20), logged(log, "d", 5)),
                                 limit(2), cancel_on_error, return_exceptions);
  CHECK_TEXTS(log, "+b", "-b", "+c", "!c");
  BOOST_REQUIRE(r.size() == 4u);
  check_error<oops>(r[0].error(), "a");
  BOOST_TEST(r[1].value() == 2);
  check_aborted(r[2].error());
  check_aborted(r[3].error());
}

// ---- what a child leaves behind

FANOUT_TEST(a_child_that_disables_cancellation_does_not_do_so_for_the_next_one) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen =
      fanout_test::start(gather(ex, list(deaf(10, 1), after(1000, 2)), limit(1)), signal);
  co_await sleep_ms(20);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(10);
  BOOST_TEST(seen->ms == 20);
  check_aborted(seen->error);
}

awaitable<int> never_throws_by_itself(int value) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await sleep_ms(10);
  co_return value;
}

awaitable<int> says_whether_it_throws() {
  co_return co_await asio::this_coro::throw_if_cancelled();
}

FANOUT_TEST(a_child_that_wants_no_exceptions_does_not_say_so_for_the_next_one) {
  auto const r =
      co_await gather(list(never_throws_by_itself(2), says_whether_it_throws()), limit(1));
  BOOST_TEST(r == (std::vector{2, 1}), boost::test_tools::per_element());
}

// ---- wrong arguments

FANOUT_TEST(a_limit_of_zero_or_less_is_an_invalid_argument) {
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::limit: at least one child must be able to run, not 0",
                      static_cast<void>(limit(0)));
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::limit: at least one child must be able to run, not -1",
                      static_cast<void>(limit(-1)));
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::limit: at least one child must be able to run, not 0",
                      static_cast<void>(limit(std::size_t(0))));
  co_return;
}

// ---- lazy ranges

FANOUT_TEST(a_range_is_not_touched_before_its_children_start) {
  texts log;
  auto operation = gather(generated(log, 2));
  BOOST_TEST(log.empty());
  auto const r = co_await std::move(operation);
  CHECK_TEXTS(log, "made 0", "made 1", "made all");
  BOOST_TEST(r == (std::vector{0, 1}), boost::test_tools::per_element());
}

FANOUT_TEST(a_range_is_advanced_by_one_element_at_the_moment_its_child_starts) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(gather(ex, generated(log, 4), limit(2)), signal);
  BOOST_TEST(log.empty());
  co_await sleep_ms(5);
  CHECK_TEXTS(log, "made 0", "made 1");
  co_await sleep_ms(10);
  CHECK_TEXTS(log, "made 0", "made 1", "made 2", "made 3");
  co_await sleep_ms(10);
  BOOST_TEST(log.back() == "made all");
  BOOST_TEST(seen->value == numbers(4), boost::test_tools::per_element());
}

FANOUT_TEST(an_element_is_read_once_and_its_child_starts_before_the_next_is_read) {
  texts log;
  auto const child = [&log](int i) {
    log.push_back("read " + std::to_string(i));
    return logged(log, std::to_string(i), 10);
  };
  co_await gather(numbers(2) | std::views::transform(child));
  CHECK_TEXTS(log, "read 0", "+0", "read 1", "+1", "-0", "-1");
}

FANOUT_TEST(a_range_is_never_advanced_after_the_gather_has_completed) {
  int read = 0;
  auto const child = [&read](int i) {
    ++read;
    return i == 1 ? throws_after(5, "one") : after(10, i);
  };
  auto children = std::views::iota(0) | std::views::transform(child); // without an end
  FANOUT_CHECK_THROWS(oops, "one", co_await gather(children, limit(3)));
  BOOST_TEST(read == 3);
  co_await sleep_ms(50);
  BOOST_TEST(read == 3);
}

FANOUT_TEST(a_range_is_never_advanced_after_a_cancellation) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(gather(ex, generated(log, 4), limit(2)), signal);
  co_await sleep_ms(5);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(50);
  CHECK_TEXTS(log, "made 0", "made 1");
  check_aborted(seen->error);
}

FANOUT_TEST(a_range_without_an_end_works_until_the_first_error) {
  auto const child = [](int i) { return i == 100 ? throws_at_once("hundred") : at_once(i); };
  FANOUT_CHECK_THROWS(
      oops, "hundred",
      co_await gather(std::views::iota(0) | std::views::transform(child), limit(3)));
}

FANOUT_TEST(a_range_may_be_of_unknown_size) {
  auto const odd = [](int i) { return i % 2 == 1; };
  auto const child = [](int i) { return after(100 - i, i); };
  auto children = numbers(100) | std::views::filter(odd) | std::views::transform(child);
  auto const r = co_await gather(std::move(children));
  BOOST_REQUIRE(r.size() == 50u);
  for (int i = 0; i < 50; ++i) BOOST_TEST(r[i] == 2 * i + 1);
}

FANOUT_TEST(a_range_of_unknown_size_may_have_a_limit) {
  auto const odd = [](int i) { return i % 2 == 1; };
  auto const child = [](int i) { return after(i % 5, i); };
  auto children = numbers(100) | std::views::filter(odd) | std::views::transform(child);
  auto const r = co_await gather(std::move(children), limit(7), return_exceptions);
  BOOST_REQUIRE(r.size() == 50u);
  for (int i = 0; i < 50; ++i) BOOST_TEST(r[i].value() == 2 * i + 1);
}

FANOUT_TEST(a_range_of_unknown_size_may_be_empty) {
  auto const none = [](int) { return false; };
  auto const child = [](int i) { return after(i % 5, i); };
  auto children = numbers(10) | std::views::filter(none) | std::views::transform(child);
  auto const r = co_await gather(std::move(children));
  BOOST_TEST(r.empty());
}

FANOUT_TEST(a_cancelled_range_of_unknown_size_has_places_for_what_was_started) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  asio::cancellation_signal signal;
  auto const seen =
      fanout_test::start(gather(ex, generated(log, 4), limit(2), return_exceptions), signal);
  co_await sleep_ms(15);
  signal.emit(asio::cancellation_type::total);
  co_await sleep_ms(50);
  BOOST_TEST(!seen->error);
  BOOST_REQUIRE(seen->value.size() == 4u);
  BOOST_TEST(seen->value[3].value() == 3);
}

FANOUT_TEST(a_generator_gives_its_children_one_at_a_time) {
  texts log;
  auto const r = co_await gather(generated(log, 20), limit(3));
  BOOST_TEST(r == numbers(20), boost::test_tools::per_element());
  BOOST_TEST(log.size() == 21u);
}

FANOUT_TEST(a_generator_may_be_referred_to) {
  texts log;
  auto children = generated(log, 3);
  auto const r = co_await gather(children);
  BOOST_TEST(r == numbers(3), boost::test_tools::per_element());
}

FANOUT_TEST(a_generator_that_throws_ends_the_gather_with_that_error) {
  FANOUT_CHECK_THROWS(oops, "generator", co_await gather(generated_and_thrown()));
  co_await sleep_ms(50);
}

BOOST_AUTO_TEST_SUITE_END()

#undef CHECK_TEXTS

} // namespace gather_limits
