//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: results, their order, and what nothing gives.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_results
