//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: awaitables and callables as children, what they yield, and where children run.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace gather_children {

using namespace zoo;
using fanout::gather;
using fanout::return_exceptions;
using fanout_test::check_error;

using io_executor = asio::io_context::executor_type;

BOOST_AUTO_TEST_SUITE(gather_children_test)

// ---- awaitables

FANOUT_TEST(an_awaitable_yields_its_value_and_void_a_monostate) {
  auto const r = co_await gather(after(10, 1), nothing_after(5), text_after(1, "text"));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(r)>,
                               std::tuple<int, std::monostate, std::string>>);
  BOOST_TEST(std::get<0>(r) == 1);
  BOOST_TEST(std::get<2>(r) == "text");
}

awaitable<std::unique_ptr<int>> owned_after(long long ms, int value) {
  co_await sleep_ms(ms);
  co_return std::make_unique<int>(value);
}

FANOUT_TEST(a_value_may_be_move_only) {
  auto const r = co_await gather(owned_after(10, 1), owned_after(5, 2));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(r)>,
                               std::tuple<std::unique_ptr<int>, std::unique_ptr<int>>>);
  BOOST_TEST(*std::get<0>(r) == 1);
  BOOST_TEST(*std::get<1>(r) == 2);
  auto const v = co_await gather(list(owned_after(10, 3), owned_after(5, 4)));
  BOOST_TEST(*v.at(0) == 3);
  BOOST_TEST(*v.at(1) == 4);
}

FANOUT_TEST(a_value_may_be_neither_copyable_nor_default_constructible) {
  auto const r = co_await gather(moved_after(10, 1), moved_after(5, 2));
  BOOST_TEST(*get<0>(r).number == 1);
  BOOST_TEST(*get<1>(r).number == 2);
  auto const v = co_await gather(list(moved_after(10, 3), moved_after(5, 4)), return_exceptions);
  BOOST_TEST(*v.at(0).value().number == 3);
  BOOST_TEST(*v.at(1).value().number == 4);
}

FANOUT_TEST(a_value_need_not_be_default_constructible) {
  auto const r = co_await gather(undefaulted_after(10, 1), after(5, 2));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(r)>, fanout::values<no_default, int>>);
  BOOST_TEST(get<0>(r).number == 1);
  BOOST_TEST(get<1>(r) == 2);
  auto const v = co_await gather(list(undefaulted_after(10, 3)));
  BOOST_TEST(v.at(0).number == 3);
  auto const e = co_await gather(undefaulted_after(10, 4), return_exceptions);
  BOOST_TEST(get<0>(e).value().number == 4);
}

FANOUT_TEST(values_convert_to_a_tuple) {
  std::tuple<no_default, int> const r = co_await gather(undefaulted_after(10, 1), after(5, 2));
  BOOST_TEST(std::get<0>(r).number == 1);
  BOOST_TEST(std::get<1>(r) == 2);
}

FANOUT_TEST(a_value_may_be_a_bool) {
  auto const is_even = [](int i) -> awaitable<bool> {
    co_await sleep_ms(10 - i);
    co_return i % 2 == 0;
  };
  auto const r = co_await gather(std::views::iota(0, 5) | std::views::transform(is_even));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(r)>, std::vector<bool>>);
  BOOST_TEST((r == std::vector<bool>{true, false, true, false, true}));
}

awaitable<std::exception_ptr> yields_an_exception(std::string text) {
  co_return std::make_exception_ptr(oops(text));
}

awaitable<std::exception_ptr> throws_an_exception(std::string text) {
  throw oops(text);
  co_return nullptr;
}

FANOUT_TEST(a_value_may_be_an_exception_ptr) {
  auto const r = co_await gather(yields_an_exception("value"));
  check_error<oops>(std::get<0>(r), "value");
  auto const e = co_await gather(yields_an_exception("value"), throws_an_exception("error"),
                                 return_exceptions);
  BOOST_REQUIRE(std::get<0>(e).has_value());
  check_error<oops>(std::get<0>(e).value(), "value");
  BOOST_REQUIRE(std::get<1>(e).has_error());
  check_error<oops>(std::get<1>(e).error(), "error");
}

awaitable<std::tuple<int, int>> yields_a_pair() { co_return std::tuple(1, 2); }

FANOUT_TEST(a_value_may_be_a_tuple_and_is_not_flattened) {
  auto const r = co_await gather(yields_a_pair(), at_once(3));
  static_assert(
      std::is_same_v<std::remove_cvref_t<decltype(r)>, std::tuple<std::tuple<int, int>, int>>);
  BOOST_TEST((r == std::tuple(std::tuple(1, 2), 3)));
}

awaitable<int, io_executor> on_io(long long ms, int value) {
  co_await sleep_ms(ms);
  co_return value;
}

FANOUT_TEST(an_awaitable_may_name_the_executor_that_any_io_executor_holds) {
  auto const r = co_await gather(on_io(10, 1), after(5, 2), on_io(1, 3));
  BOOST_TEST((r == std::tuple(1, 2, 3)));
}

FANOUT_TEST(an_awaitable_may_name_the_executor_that_stands_first) {
  auto const any = co_await asio::this_coro::executor;
  auto const ex =
      static_cast<asio::io_context&>(asio::query(any, asio::execution::context)).get_executor();
  auto const r = co_await gather(ex, list(on_io(10, 1), on_io(5, 2)));
  BOOST_TEST(r == (std::vector{1, 2}), boost::test_tools::per_element());
  auto const s = co_await gather(ex, after(10, 3), on_io(5, 4));
  BOOST_TEST((s == std::tuple(3, 4)));
}

FANOUT_TEST(an_awaitable_that_names_another_executor_fails_alone) {
  asio::any_io_executor const ex = asio::make_strand(co_await asio::this_coro::executor);
  auto const r = co_await gather(ex, on_io(10, 1), after(5, 2), return_exceptions);
  check_error<std::invalid_argument>(
      std::get<0>(r).error(), "fanout: the awaitable names another type of executor than the one "
                              "that the operation runs on");
  BOOST_TEST(std::get<1>(r).value() == 2);
}

// ---- callables

FANOUT_TEST(a_callable_is_called_when_its_child_starts_and_not_before) {
  int calls = 0;
  auto const callable = [&calls] {
    ++calls;
    return after(10, 1);
  };
  auto operation = gather(callable, callable);
  BOOST_TEST(calls == 0);
  auto const r = co_await std::move(operation);
  BOOST_TEST(calls == 2);
  BOOST_TEST((r == std::tuple(1, 1)));
}

awaitable<int> number() {
  co_await sleep_ms(5);
  co_return 7;
}

FANOUT_TEST(a_function_is_a_callable) {
  std::function<awaitable<int>()> const f = number;
  auto const r = co_await gather(number, &number, f);
  BOOST_TEST((r == std::tuple(7, 7, 7)));
}

struct counting_callable {
  int calls = 0;
  awaitable<int> operator()() {
    ++calls;
    co_await sleep_ms(5);
    co_return calls;
  }
};

FANOUT_TEST(an_lvalue_callable_is_copied) {
  counting_callable callable;
  auto const r = co_await gather(callable, callable);
  BOOST_TEST((r == std::tuple(1, 1)));
  BOOST_TEST(callable.calls == 0);
}

FANOUT_TEST(the_captures_of_a_lambda_coroutine_live_until_it_has_ended) {
  auto const mark = std::make_shared<int>(7);
  std::weak_ptr<int> const watched = mark;
  auto lambda = [kept = mark,
                 text = std::string("long enough to need memory")]() -> awaitable<std::string> {
    co_await sleep_ms(10);
    co_return text + std::to_string(*kept);
  };
  auto operation = gather(std::move(lambda), after(20, 1));
  auto const r = co_await std::move(operation);
  BOOST_TEST(std::get<0>(r) == "long enough to need memory7");
  BOOST_TEST(watched.use_count() == 1);
}

FANOUT_TEST(the_captures_of_a_callable_that_returns_an_operation_live_until_it_has_ended) {
  auto mark = std::make_shared<int>(7);
  std::weak_ptr<int> const watched = mark;
  auto callable = [mark = std::move(mark)] { return sleep_ms(10); };
  auto const watch = [&]() -> awaitable<bool> {
    co_await sleep_ms(5);
    bool const alive = !watched.expired();
    co_await sleep_ms(10);
    co_return alive&& watched.expired();
  };
  auto operation = gather(std::move(callable), watch);
  auto const r = co_await std::move(operation);
  BOOST_TEST(std::get<1>(r));
}

FANOUT_TEST(a_callable_may_be_move_only) {
  auto callable = [p = std::make_unique<int>(7)]() -> awaitable<int> {
    co_await sleep_ms(5);
    co_return *p;
  };
  auto operation = gather(std::move(callable));
  BOOST_TEST(std::get<0>(co_await std::move(operation)) == 7);
}

FANOUT_TEST(a_callable_may_return_an_operation_a_gather_or_a_bound_child) {
  auto const ex = co_await asio::this_coro::executor;
  auto const operation = [] { return completes_with({}, 1); };
  auto const group = [] { return gather(after(5, 2)); };
  auto const bound = [ex] { return asio::bind_executor(ex, after(5, 3)); };
  auto const r = co_await gather(operation, group, bound);
  BOOST_TEST((r == std::tuple(1, std::tuple(2), 3)));
}

// ---- executors

awaitable<asio::any_io_executor> its_executor() { co_return co_await asio::this_coro::executor; }

FANOUT_TEST(a_child_without_an_executor_runs_on_that_of_the_coroutine) {
  auto const ex = co_await asio::this_coro::executor;
  auto const r = co_await gather(its_executor(), its_executor);
  BOOST_TEST((std::get<0>(r) == ex));
  BOOST_TEST((std::get<1>(r) == ex));
}

FANOUT_TEST(a_child_without_an_executor_runs_on_the_one_that_stands_first) {
  asio::any_io_executor const strand = asio::make_strand(co_await asio::this_coro::executor);
  auto const r = co_await gather(strand, its_executor(), its_executor, gather(its_executor()));
  BOOST_TEST((std::get<0>(r) == strand));
  BOOST_TEST((std::get<1>(r) == strand));
  BOOST_TEST((std::get<0>(std::get<2>(r)) == strand));
}

FANOUT_TEST(a_bound_child_runs_on_its_own_executor) {
  auto const ex = co_await asio::this_coro::executor;
  asio::any_io_executor const strand = asio::make_strand(ex);
  auto const r = co_await gather(
      asio::bind_executor(strand, its_executor()), asio::bind_executor(strand, its_executor),
      asio::bind_executor(strand, gather(its_executor())), its_executor());
  BOOST_TEST((std::get<0>(r) == strand));
  BOOST_TEST((std::get<1>(r) == strand));
  BOOST_TEST((std::get<0>(std::get<2>(r)) == strand));
  BOOST_TEST((std::get<3>(r) == ex));
}

FANOUT_TEST(a_bound_operation_has_its_handler_on_its_own_executor) {
  asio::any_io_executor const strand = asio::make_strand(co_await asio::this_coro::executor);
  asio::any_io_executor seen;
  asio::deferred_t token;
  auto const operation = asio::async_initiate<asio::deferred_t, void(int)>(
      [&seen](auto handler) {
        seen = asio::get_associated_executor(handler);
        std::move(handler)(1);
      },
      token);
  auto const r = co_await gather(asio::bind_executor(strand, operation));
  BOOST_TEST((seen == strand));
  BOOST_TEST(std::get<0>(r) == 1);
}

FANOUT_TEST(a_bound_child_may_fail_or_throw_from_its_start) {
  auto const ex = co_await asio::this_coro::executor;
  auto const throws = []() -> awaitable<int> { throw oops("callable"); };
  auto const r = co_await gather(asio::bind_executor(ex, throws_after(5, "late")),
                                 asio::bind_executor(ex, throwing_initiation("initiation")),
                                 asio::bind_executor(ex, throws), after(10, 1), return_exceptions);
  check_error<oops>(std::get<0>(r).error(), "late");
  check_error<oops>(std::get<1>(r).error(), "initiation");
  check_error<oops>(std::get<2>(r).error(), "callable");
  BOOST_TEST(std::get<3>(r).value() == 1);
}

FANOUT_TEST(bound_children_may_stand_in_a_range) {
  auto const ex = co_await asio::this_coro::executor;
  auto const child = [&ex](int i) { return asio::bind_executor(ex, after(20 - i, i)); };
  auto const r = co_await gather(std::views::iota(0, 4) | std::views::transform(child));
  BOOST_TEST(r == (std::vector{0, 1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_children
