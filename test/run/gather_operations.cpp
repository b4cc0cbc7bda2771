//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: operations and gathers as children, and what they yield.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/error.hpp>

#include <exception>
#include <memory>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace gather_operations {

using namespace zoo;
using boost::system::error_code;
using fanout::gather;
using fanout::return_exceptions;
using fanout_test::check_error;

error_code const no_error;
error_code const refused = asio::error::connection_refused;

std::string refused_text() { return boost::system::system_error(refused).what(); }

BOOST_AUTO_TEST_SUITE(gather_operations_test)

// ---- operations

FANOUT_TEST(an_operation_without_values_yields_void) {
  auto const r = co_await gather(completing<void()>(), completing<void(error_code)>(no_error),
                                 completing<void(std::exception_ptr)>(std::exception_ptr()));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(r)>,
                               std::tuple<std::monostate, std::monostate, std::monostate>>);
}

FANOUT_TEST(an_operation_with_one_value_yields_it) {
  auto const r = co_await gather(
      completing<void(int)>(1), completing<void(error_code, int)>(no_error, 2),
      completing<void(std::exception_ptr, std::string)>(std::exception_ptr(), std::string("3")));
  BOOST_TEST((r == std::tuple(1, 2, std::string("3"))));
}

FANOUT_TEST(an_operation_with_several_values_yields_a_tuple) {
  auto const r =
      co_await gather(completing<void(int, std::string)>(1, std::string("a")),
                      completing<void(error_code, int, std::string)>(no_error, 2, std::string("b")),
                      completing<void(std::exception_ptr, int, std::string)>(std::exception_ptr(),
                                                                             3, std::string("c")));
  using pair = std::tuple<int, std::string>;
  BOOST_TEST((r == std::tuple(pair(1, "a"), pair(2, "b"), pair(3, "c"))));
}

FANOUT_TEST(an_error_code_becomes_a_system_error) {
  auto const r = co_await gather(
      completing<void(error_code)>(refused), completing<void(error_code, int)>(refused, 1),
      completing<void(error_code, int, int)>(refused, 1, 2), return_exceptions);
  check_error<boost::system::system_error>(std::get<0>(r).error(), refused_text());
  check_error<boost::system::system_error>(std::get<1>(r).error(), refused_text());
  check_error<boost::system::system_error>(std::get<2>(r).error(), refused_text());
}

// Asio's own handlers take these, too.
FANOUT_TEST(an_error_may_be_passed_as_what_converts_to_it) {
  auto const r = co_await gather(
      completing<void(error_code)>(asio::error::connection_refused),
      completing<void(error_code, int)>(asio::error::connection_refused, 1),
      completing<void(error_code, std::string)>(asio::error::basic_errors(), "text"),
      completing<void(std::exception_ptr)>(nullptr),
      completing<void(std::exception_ptr, int)>(nullptr, 2), return_exceptions);
  check_error<boost::system::system_error>(std::get<0>(r).error(), refused_text());
  check_error<boost::system::system_error>(std::get<1>(r).error(), refused_text());
  BOOST_TEST(std::get<2>(r).value() == "text");
  BOOST_TEST(std::get<3>(r).has_value());
  BOOST_TEST(std::get<4>(r).value() == 2);
}

FANOUT_TEST(what_converts_to_an_error_is_a_value_where_the_signature_has_no_error) {
  auto const r =
      co_await gather(completing<void(asio::error::basic_errors)>(asio::error::connection_refused),
                      completing<void(std::shared_ptr<int>, int)>(nullptr, 3));
  BOOST_TEST((std::get<0>(r) == asio::error::connection_refused));
  BOOST_TEST((std::get<1>(r) == std::tuple(std::shared_ptr<int>(), 3)));
}

FANOUT_TEST(an_exception_ptr_is_the_error_itself) {
  auto const error = std::make_exception_ptr(oops("mine"));
  auto const r =
      co_await gather(completing<void(std::exception_ptr)>(error),
                      completing<void(std::exception_ptr, int)>(error, 1), return_exceptions);
  BOOST_TEST((std::get<0>(r).error() == error));
  BOOST_TEST((std::get<1>(r).error() == error));
}

FANOUT_TEST(an_exception_ptr_after_an_error_code_is_a_value) {
  auto const value = std::make_exception_ptr(oops("mine"));
  auto const r = co_await gather(completing<void(error_code, std::exception_ptr)>(no_error, value));
  BOOST_TEST((std::get<0>(r) == value));
}

FANOUT_TEST(an_operation_may_yield_what_is_move_only_or_not_default_constructible) {
  auto const yields = [](auto value) {
    return [kept = std::make_shared<decltype(value)>(std::move(value))] {
      asio::deferred_t token;
      return asio::async_initiate<asio::deferred_t, void(error_code, decltype(value))>(
          [kept](auto handler) {
            auto const ex = asio::get_associated_executor(handler);
            asio::post(ex, [kept, handler = std::move(handler)]() mutable {
              std::move(handler)(error_code(), std::move(*kept));
            });
          },
          token);
    };
  };
  auto one = yields(move_only(1));
  auto two = yields(no_default(2));
  auto operation = gather(std::move(one), std::move(two));
  auto const r = co_await std::move(operation);
  BOOST_TEST(*get<0>(r).number == 1);
  BOOST_TEST(get<1>(r).number == 2);
}

FANOUT_TEST(an_lvalue_operation_is_copied) {
  auto const pause = sleep_ms(10);
  auto const begin = now_ms();
  co_await gather(pause, pause);
  co_await gather(pause);
  BOOST_TEST(now_ms() - begin == 20);
}

FANOUT_TEST(an_operation_of_a_timer_is_a_child) {
  asio::basic_waitable_timer<virtual_clock> timer(co_await asio::this_coro::executor,
                                                  milliseconds(10));
  auto const begin = now_ms();
  auto const r = co_await gather(timer.async_wait(asio::deferred), at_once(1));
  BOOST_TEST(now_ms() - begin == 10);
  BOOST_TEST(std::get<1>(r) == 1);
}

FANOUT_TEST(an_operation_that_calls_its_handler_at_once_is_a_child) {
  asio::deferred_t token;
  auto const immediate = asio::async_initiate<asio::deferred_t, void(int)>(
      [](auto handler) { std::move(handler)(7); }, token);
  auto const r = co_await gather(immediate, after(5, 1), immediate);
  BOOST_TEST((r == std::tuple(7, 1, 7)));
  auto const v = co_await gather(std::vector(100, immediate), fanout::limit(1));
  BOOST_TEST(v == std::vector<int>(100, 7), boost::test_tools::per_element());
}

// ---- gathers

FANOUT_TEST(a_gather_is_a_child_and_has_one_place) {
  auto const r = co_await gather(gather(after(10, 1), nothing_after(5)), after(5, 2),
                                 gather(list(after(10, 3), after(5, 4))), gather());
  static_assert(std::is_same_v<
                std::remove_cvref_t<decltype(r)>,
                std::tuple<std::tuple<int, std::monostate>, int, std::vector<int>, std::tuple<>>>);
  BOOST_TEST(std::get<0>(std::get<0>(r)) == 1);
  BOOST_TEST(std::get<1>(r) == 2);
  BOOST_TEST(std::get<2>(r) == (std::vector{3, 4}), boost::test_tools::per_element());
}

FANOUT_TEST(a_gather_with_policies_of_its_own_is_a_child) {
  auto const r = co_await gather(
      gather(list(throws_after(5, "inner"), after(10, 1)), return_exceptions), after(5, 2));
  auto const& inner = std::get<0>(r);
  check_error<oops>(inner.at(0).error(), "inner");
  BOOST_TEST(inner.at(1).value() == 1);
}

FANOUT_TEST(a_gather_of_values_that_are_not_default_constructible_is_a_child) {
  auto const r = co_await gather(gather(undefaulted_after(10, 1)), gather(undefaulted_after(5, 2)));
  BOOST_TEST(get<0>(get<0>(r)).number == 1);
  BOOST_TEST(get<0>(get<1>(r)).number == 2);
}

FANOUT_TEST(gathers_nest_over_ranges) {
  auto const row = [](int i) {
    return gather(list(after(10 - i, 10 * i), after(i, 10 * i + 1), at_once(10 * i + 2)));
  };
  auto const r = co_await gather(std::views::iota(0, 3) | std::views::transform(row));
  BOOST_TEST((r == std::vector<std::vector<int>>{{0, 1, 2}, {10, 11, 12}, {20, 21, 22}}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_operations
