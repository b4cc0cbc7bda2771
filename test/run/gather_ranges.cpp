//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: ranges of children and how long what belongs to them lives; operations that run again.

#include <fanout/gather.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace gather_ranges {

using namespace zoo;
using fanout::gather;
using fanout::return_exceptions;

BOOST_AUTO_TEST_SUITE(gather_ranges_test)

awaitable<int> number() {
  co_await sleep_ms(5);
  co_return 7;
}

// ---- ranges

FANOUT_TEST(a_container_that_is_moved_in_gives_its_children_away) {
  auto children = list(after(10, 1), after(5, 2));
  auto const r = co_await gather(std::move(children));
  BOOST_TEST(r == (std::vector{1, 2}), boost::test_tools::per_element());
  std::array<awaitable<int>, 2> array{after(10, 3), after(5, 4)};
  auto const s = co_await gather(std::move(array));
  BOOST_TEST(s == (std::vector{3, 4}), boost::test_tools::per_element());
  std::list<awaitable<int>> linked;
  linked.push_back(after(10, 5));
  linked.push_back(after(5, 6));
  auto const t = co_await gather(std::move(linked));
  BOOST_TEST(t == (std::vector{5, 6}), boost::test_tools::per_element());
}

FANOUT_TEST(a_range_of_children_that_yield_nothing_yields_nothing) {
  static_assert(
      std::is_void_v<decltype(gather(std::declval<std::vector<awaitable<void>>>()))::result_type>);
  auto const begin = now_ms();
  co_await gather(list(nothing_after(10), nothing_after(20)));
  BOOST_TEST(now_ms() - begin == 20);
  auto const r = co_await gather(list(nothing_after(10), nothing_at_once()), return_exceptions);
  static_assert(
      std::is_same_v<std::remove_cvref_t<decltype(r)>, std::vector<fanout::result<void>>>);
  BOOST_TEST(r.size() == 2u);
  BOOST_TEST(r.at(0).has_value());
}

FANOUT_TEST(a_container_of_copyable_callables_can_be_gathered_again) {
  std::vector<std::function<awaitable<int>()>> children;
  for (int i = 0; i < 3; ++i) children.emplace_back([i] { return after(10 - i, i); });
  auto const one = co_await gather(children);
  auto const two = co_await gather(std::span(children));
  BOOST_TEST(one == (std::vector{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(two == one, boost::test_tools::per_element());
}

FANOUT_TEST(a_container_that_is_referred_to_is_read_when_its_children_start) {
  std::vector<std::function<awaitable<int>()>> children;
  auto operation = gather(children);
  children.emplace_back(number);
  auto const r = co_await std::move(operation);
  BOOST_TEST(r == std::vector{7}, boost::test_tools::per_element());
}

FANOUT_TEST(a_container_of_operations_is_a_range_of_children) {
  std::vector const pauses(3, sleep_ms(10));
  auto const begin = now_ms();
  co_await gather(pauses);
  BOOST_TEST(now_ms() - begin == 10);
}

FANOUT_TEST(a_view_over_a_named_lambda_is_a_range_of_children) {
  auto const mark = std::make_shared<int>(7);
  auto const child = [mark](int i) -> awaitable<int> {
    co_await sleep_ms(10 - i);
    co_return *mark + i;
  };
  auto children = std::views::iota(0, 3) | std::views::transform(child);
  auto const r = co_await gather(children);
  BOOST_TEST(r == (std::vector{7, 8, 9}), boost::test_tools::per_element());
}

FANOUT_TEST(a_view_that_owns_its_container_keeps_it_until_the_last_child_has_ended) {
  std::vector<std::string> names{"a string that needs memory of its own", "another one of these"};
  auto const child = [](std::string const& name) -> awaitable<std::string> {
    co_await sleep_ms(10);
    co_return name;
  };
  auto children = std::move(names) | std::views::transform(child);
  auto const r = co_await gather(std::move(children));
  BOOST_TEST(r.at(0) == "a string that needs memory of its own");
  BOOST_TEST(r.at(1) == "another one of these");
}

// The siblings of a child that fails read what the view's callable has captured, later.
awaitable<std::weak_ptr<int>> fails_while_siblings_read(std::vector<int>& read) {
  auto mark = std::make_shared<int>(7);
  std::weak_ptr<int> const watched = mark;
  auto child = [mark = std::move(mark), &read](int i) -> awaitable<int> {
    co_await sleep_ms(5 + 10 * i);
    if (i == 0) throw oops("first");
    read.push_back(*mark + i);
    co_return i;
  };
  auto children = std::views::iota(0, 3) | std::views::transform(std::move(child));
  auto operation = gather(std::move(children));
  FANOUT_CHECK_THROWS(oops, "first", co_await std::move(operation));
  co_return watched;
}

FANOUT_TEST(what_a_range_owns_lives_until_the_last_child_has_ended) {
  std::vector<int> read;
  auto const watched = co_await fails_while_siblings_read(read);
  BOOST_TEST(read.empty());
  BOOST_TEST(!watched.expired());
  co_await sleep_ms(10);
  BOOST_TEST(read == std::vector{8}, boost::test_tools::per_element());
  BOOST_TEST(!watched.expired());
  co_await sleep_ms(10);
  BOOST_TEST(read == (std::vector{8, 9}), boost::test_tools::per_element());
  BOOST_TEST(watched.expired());
}

// ---- the operation itself

FANOUT_TEST(nothing_runs_before_the_operation_is_awaited_and_nothing_if_it_never_is) {
  std::vector<std::string> log;
  {
    auto const operation = gather(list(logged(log, "a", 10)));
    static_cast<void>(operation);
  }
  co_await sleep_ms(20);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(an_operation_whose_children_can_be_copied_runs_as_often_as_it_is_awaited) {
  auto const operation = gather(number, sleep_ms(10));
  auto const begin = now_ms();
  BOOST_TEST(std::get<0>(co_await operation) == 7);
  BOOST_TEST(std::get<0>(co_await operation) == 7);
  BOOST_TEST(now_ms() - begin == 20);
}

FANOUT_TEST(gather_result_names_what_a_gather_yields) {
  using fanout::gather_result_t;
  using children = std::vector<awaitable<int>>;
  static_assert(std::is_same_v<gather_result_t<awaitable<int>, awaitable<void>>,
                               std::tuple<int, std::monostate>>);
  static_assert(std::is_same_v<gather_result_t<children>, std::vector<int>>);
  static_assert(std::is_same_v<gather_result_t<children, fanout::return_exceptions_t>,
                               std::vector<fanout::result<int>>>);
  static_assert(std::is_same_v<gather_result_t<awaitable<no_default>>, fanout::values<no_default>>);
  static_assert(std::is_void_v<gather_result_t<std::vector<awaitable<void>>>>);
  co_return;
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_ranges
