//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: many children, and gathers within gathers, cost memory and no native stack.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <cstddef>
#include <exception>
#include <ranges>
#include <utility>
#include <vector>

namespace gather_depth {

using namespace zoo;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;

constexpr int many = 100'000;

awaitable<int> nested(int depth, long long ms) {
  if (depth == 0) {
    if (ms > 0) co_await sleep_ms(ms);
    co_return 0;
  }
  auto const r = co_await gather(nested(depth - 1, ms));
  co_return std::get<0>(r) + 1;
}

awaitable<int> nested_by_name(int depth, long long ms) {
  if (depth == 0) {
    if (ms > 0) co_await sleep_ms(ms);
    co_return 0;
  }
  auto const ex = co_await asio::this_coro::executor;
  auto const r = co_await gather(ex, nested_by_name(depth - 1, ms));
  co_return std::get<0>(r) + 1;
}

awaitable<int> nested_failure(int depth) {
  if (depth == 0) throw oops("deep");
  auto const r = co_await gather(nested_failure(depth - 1));
  co_return std::get<0>(r) + 1;
}

BOOST_AUTO_TEST_SUITE(gather_depth_test)

FANOUT_TEST(a_hundred_thousand_children_that_end_at_once) {
  auto const r = co_await gather(std::views::iota(0, many) | std::views::transform(at_once));
  BOOST_REQUIRE(r.size() == static_cast<std::size_t>(many));
  BOOST_TEST(r.front() == 0);
  BOOST_TEST(r.back() == many - 1);
}

FANOUT_TEST(a_hundred_thousand_children_that_suspend) {
  auto const r = co_await gather(std::views::iota(0, many) | std::views::transform(hop));
  BOOST_REQUIRE(r.size() == static_cast<std::size_t>(many));
  BOOST_TEST(r.back() == many - 1);
}

FANOUT_TEST(a_hundred_thousand_children_one_after_another) {
  auto const r = co_await gather(std::views::iota(0, many) | std::views::transform(hop), limit(1));
  BOOST_TEST(r.back() == many - 1);
}

FANOUT_TEST(a_hundred_thousand_operations_that_end_at_once_one_after_another) {
  asio::deferred_t token;
  auto const operation = asio::async_initiate<asio::deferred_t, void(int)>(
      [](auto handler) { std::move(handler)(7); }, token);
  auto const r = co_await gather(std::vector(many, operation), limit(1));
  BOOST_REQUIRE(r.size() == static_cast<std::size_t>(many));
  BOOST_TEST(r.back() == 7);
}

FANOUT_TEST(a_hundred_thousand_children_of_which_all_fail) {
  auto const child = [](int) { return throws_a_number(); };
  auto const r =
      co_await gather(std::views::iota(0, many) | std::views::transform(child), return_exceptions);
  BOOST_REQUIRE(r.size() == static_cast<std::size_t>(many));
  BOOST_TEST(r.back().has_error());
}

FANOUT_TEST(a_hundred_thousand_children_that_are_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const child = [](int i) { return after(1000, i); };
  auto const seen = fanout_test::start(
      gather(ex, std::views::iota(0, many) | std::views::transform(child)), signal);
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(10);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

FANOUT_TEST(a_hundred_thousand_gathers_within_each_other_that_end_at_once) {
  BOOST_TEST(co_await nested(many, 0) == many);
}

FANOUT_TEST(a_hundred_thousand_gathers_within_each_other_that_suspend) {
  BOOST_TEST(co_await nested(many, 10) == many);
}

FANOUT_TEST(an_error_comes_out_of_a_hundred_thousand_gathers_within_each_other) {
  FANOUT_CHECK_THROWS(oops, "deep", co_await nested_failure(many));
}

FANOUT_TEST(a_request_reaches_the_bottom_of_a_hundred_thousand_gathers_within_each_other) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(gather(ex, nested(many, 1000)), signal);
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(10);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

// With an executor that stands first the handler counts as one on another executor.
FANOUT_TEST(a_hundred_thousand_gathers_on_a_named_executor_within_each_other) {
  BOOST_TEST(co_await nested_by_name(many, 0) == many);
}

FANOUT_TEST(a_request_reaches_the_bottom_of_a_hundred_thousand_gathers_on_a_named_executor) {
  auto const ex = co_await asio::this_coro::executor;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(gather(ex, nested_by_name(many, 1000)), signal);
  co_await sleep_ms(10);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(10);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_depth
