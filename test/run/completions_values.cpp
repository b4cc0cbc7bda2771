//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: as_completed, the values and errors in a stream.

#include <fanout/as_completed.hpp>

#include "../support/completions.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <exception>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace completions_values {

using namespace zoo;
using boost::test_tools::per_element;
using fanout::as_completed;
using fanout::completed;
using fanout::completion_stream;
using fanout_test::all_of;
using fanout_test::check_error;
using fanout_test::text_of;
using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(completions_values_test)

// ---- values

FANOUT_TEST(children_of_several_types_give_a_variant_of_them_each_once) {
  auto stream = as_completed(after(40, 1), text_after(10, "two"), nothing_after(20), after(30, 4),
                             throws_after(50, "mine"));
  using value = std::variant<int, std::string, std::monostate>;
  static_assert(std::is_same_v<decltype(stream), completion_stream<value>>);
  auto const first = co_await stream.next();
  BOOST_TEST(first->index == 1u);
  BOOST_TEST(std::get<std::string>(first->result.value()) == "two");
  auto const second = co_await stream.next();
  BOOST_TEST(std::holds_alternative<std::monostate>(second->result.value()));
  auto const third = co_await stream.next();
  BOOST_TEST(third->index == 3u);
  BOOST_TEST(std::get<int>(third->result.value()) == 4);
  co_await stream.next();
  auto const last = co_await stream.next();
  check_error<oops>(last->result.error(), "mine");
}

FANOUT_TEST(children_that_yield_nothing_come_as_results_of_nothing) {
  auto stream = as_completed(nothing_after(20), nothing_after(10));
  static_assert(std::is_same_v<decltype(stream), completion_stream<void>>);
  auto const first = co_await stream.next();
  BOOST_TEST(first->index == 1u);
  BOOST_TEST(first->result.has_value());
  auto in_a_range = as_completed(list(nothing_after(20), nothing_after(10)));
  static_assert(std::is_same_v<decltype(in_a_range), completion_stream<void>>);
  BOOST_TEST((co_await in_a_range.next())->index == 1u);
}

FANOUT_TEST(values_that_only_move_or_have_no_default_come_through) {
  auto moved = as_completed(moved_after(20, 1), moved_after(10, 2));
  auto const first = co_await moved.next();
  BOOST_TEST(*first->result.value().number == 2);
  auto undefaulted = as_completed(list(undefaulted_after(20, 1), undefaulted_after(10, 2)));
  auto const second = co_await undefaulted.next();
  BOOST_TEST(second->result.value().number == 2);
  auto mixed = as_completed(undefaulted_after(20, 1), moved_after(10, 2));
  auto const third = co_await mixed.next();
  BOOST_TEST(*std::get<move_only>(third->result.value()).number == 2);
}

FANOUT_TEST(a_value_may_be_an_error_object) {
  auto const error = []() -> awaitable<std::exception_ptr> {
    co_return std::make_exception_ptr(oops("a value"));
  };
  auto stream = as_completed(error);
  auto const first = co_await stream.next();
  BOOST_TEST(first->result.has_value());
  check_error<oops>(first->result.value(), "a value");
}

// ---- errors

FANOUT_TEST(a_child_whose_initiation_throws_comes_with_that_error) {
  CHECK_ENDS(as_completed(after(10, 1), throwing_initiation("at initiation")), "1: at initiation",
             "0: 1");
}

FANOUT_TEST(a_child_that_is_cancelled_on_its_own_comes_with_operation_aborted) {
  CHECK_ENDS(as_completed(after(10, 1), completes_with(asio::error::operation_aborted, 0)),
             "1: aborted", "0: 1");
}

FANOUT_TEST(an_element_that_throws_comes_with_that_error) {
  auto const make = [](int i) -> awaitable<int> {
    if (i == 1) throw oops("no child");
    return after(10, i);
  };
  CHECK_ENDS(as_completed(std::views::iota(0, 3) | std::views::transform(make)), "1: no child",
             "0: 0", "2: 2");
}

FANOUT_TEST(the_error_of_the_range_itself_comes_once_after_the_last_end) {
  auto const keep = [](int i) {
    if (i == 2) throw oops("no range");
    return true;
  };
  auto const make = [](int i) { return after(10 * (i + 1), i); };
  auto stream =
      as_completed(std::views::iota(0, 5) | std::views::filter(keep) | std::views::transform(make));
  BOOST_TEST(text_of(*co_await stream.next()) == "0: 0");
  BOOST_TEST(text_of(*co_await stream.next()) == "1: 1");
  FANOUT_CHECK_THROWS(oops, "no range", co_await stream.next());
  BOOST_TEST(!(co_await stream.next()).has_value());
}

// It can be moved, and not assigned.
struct ticket {
  int const number;
};

FANOUT_TEST(a_value_that_cannot_be_assigned_waits_in_the_stream) {
  auto const buy = [](int i) -> awaitable<ticket> { co_return ticket{i}; };
  auto stream = as_completed(buy(1), buy(2), buy(3));
  auto const first = co_await stream.next();
  BOOST_TEST(first->result->number == 1);
  auto const second = co_await stream.next();
  BOOST_TEST(second->result->number == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace completions_values
