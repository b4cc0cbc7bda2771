//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// How futures, listings and results print.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/fmt.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace text_fmt {

using namespace zoo;
using namespace std::chrono_literals;
using fanout::create_task;
using fanout::promise;
using fanout::show;
using fanout::task_info;
using fanout::task_state;

template <class T>
std::string text_of(T const& x) {
  return fmt::format("{}", x);
}

template <class T>
std::string shown(T const& x) {
  return fmt::format("{}", show(x));
}

awaitable<int> fails(std::string text) {
  throw std::runtime_error(text);
  co_return 0;
}

BOOST_AUTO_TEST_SUITE(text_fmt_test)

// ---- futures

FANOUT_TEST(a_future_prints_its_name_and_state) {
  auto const executor = co_await asio::this_coro::executor;
  auto const value = create_task(executor, after(1, 42), "a");
  auto const error = create_task(executor, fails("bad"), "b");
  auto const cancelled = create_task(executor, after(1, 0), "c");
  auto const unnamed = create_task(executor, nothing_after(1));
  cancelled.cancel();
  BOOST_TEST(text_of(value) == "future 'a' pending");
  BOOST_TEST(text_of(unnamed) == "future pending");
  co_await sleep_ms(2);
  BOOST_TEST(text_of(value) == "future 'a' = 42");
  BOOST_TEST(text_of(error) == "future 'b' failed: std::runtime_error('bad')");
  BOOST_TEST(text_of(cancelled) == "future 'c' cancelled");
  BOOST_TEST(text_of(unnamed) == "future = None");
  BOOST_TEST((error.exception() != nullptr)); // looked at
}

FANOUT_TEST(a_value_that_cannot_be_shown_is_done_or_taken) {
  auto const executor = co_await asio::this_coro::executor;
  auto f = create_task(executor, moved_after(1, 1), "m");
  co_await sleep_ms(2);
  BOOST_TEST(text_of(f) == "future 'm' done");
  auto const other = f;
  co_await std::move(f);
  BOOST_TEST(text_of(other) == "future 'm' done, value taken");
}

FANOUT_TEST(to_print_an_error_is_not_to_look_at_it) {
  std::string heard;
  auto const before = fanout::set_unhandled_error_handler(
      [&heard](std::string_view name, std::exception_ptr) { heard = name; });
  {
    auto const executor = co_await asio::this_coro::executor;
    auto const error = create_task(executor, fails("bad"), "b");
    co_await sleep_ms(1);
    BOOST_TEST(text_of(error) == "future 'b' failed: std::runtime_error('bad')");
  }
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(heard == "b");
}

FANOUT_TEST(a_format_may_give_a_width) {
  promise<int> p(co_await asio::this_coro::executor);
  auto const f = p.get_future();
  BOOST_TEST(fmt::format("{:<16}|{:>16}", f, f) == "future pending  |  future pending");
  p.set_value(1);
}

// ---- listings

BOOST_AUTO_TEST_CASE(an_entry_of_a_listing_prints_as_a_line) {
  BOOST_TEST(text_of(task_info{"task 'a'", task_state::running, 1200ms, "future 'b'"}) ==
             "task 'a': running for 1.2 s, waits for future 'b'");
  BOOST_TEST(text_of(task_info{"main", task_state::cancelling, 250ms, ""}) ==
             "main: cancelling for 250 ms");
  BOOST_TEST(text_of(task_info{"task 'c'", task_state::pending, 320s, ""}) ==
             "task 'c': pending for 5 min 20 s");
}

// ---- show

FANOUT_TEST(results_read_like_a_list_of_python) {
  std::vector<awaitable<int>> children;
  children.push_back(at_once(1));
  children.push_back(fails("bad"));
  children.push_back(at_once(3));
  auto operation = fanout::gather(std::move(children), fanout::return_exceptions);
  auto const results = co_await std::move(operation);
  BOOST_TEST(shown(results) == "[1, std::runtime_error('bad'), 3]");
}

FANOUT_TEST(results_of_several_types_read_like_a_tuple) {
  auto operation = fanout::gather(at_once(1), text_after(1, "it's"), nothing_at_once(),
                                  throws_a_number(), fanout::return_exceptions);
  auto const results = co_await std::move(operation);
  BOOST_TEST(shown(results) == "(1, \"it's\", None, int())");
}

BOOST_AUTO_TEST_CASE(errors_show_their_type_and_text) {
  BOOST_TEST(shown(std::make_exception_ptr(std::invalid_argument("no"))) ==
             "std::invalid_argument('no')");
  BOOST_TEST(shown(std::make_exception_ptr(
                 boost::system::system_error(asio::error::operation_aborted))) == "cancelled");
  BOOST_TEST(shown(std::make_exception_ptr(fanout::deadline_exceeded()))
                 .starts_with("fanout::deadline_exceeded('deadline exceeded"));
  BOOST_TEST(shown(std::exception_ptr()) == "no error");
}

BOOST_AUTO_TEST_CASE(containers_nest) {
  std::vector<std::vector<int>> const lists{{1, 2}, {}, {3}};
  BOOST_TEST(shown(lists) == "[[1, 2], [], [3]]");
  std::vector<std::string> const texts{"a", "b"};
  BOOST_TEST(shown(texts) == "[\"a\", \"b\"]");
  std::vector<std::pair<int, std::optional<double>>> const pairs{{1, 2.5}, {2, std::nullopt}};
  BOOST_TEST(shown(pairs) == "[(1, 2.5), (2, None)]");
  std::vector<fanout::result<std::vector<int>>> const results{std::vector<int>{1, 2}};
  BOOST_TEST(shown(results) == "[[1, 2]]");
  BOOST_TEST(shown(fanout::values<int, bool>(std::in_place, 1, true)) == "(1, true)");
}

BOOST_AUTO_TEST_CASE(an_rvalue_may_be_shown) {
  BOOST_TEST(fmt::format("{}", show(std::vector<int>{1, 2})) == "[1, 2]");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace text_fmt
