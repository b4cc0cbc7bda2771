//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// How many coroutines a gather launches: one for all children that do not suspend.

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <ranges>
#include <utility>
#include <vector>

namespace gather_launches {

using namespace zoo;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout::detail::launches;

std::vector<awaitable<int>> immediate(int n) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < n; ++i) children.push_back(at_once(i));
  return children;
}

/// All but this one end at once.
std::vector<awaitable<int>> immediate_but(int suspending, int n) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < n; ++i) children.push_back(i == suspending ? hop(i) : at_once(i));
  return children;
}

bool is_in_order(std::vector<int> const& values, int n) {
  for (int i = 0; i < n; ++i)
    if (values.at(i) != i) return false;
  return values.size() == static_cast<std::size_t>(n);
}

/// Launches while the operation runs, without anybody who could cancel it.
template <class Operation>
std::size_t launches_of(Operation operation) {
  asio::io_context context(1);
  bool ended = false;
  auto const before = launches;
  std::move(operation)(asio::bind_executor(
      context, [&](std::exception_ptr error, auto const&...) { ended = !error; }));
  context.run();
  BOOST_TEST(ended);
  return launches - before;
}

BOOST_AUTO_TEST_SUITE(gather_launches_test)

BOOST_AUTO_TEST_CASE(a_thousand_children_that_end_at_once_cost_one_launch) {
  BOOST_TEST(launches_of(gather(immediate(1000))) == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_suspends_among_a_thousand_costs_at_most_two_more) {
  BOOST_TEST(launches_of(gather(immediate_but(500, 1000))) <= 3u);
  BOOST_TEST(launches_of(gather(immediate_but(0, 1000))) <= 3u);
  BOOST_TEST(launches_of(gather(immediate_but(999, 1000))) <= 3u);
}

BOOST_AUTO_TEST_CASE(children_that_suspend_cost_one_launch_each) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 100; ++i) children.push_back(hop(i));
  BOOST_TEST(launches_of(gather(std::move(children))) == 100u);
}

BOOST_AUTO_TEST_CASE(a_lazy_range_that_ends_at_once_costs_one_launch) {
  BOOST_TEST(launches_of(gather(std::views::iota(0, 1000) | std::views::transform(at_once))) == 1u);
}

BOOST_AUTO_TEST_CASE(a_limit_costs_no_launch_for_children_that_end_at_once) {
  BOOST_TEST(launches_of(gather(immediate(1000), limit(10))) == 1u);
  BOOST_TEST(launches_of(gather(immediate(1000), limit(1))) == 1u);
  BOOST_TEST(launches_of(gather(immediate_but(500, 1000), limit(10))) <= 3u);
}

BOOST_AUTO_TEST_CASE(a_limit_of_n_costs_about_n_launches_for_children_that_suspend) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 1000; ++i) children.push_back(hop(i));
  BOOST_TEST(launches_of(gather(std::move(children), limit(10))) <= 11u);
}

BOOST_AUTO_TEST_CASE(children_that_fail_at_once_cost_no_further_launch) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < 100; ++i) children.push_back(i % 2 ? throws_at_once("odd") : at_once(i));
  BOOST_TEST(launches_of(gather(std::move(children), return_exceptions)) == 1u);
}

BOOST_AUTO_TEST_CASE(operations_cost_no_launch) {
  asio::deferred_t token;
  auto const operation = asio::async_initiate<asio::deferred_t, void(int)>(
      [](auto handler) { std::move(handler)(7); }, token);
  BOOST_TEST(launches_of(gather(std::vector(1000, operation))) == 0u);
}

// Somebody can cancel these: the context is one of `run`'s, or a slot is connected.

FANOUT_TEST(a_thousand_children_that_somebody_can_cancel_cost_one_launch) {
  auto const before = launches;
  auto const r = co_await gather(immediate(1000));
  BOOST_TEST(launches - before == 1u);
  BOOST_TEST(is_in_order(r, 1000));
}

FANOUT_TEST(one_that_suspends_among_a_thousand_that_somebody_can_cancel_costs_at_most_two_more) {
  for (int const suspending : {0, 1, 500, 999}) {
    auto const before = launches;
    auto const r = co_await gather(immediate_but(suspending, 1000));
    BOOST_TEST(launches - before <= 3u);
    BOOST_TEST(is_in_order(r, 1000));
  }
}

BOOST_AUTO_TEST_CASE(a_connected_slot_costs_no_further_launch) {
  asio::io_context context(1);
  asio::cancellation_signal signal;
  auto const before = launches;
  auto const seen = fanout_test::start(gather(context, immediate(1000)), signal);
  context.run();
  BOOST_TEST(launches - before == 1u);
  BOOST_TEST(is_in_order(seen->value, 1000));
}

BOOST_AUTO_TEST_CASE(policies_that_cancel_cost_no_further_launch) {
  using std::chrono::seconds;
  BOOST_TEST(launches_of(gather(immediate(1000), fanout::cancel_on_error)) == 1u);
  BOOST_TEST(
      launches_of(gather(immediate(1000), fanout::child_timeout<virtual_clock>(seconds(1)))) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_launches
