//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: what a race yields.

#include <fanout/create_task.hpp>
#include <fanout/race.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace races_values {

using namespace zoo;
using namespace std::chrono_literals;
using fanout::race;
using fanout::return_exceptions;
using fanout::winner;
using fanout_test::check_aborted;
using fanout_test::check_error;

template <class T>
using yielded_by = typename T::result_type;

BOOST_AUTO_TEST_SUITE(races_values_test)

// ---- what it yields

FANOUT_TEST(children_of_several_types_give_a_variant_of_them_each_once) {
  using operation = decltype(race(after(1, 1), text_after(1, ""), after(1, 2)));
  static_assert(std::is_same_v<yielded_by<operation>, winner<std::variant<int, std::string>>>);
  auto const first = co_await race(after(30, 1), text_after(10, "two"), after(20, 3));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(std::get<std::string>(first.value) == "two");
  auto const third = co_await race(after(30, 1), text_after(20, "two"), after(10, 3));
  BOOST_TEST(third.index == 2u);
  BOOST_TEST(std::get<int>(third.value) == 3);
}

FANOUT_TEST(a_child_that_yields_nothing_stands_for_monostate) {
  using operation = decltype(race(nothing_after(1), after(1, 1)));
  static_assert(std::is_same_v<yielded_by<operation>, winner<std::variant<std::monostate, int>>>);
  auto const nothing = co_await race(nothing_after(10), after(20, 1));
  BOOST_TEST(nothing.index == 0u);
  BOOST_TEST(std::holds_alternative<std::monostate>(nothing.value));
  auto const none = co_await race(nothing_after(20), nothing_after(10));
  static_assert(std::is_same_v<decltype(none.value), std::monostate>);
  BOOST_TEST(none.index == 1u);
}

FANOUT_TEST(a_range_of_children_that_yield_nothing_tells_who_was_first) {
  auto const first = co_await race(list(nothing_after(20), nothing_after(10)));
  static_assert(std::is_same_v<decltype(first.value), std::monostate>);
  BOOST_TEST(first.index == 1u);
}

FANOUT_TEST(a_value_that_only_moves_comes_through) {
  auto const of_two = co_await race(moved_after(10, 1), moved_after(20, 2));
  BOOST_TEST(*of_two.value.number == 1);
  auto const of_a_range = co_await race(list(moved_after(20, 1), moved_after(10, 2)));
  BOOST_TEST(*of_a_range.value.number == 2);
  auto const mixed = co_await race(after(20, 1), moved_after(10, 2));
  BOOST_TEST(*std::get<move_only>(mixed.value).number == 2);
}

FANOUT_TEST(a_value_without_default_comes_through) {
  using operation = decltype(race(undefaulted_after(1, 1), undefaulted_after(1, 2)));
  static_assert(std::is_same_v<yielded_by<operation>, fanout::values<winner<no_default>>>);
  winner<no_default> const of_two =
      co_await race(undefaulted_after(20, 1), undefaulted_after(10, 2));
  BOOST_TEST(of_two.index == 1u);
  BOOST_TEST(of_two.value.number == 2);
  winner<no_default> const of_a_range =
      co_await race(list(undefaulted_after(10, 1), undefaulted_after(20, 2)));
  BOOST_TEST(of_a_range.value.number == 1);
  auto const mixed = co_await race(undefaulted_after(20, 1), after(10, 2));
  BOOST_TEST(std::get<int>(mixed.value) == 2);
}

FANOUT_TEST(a_child_may_yield_what_a_race_itself_is_made_of) {
  auto const variant = []() -> awaitable<std::variant<int, std::string>> { co_return 7; };
  auto const error = []() -> awaitable<std::exception_ptr> {
    co_return std::make_exception_ptr(oops("a value"));
  };
  auto const one = co_await race(variant, after(10, 1));
  BOOST_TEST(std::get<int>(std::get<0>(one.value)) == 7);
  auto const two = co_await race(list(error(), error()));
  check_error<oops>(two.value, "a value");
}

FANOUT_TEST(a_race_of_bools_is_no_race_of_bits) {
  auto const yes = [](int) -> awaitable<bool> { co_return true; };
  auto const first = co_await race(std::views::iota(0, 3) | std::views::transform(yes));
  BOOST_TEST(first.value);
}

// ---- return_exceptions

FANOUT_TEST(return_exceptions_gives_all_results_and_who_was_first) {
  auto const first = co_await race(after(30, 1), text_after(10, "two"), swallows(20, 3),
                                   nothing_after(40), return_exceptions);
  BOOST_TEST(first.index == 1u);
  auto const& [a, b, c, d] = first.value;
  check_aborted(a.error());
  BOOST_TEST(b.value() == "two");
  BOOST_TEST(c.value() == 3);
  check_aborted(d.error());
}

FANOUT_TEST(return_exceptions_gives_all_results_of_a_range) {
  auto const first =
      co_await race(list(after(30, 1), swallows(40, 2), after(10, 3)), return_exceptions);
  BOOST_TEST(first.index == 2u);
  BOOST_REQUIRE(first.value.size() == 3u);
  check_aborted(first.value[0].error());
  BOOST_TEST(first.value[1].value() == 2);
  BOOST_TEST(first.value[2].value() == 3);
}

FANOUT_TEST(with_return_exceptions_an_error_that_comes_first_is_a_result) {
  auto const first = co_await race(after(30, 1), throws_after(10, "mine"), return_exceptions);
  BOOST_TEST(first.index == 1u);
  check_aborted(std::get<0>(first.value).error());
  check_error<oops>(std::get<1>(first.value).error(), "mine");
}

FANOUT_TEST(with_return_exceptions_an_error_of_a_range_that_comes_first_is_a_result) {
  auto const first = co_await race(list(throws_after(10, "mine"), after(30, 1)), return_exceptions);
  BOOST_TEST(first.index == 0u);
  BOOST_REQUIRE(first.value.size() == 2u);
  check_error<oops>(first.value[0].error(), "mine");
  check_aborted(first.value[1].error());
}

FANOUT_TEST(with_return_exceptions_children_that_never_started_are_aborted) {
  auto const first = co_await race(list(at_once(1), after(10, 2), after(10, 3)), return_exceptions);
  BOOST_TEST(first.index == 0u);
  BOOST_REQUIRE(first.value.size() == 3u);
  BOOST_TEST(first.value[0].value() == 1);
  check_aborted(first.value[1].error());
  check_aborted(first.value[2].error());
}

FANOUT_TEST(all_results_may_only_move_or_have_no_default) {
  auto const moved = co_await race(list(moved_after(10, 1), moved_after(20, 2)), return_exceptions);
  BOOST_TEST(*moved.value[0].value().number == 1);
  auto const undefaulted =
      co_await race(undefaulted_after(10, 1), nothing_after(20), return_exceptions);
  BOOST_TEST(get<0>(undefaulted.value).value().number == 1);
}

// ---- as an operation

FANOUT_TEST(a_race_may_be_a_task) {
  auto const executor = co_await asio::this_coro::executor;
  auto const f = fanout::create_task(executor, race(after(20, 1), after(10, 2)));
  auto const first = co_await f;
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(first.value == 2);
}

FANOUT_TEST(a_race_for_all_results_that_only_move_may_be_a_task) {
  auto const executor = co_await asio::this_coro::executor;
  auto f = fanout::create_task(
      executor, race(list(moved_after(10, 1), moved_after(20, 2)), return_exceptions));
  auto const first = co_await std::move(f);
  BOOST_TEST(*first.value[0].value().number == 1);
}

FANOUT_TEST(children_may_be_futures_operations_and_callables) {
  auto const executor = co_await asio::this_coro::executor;
  auto const task = fanout::create_task(executor, after(30, 1));
  auto const callable = [] { return after(20, 2); };
  auto const first =
      co_await race(task, callable, asio::bind_executor(executor, completes_with({}, 3)));
  BOOST_TEST(first.index == 2u);
  BOOST_TEST(first.value == 3);
  BOOST_TEST(task.done());
  BOOST_TEST(task.cancelled()); // as whoever waits for it is cancelled
}

BOOST_AUTO_TEST_CASE(a_race_can_be_called_with_a_completion_token) {
  asio::io_context context;
  auto ended = race(context, hop(1), hop(2))(asio::use_future);
  BOOST_TEST((ended.wait_for(0s) == std::future_status::timeout)); // not inside the call
  context.run();
  BOOST_TEST(ended.get().value == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace races_values
