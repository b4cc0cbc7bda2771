//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: named children.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace names {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::gather;
using fanout::limit;
using fanout::named;
using lines = std::vector<std::string>;

awaitable<lines> listed() {
  lines names;
  for (auto const& task : fanout::all_tasks(co_await asio::this_coro::executor))
    names.push_back(task.name);
  co_return names;
}

BOOST_AUTO_TEST_SUITE(names_test)

// ---- every kind of child

FANOUT_TEST(a_named_child_yields_what_the_child_does) {
  auto const ex = co_await asio::this_coro::executor;
  auto const task = create_task(ex, after(1, 4));
  auto const callable = [] { return after(1, 3); };
  auto const calls_operation = [] { return completes_with({}, 7); };
  auto const names_itself = [] { return named("a name from a callable", after(1, 8)); };
  auto const names_bound = [ex] {
    return named("a name from a callable", asio::bind_executor(ex, after(1, 9)));
  };
  auto const r = co_await gather(
      named("an awaitable with a name", after(1, 1)),
      named("an operation with a name", completes_with({}, 2)),
      named("a callable with a name", callable), named("a future with a name", task),
      named("a bound child with a name", asio::bind_executor(ex, after(1, 5))),
      asio::bind_executor(ex, named("a name on an executor", after(1, 6))),
      named("a callable with a name", calls_operation), names_itself, names_bound);
  BOOST_TEST((r == std::tuple(1, 2, 3, 4, 5, 6, 7, 8, 9)));
}

FANOUT_TEST(an_empty_name_is_none) {
  lines seen;
  auto const looks = [&seen]() -> awaitable<void> {
    co_await sleep_ms(1);
    seen = co_await listed();
  };
  co_await gather(named("", after(10, 1)), named("", named("inner", after(10, 2))), looks());
  BOOST_TEST(seen == (lines{"main", "child 0 of a gather", "child 1 'inner' of a gather",
                            "child 2 of a gather"}),
             per_element());
}

FANOUT_TEST(every_kind_of_child_is_listed_with_its_name) {
  auto const ex = co_await asio::this_coro::executor;
  auto const task = create_task(ex, after(10, 4), "task");
  auto const callable = [] { return after(10, 3); };
  auto const calls_operation = [] { return named("e", sleep_ms(10)); };
  auto const names_itself = [] { return named("f", after(10, 8)); };
  auto const names_bound = [ex] { return named("g", asio::bind_executor(ex, after(10, 9))); };
  lines seen;
  auto const looks = [&seen]() -> awaitable<void> {
    co_await sleep_ms(1);
    seen = co_await listed();
  };
  co_await gather(named("a", after(10, 1)), named("b", sleep_ms(10)), named("c", callable),
                  named("d", task), calls_operation, names_itself, names_bound,
                  named("h", asio::bind_executor(ex, after(10, 5))),
                  asio::bind_executor(ex, named("i", after(10, 6))), looks);
  BOOST_TEST(
      seen ==
          (lines{"main", "task 'task'", "child 0 'a' of a gather", "child 1 'b' of a gather",
                 "child 2 'c' of a gather", "child 3 'd' of a gather", "child 4 'e' of a gather",
                 "child 5 'f' of a gather", "child 6 'g' of a gather", "child 7 'h' of a gather",
                 "child 8 'i' of a gather", "child 9 of a gather"}),
      per_element());
}

FANOUT_TEST(of_two_names_the_outer_one_counts) {
  auto const ex = co_await asio::this_coro::executor;
  auto const names_itself = [] { return named("inner", after(10, 1)); };
  lines seen;
  auto const looks = [&seen]() -> awaitable<void> {
    co_await sleep_ms(1);
    seen = co_await listed();
  };
  co_await gather(named("a", named("inner", after(10, 1))), named("b", names_itself),
                  named("c", asio::bind_executor(ex, named("inner", after(10, 1)))),
                  asio::bind_executor(ex, named("d", named("inner", names_itself))), looks);
  BOOST_TEST(
      seen == (lines{"main", "child 0 'a' of a gather", "child 1 'b' of a gather",
                     "child 2 'c' of a gather", "child 3 'd' of a gather", "child 4 of a gather"}),
      per_element());
}

FANOUT_TEST(a_named_child_may_yield_nothing_or_what_only_moves_or_has_no_default) {
  auto const [nothing, moved, undefaulted] =
      co_await gather(named("nothing", nothing_after(1)), named("moves", moved_after(1, 2)),
                      named("no default", undefaulted_after(1, 3)));
  static_cast<void>(nothing);
  BOOST_TEST(*moved.number == 2);
  BOOST_TEST(undefaulted.number == 3);
}

BOOST_AUTO_TEST_CASE(a_named_child_is_a_child_with_the_same_value) {
  using text = decltype(named("a", text_after(1, "b")));
  using twice = decltype(named("a", named("b", sleep_ms(1))));
  BOOST_TEST((std::same_as<fanout::child_value_t<text>, std::string>));
  BOOST_TEST(std::is_void_v<fanout::child_value_t<twice>>);
  BOOST_TEST(fanout::child_range<std::vector<text>>);
  BOOST_TEST(!fanout::child<std::vector<text>>);
}

FANOUT_TEST(a_named_callable_may_be_gathered_again) {
  auto const callable = [] { return after(1, 3); };
  auto const twice = named("a callable with a name", callable);
  auto const [a, b] = co_await gather(twice, twice); // trivial
  BOOST_TEST(a + b == 6);
}

// ---- ranges

FANOUT_TEST(the_children_of_a_container_may_have_names) {
  auto children = list(named("the first of them all", after(20, 1)),
                       named("the second of them all", after(10, 2)));
  auto const r = co_await gather(std::move(children));
  BOOST_TEST(r == (std::vector{1, 2}), per_element());
}

FANOUT_TEST(the_children_of_a_view_may_have_names_and_are_listed_by_them) {
  std::vector<lines> seen;
  auto const child = [&](int i) {
    auto const looks = [&seen, i]() -> awaitable<int> {
      co_await sleep_ms(10);
      seen.push_back(co_await listed());
      co_return i;
    };
    return named("number " + std::to_string(i), looks);
  };
  auto const r = co_await gather(std::views::iota(0, 3) | std::views::transform(child), limit(1));
  BOOST_TEST(r == (std::vector{0, 1, 2}), per_element());
  BOOST_REQUIRE(seen.size() == 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    auto const n = std::to_string(i);
    BOOST_TEST(seen[i] == (lines{"main", "child " + n + " 'number " + n + "' of a gather"}),
               per_element());
  }
}

FANOUT_TEST(many_named_children_that_end_at_once_follow_one_another) {
  auto const child = [](int i) { return named("number " + std::to_string(i), at_once(i)); };
  auto const r =
      co_await gather(std::views::iota(0, 10'000) | std::views::transform(child), limit(1));
  BOOST_REQUIRE(r.size() == 10'000u);
  BOOST_TEST(r.back() == 9'999);
}

FANOUT_TEST(named_futures_in_a_container_are_copied) {
  auto const ex = co_await asio::this_coro::executor;
  std::vector const futures(2, named("a future with a name", create_task(ex, after(1, 7))));
  auto const r = co_await gather(futures);
  BOOST_TEST(r == (std::vector{7, 7}), per_element());
}

// ---- elsewhere

BOOST_AUTO_TEST_CASE(errors_that_nobody_hears_of_have_the_name_of_the_child) {
  fanout_test::unhandled errors;
  auto const main = []() -> awaitable<void> {
    auto children = list(named("early", throws_at_once("early")), named("left", converts(50, "a")),
                         named("also left", converts(50, "b")));
    auto operation = gather(std::move(children));
    FANOUT_CHECK_THROWS(oops, "early", co_await std::move(operation));
  };
  fanout::run_virtual(main);
  BOOST_TEST(errors.log ==
                 (lines{"child 1 'left' of a gather: a", "child 2 'also left' of a gather: b"}),
             per_element());
}

FANOUT_TEST(a_task_of_a_named_child_has_its_name_unless_another_one_is_given) {
  auto const ex = co_await asio::this_coro::executor;
  auto const own = create_task(ex, named("of the child", after(1, 1)));
  auto const given = create_task(ex, named("of the child", after(1, 2)), "given");
  auto const twice = create_task(ex, named("outer", named("inner", after(1, 3))));
  BOOST_TEST(own.name() == "of the child");
  BOOST_TEST(given.name() == "given");
  BOOST_TEST(twice.name() == "outer");
  auto const names = co_await listed();
  BOOST_TEST(names == (lines{"main", "task 'of the child'", "task 'given'", "task 'outer'"}),
             per_element());
  BOOST_TEST(co_await own + co_await given + co_await twice == 6);
}

FANOUT_TEST(a_timeout_of_no_time_takes_a_named_future_for_a_future) {
  auto const ex = co_await asio::this_coro::executor;
  auto const done = create_task(ex, at_once(1));
  auto const pending = create_task(ex, after(50, 2));
  co_await sleep_ms(1);
  BOOST_TEST(co_await fanout::timeout<virtual_clock>(0s, named("done", done)) == 1);
  FANOUT_CHECK_THROWS(
      fanout::deadline_exceeded, "deadline exceeded",
      co_await fanout::timeout<virtual_clock>(0s, named("a", named("pending", pending))));
  BOOST_TEST(pending.cancelled());
}

FANOUT_TEST(the_child_of_a_timeout_and_of_a_shield_may_have_a_name) {
  lines seen;
  auto const looks = [&seen]() -> awaitable<int> {
    co_await sleep_ms(1);
    seen = co_await listed();
    co_return 7;
  };
  BOOST_TEST(co_await fanout::timeout<virtual_clock>(1s, named("slow page", looks)) == 7);
  BOOST_TEST(seen == (lines{"main", "child 0 'slow page' of a timeout"}), per_element());
  BOOST_TEST(co_await fanout::shield(named("slow page", looks)) == 7);
  BOOST_TEST(seen.at(1) == "child 0 'slow page' of a shield");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace names
