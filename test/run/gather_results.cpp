//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: results, their order, and what nothing gives.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace gather_results {

using namespace zoo;
using fanout::gather;

BOOST_AUTO_TEST_SUITE(gather_results_test)

FANOUT_TEST(results_stand_in_the_order_of_the_arguments_not_of_completion) {
  auto const r = co_await gather(after(30, 1), after(10, 2), after(20, 3));
  BOOST_TEST((r == std::tuple(1, 2, 3)));
}

FANOUT_TEST(children_run_at_once_and_take_as_long_as_the_longest) {
  auto const begin = now_ms();
  co_await gather(after(30, 1), after(10, 2), after(20, 3));
  BOOST_TEST(now_ms() - begin == 30);
}

FANOUT_TEST(a_range_gives_a_vector_in_its_own_order) {
  auto const r = co_await gather(std::views::iota(0, 5) |
                                 std::views::transform([](int i) { return after(50 - i, i); }));
  BOOST_TEST(r == (std::vector{0, 1, 2, 3, 4}), boost::test_tools::per_element());
}

FANOUT_TEST(nothing_to_gather_gives_nothing) {
  std::tuple<> const none = co_await gather();
  static_cast<void>(none);
  auto const empty = co_await gather(std::vector<awaitable<int>>());
  BOOST_TEST(empty.empty());
}

// ---- when things start and complete

FANOUT_TEST(children_start_in_the_order_of_the_arguments) {
  std::vector<std::string> log;
  co_await gather(logged(log, "a", 10), logged(log, "b", 10), logged(log, "c", 10));
  BOOST_TEST(log == (std::vector<std::string>{"+a", "+b", "+c", "-a", "-b", "-c"}),
             boost::test_tools::per_element());
}

FANOUT_TEST(no_child_starts_inside_the_initiating_call) {
  auto const ex = co_await asio::this_coro::executor;
  std::vector<std::string> log;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(gather(ex, list(logged(log, "a", 10))), signal);
  BOOST_TEST(log.empty());
  co_await sleep_ms(20);
  BOOST_TEST(seen->calls == 1);
}

FANOUT_TEST(a_gather_never_completes_inside_the_initiating_call) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal one, two, three;
  auto const nothing = fanout_test::start(gather(ex), one);
  auto const empty = fanout_test::start(gather(ex, std::vector<awaitable<int>>()), two);
  auto const immediate = fanout_test::start(gather(ex, list(at_once(1))), three);
  BOOST_TEST(nothing->calls == 0);
  BOOST_TEST(empty->calls == 0);
  BOOST_TEST(immediate->calls == 0);
  co_await sleep_ms(1);
  BOOST_TEST(nothing->calls == 1);
  BOOST_TEST(empty->calls == 1);
  BOOST_TEST(immediate->calls == 1);
}

FANOUT_TEST(a_gather_completes_in_the_turn_of_the_loop_in_which_its_last_child_ends) {
  std::vector<std::string> log;
  auto const last = [](auto& lines) -> awaitable<int> {
    co_await asio::post(asio::deferred);
    asio::post(co_await asio::this_coro::executor, [&lines] { lines.push_back("what is ready"); });
    co_return 2;
  };
  co_await gather(at_once(1), last(log));
  log.push_back("the gather");
  co_await asio::post(asio::deferred);
  // A child that co_spawn has launched cannot let go of everything before.
  std::vector<std::string> expected{"the gather", "what is ready"};
  if (!fanout::detail::has_own_launch) expected = {"what is ready", "the gather"};
  BOOST_TEST(log == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_the_completion_handler_leaves_run) {
  asio::io_context context(1);
  gather(context, hop(1), hop(2))([](std::exception_ptr, std::tuple<int, int> r) {
    throw oops("got " + std::to_string(std::get<1>(r)));
  });
  FANOUT_CHECK_THROWS(oops, "got 2", context.run());
  BOOST_TEST(context.run() == 0U); // nothing is left
}

// The end of the last operation posts the completion.
BOOST_AUTO_TEST_CASE(an_exception_out_of_a_posted_completion_handler_leaves_run) {
  asio::io_context context(1);
  auto two = gather(context, asio::post(asio::deferred), asio::post(asio::deferred));
  std::move(two)([](std::exception_ptr, auto const&) { throw oops("late"); });
  FANOUT_CHECK_THROWS(oops, "late", context.run());
  BOOST_TEST(context.run() == 0U);
}

FANOUT_TEST(nothing_with_return_exceptions_gives_nothing) {
  auto const empty = co_await gather(std::vector<awaitable<int>>(), fanout::return_exceptions);
  BOOST_TEST(empty.empty());
}

FANOUT_TEST(a_single_child_gives_a_tuple_of_one) {
  std::tuple<int> const r = co_await gather(at_once(7));
  BOOST_TEST(std::get<0>(r) == 7);
}

FANOUT_TEST(structured_bindings_name_the_results) {
  auto const [a, b, c] = co_await gather(after(10, 1), nothing_after(5), after(5, 2)); // trivial
  static_assert(std::is_same_v<decltype(b), std::monostate const>);
  BOOST_TEST(a == 1);
  BOOST_TEST(c == 2);
}

// ---- the completion handler

template <class... Args>
using signature_of = asio::completion_signature_of_t<decltype(gather(std::declval<Args>()...))>;

BOOST_AUTO_TEST_CASE(the_completion_signatures_are_those_of_the_contract) {
  using children = std::vector<awaitable<int>>;
  using voids = std::vector<awaitable<void>>;
  using fanout::result;
  using fanout::return_exceptions_t;
  using std::exception_ptr;
  static_assert(std::is_same_v<signature_of<awaitable<int>, awaitable<void>>,
                               void(exception_ptr, std::tuple<int, std::monostate>)>);
  static_assert(std::is_same_v<signature_of<awaitable<int>, awaitable<no_default>>,
                               void(exception_ptr, fanout::values<int, no_default>)>);
  static_assert(std::is_same_v<signature_of<awaitable<int>, awaitable<void>, return_exceptions_t>,
                               void(exception_ptr, std::tuple<result<int>, result<void>>)>);
  static_assert(std::is_same_v<signature_of<awaitable<no_default>, return_exceptions_t>,
                               void(exception_ptr, fanout::values<result<no_default>>)>);
  static_assert(std::is_same_v<signature_of<children>, void(exception_ptr, std::vector<int>)>);
  static_assert(std::is_same_v<signature_of<voids>, void(exception_ptr)>);
  static_assert(std::is_same_v<signature_of<children, return_exceptions_t>,
                               void(exception_ptr, std::vector<result<int>>)>);
  static_assert(std::is_same_v<signature_of<voids, return_exceptions_t>,
                               void(exception_ptr, std::vector<result<void>>)>);
  static_assert(std::is_same_v<signature_of<>, void(exception_ptr, std::tuple<>)>);
}

BOOST_AUTO_TEST_CASE(a_context_that_stands_first_runs_children_and_handler) {
  asio::io_context context(1);
  std::tuple<int, int> result;
  gather(context, at_once(1), hop(2))(
      [&](std::exception_ptr error, std::tuple<int, int> r) { result = error ? result : r; });
  BOOST_TEST((result == std::tuple(0, 0)));
  context.run();
  BOOST_TEST((result == std::tuple(1, 2)));
}

BOOST_AUTO_TEST_CASE(the_handler_runs_on_its_own_executor) {
  asio::io_context children(1), handlers(1);
  int calls = 0;
  gather(children, hop(1), hop(2))(
      asio::bind_executor(handlers, [&](std::exception_ptr, std::tuple<int, int>) { ++calls; }));
  children.run();
  BOOST_TEST(calls == 0);
  handlers.run(); // returns only if no work is left on it
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(next_to_an_error_the_values_are_default_constructed) {
  asio::io_context context(1);
  std::exception_ptr error;
  std::tuple<int, std::string> values{1, "untouched"};
  gather(context, throws_at_once("mine"),
         text_after(0, "text"))([&](std::exception_ptr e, std::tuple<int, std::string> v) {
    error = e;
    values = v;
  });
  context.run();
  fanout_test::check_error<oops>(error, "mine");
  BOOST_TEST((values == std::tuple(0, std::string())));
}

BOOST_AUTO_TEST_CASE(next_to_an_error_values_that_cannot_be_default_constructed_are_empty) {
  asio::io_context context(1);
  fanout::values<no_default, int> values;
  gather(context, undefaulted_after(0, 1), throws_at_once("mine"))(
      [&](std::exception_ptr, fanout::values<no_default, int> v) { values = std::move(v); });
  context.run();
  BOOST_TEST(!values.has_value());
  FANOUT_CHECK_THROWS(fanout::invalid_state,
                      "the values of an operation that failed were read: invalid state [fanout:1]",
                      static_cast<void>(get<0>(values)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_results
