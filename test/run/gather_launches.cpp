//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// How many coroutines a gather launches: one for all children that do not suspend.

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/launch.hpp"
#include "../support/launches.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <numeric>
#include <ranges>
#include <utility>
#include <vector>

namespace gather_launches {

namespace asio = boost::asio;
using boost::test_tools::per_element;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::launches;
using fanout_test::traced;
using fanout_test::traced_executor;
using child_timeout = fanout::child_timeout<fanout::virtual_clock>;
using children = std::vector<traced<int>>;

/// The numbers from 0 to n - 1.
std::vector<int> up_to(int n) {
  std::vector<int> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

children immediate(launches& seen, int n) {
  children all;
  for (int i = 0; i < n; ++i) all.push_back(seen.at_once(i));
  return all;
}

/// All but this one end at once.
children immediate_but(launches& seen, int suspending, int n) {
  children all;
  for (int i = 0; i < n; ++i) all.push_back(i == suspending ? seen.hop(i) : seen.at_once(i));
  return all;
}

children suspending(launches& seen, int n) {
  children all;
  for (int i = 0; i < n; ++i) all.push_back(seen.hop(i));
  return all;
}

/// How many launches the children of the operation that `make` gives see.
template <class Make>
std::size_t launches_of(Make make) {
  launches seen;
  asio::io_context context(1);
  bool ended = false;
  make(seen)(asio::bind_executor(
      traced_executor(context), [&](std::exception_ptr error, auto const&...) { ended = !error; }));
  context.run();
  BOOST_TEST(ended);
  return seen.count();
}

/// The same for a gather of what `make` gives, with these policies, which somebody can cancel.
template <class Make, class... Policies>
std::size_t launches_with_a_slot(Make make, Policies... policies) {
  launches seen;
  asio::io_context context(1);
  asio::cancellation_signal signal;
  bool ended = false;
  gather(traced_executor(context), make(seen), policies...)(asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr error, std::vector<int> const& values) {
        ended = !error;
        BOOST_TEST(values == up_to(1000), per_element());
      }));
  context.run();
  BOOST_TEST(ended);
  return seen.count();
}

BOOST_AUTO_TEST_SUITE(gather_launches_test)

BOOST_AUTO_TEST_CASE(children_are_launched_by_the_library_with_every_asio_that_was_seen) {
  std::puts(fanout_test::launch_in_words().c_str());
#if defined(FANOUT_LAUNCH_CO_SPAWN)
  BOOST_TEST(!fanout::detail::has_own_launch);
#elif !defined(FANOUT_LAUNCH_UNSEEN)
  BOOST_TEST(fanout::detail::has_own_launch);
#endif
}

BOOST_AUTO_TEST_CASE(a_thousand_children_that_end_at_once_cost_one_launch) {
  BOOST_TEST(launches_of([](launches& seen) { return gather(immediate(seen, 1000)); }) == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_suspends_among_a_thousand_costs_at_most_two_more) {
  for (int const n : {0, 1, 500, 999})
    BOOST_TEST(launches_of([n](launches& seen) { return gather(immediate_but(seen, n, 1000)); }) <=
               3u);
}

BOOST_AUTO_TEST_CASE(children_that_suspend_cost_one_launch_each) {
  BOOST_TEST(launches_of([](launches& seen) { return gather(suspending(seen, 100)); }) == 100u);
}

BOOST_AUTO_TEST_CASE(a_lazy_range_that_ends_at_once_costs_one_launch) {
  BOOST_TEST(launches_of([](launches& seen) {
               return gather(std::views::iota(0, 1000) |
                             std::views::transform([&seen](int i) { return seen.at_once(i); }));
             }) == 1u);
}

BOOST_AUTO_TEST_CASE(a_limit_costs_no_launch_for_children_that_end_at_once) {
  for (std::size_t const n : {1u, 10u})
    BOOST_TEST(
        launches_of([n](launches& seen) { return gather(immediate(seen, 1000), limit(n)); }) == 1u);
  BOOST_TEST(launches_of([](launches& seen) {
               return gather(immediate_but(seen, 500, 1000), limit(10));
             }) <= 3u);
}

BOOST_AUTO_TEST_CASE(a_limit_of_n_costs_about_n_launches_for_children_that_suspend) {
  BOOST_TEST(
      launches_of([](launches& seen) { return gather(suspending(seen, 1000), limit(10)); }) <= 11u);
}

BOOST_AUTO_TEST_CASE(children_that_fail_at_once_cost_no_further_launch) {
  BOOST_TEST(launches_of([](launches& seen) {
               children all;
               for (int i = 0; i < 100; ++i)
                 all.push_back(i % 2 ? seen.fails(zoo::oops("odd")) : seen.at_once(i));
               return gather(std::move(all), return_exceptions);
             }) == 1u);
}

BOOST_AUTO_TEST_CASE(operations_cost_no_launch) {
  if (!fanout_test::counts_allocations()) return;
  asio::deferred_t token;
  auto const operation = asio::async_initiate<asio::deferred_t, void(int)>(
      [](auto handler) { std::move(handler)(7); }, token);
  asio::io_context context(1);
  std::size_t values = 0;
  gather(context, std::vector(1000, operation))(
      [&](std::exception_ptr, std::vector<int> const& all) { values = all.size(); });
  fanout_test::heap_mark const begin;
  context.run();
  // A coroutine would take memory for each.
  BOOST_TEST(begin.since().allocations < 50u);
  BOOST_TEST(values == 1000u);
}

BOOST_AUTO_TEST_CASE(a_thousand_children_that_somebody_can_cancel_cost_one_launch) {
  BOOST_TEST(launches_with_a_slot([](launches& seen) { return immediate(seen, 1000); }) == 1u);
}

BOOST_AUTO_TEST_CASE(
    one_that_suspends_among_a_thousand_that_somebody_can_cancel_costs_at_most_two_more) {
  for (int const n : {0, 1, 500, 999})
    BOOST_TEST(launches_with_a_slot([n](launches& seen) { return immediate_but(seen, n, 1000); }) <=
               3u);
}

BOOST_AUTO_TEST_CASE(policies_that_cancel_cost_no_further_launch) {
  using std::chrono::seconds;
  auto const make = [](launches& seen) { return immediate(seen, 1000); };
  BOOST_TEST(launches_with_a_slot(make, cancel_on_error) == 1u);
  BOOST_TEST(launches_with_a_slot(make, child_timeout(seconds(1))) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_launches
