//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Operations as children of operations: they yield what their `co_await` yields, also where a
// completion signature holds a value without a default constructor in `values`.

#include <fanout/abortable.hpp>
#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include "../support/compositions.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace compositions_values {

using namespace zoo;
using namespace std::chrono_literals;
using fanout::abortable;
using fanout::as_completed;
using fanout::child_value_t;
using fanout::create_task;
using fanout::first_success;
using fanout::gather;
using fanout::race;
using fanout::return_exceptions;
using fanout::shield;
using fanout_test::check_error;
using fanout_test::timeout;

BOOST_AUTO_TEST_SUITE(compositions_values_test)

awaitable<no_default> fails_after(long long ms, std::string text) {
  co_await sleep_ms(ms);
  throw oops(text);
}

auto limited() { return timeout(50ms, undefaulted_after(10, 7)); }
auto failing() { return timeout(50ms, fails_after(10, "failed")); }

FANOUT_TEST(an_operation_with_one_child_yields_the_value_to_the_operation_around_it) {
  no_default const shielded = co_await timeout(50ms, shield(undefaulted_after(10, 1)));
  no_default const limited_twice = co_await timeout(50ms, timeout(40ms, undefaulted_after(10, 2)));
  no_default const called = co_await timeout(50ms, [] { return limited(); });
  no_default const named = co_await shield(fanout::named("child", limited()));
  auto const executor = co_await asio::this_coro::executor;
  no_default const bound = co_await shield(asio::bind_executor(executor, limited()));
  auto made = zoo::completing<void(boost::system::error_code, no_default)>(
      boost::system::error_code(), no_default(3));
  no_default const aborted = co_await timeout(50ms, abortable(std::move(made)));
  BOOST_TEST(shielded.number == 1);
  BOOST_TEST(limited_twice.number == 2);
  BOOST_TEST(called.number == 7);
  BOOST_TEST(named.number == 7);
  BOOST_TEST(bound.number == 7);
  BOOST_TEST(aborted.number == 3);
}

FANOUT_TEST(a_gather_and_a_race_yield_the_value_of_an_operation) {
  static_assert(std::is_same_v<child_value_t<decltype(limited())>, no_default>);
  auto const [one, two] = co_await gather(limited(), shield(undefaulted_after(20, 2)));
  static_assert(std::is_same_v<decltype(one), no_default const>);
  BOOST_TEST(one.number == 7);
  BOOST_TEST(two.number == 2);
  std::vector<no_default> const all = co_await gather(list(limited(), limited()));
  BOOST_TEST(all.at(1).number == 7);
  fanout::winner<no_default> const first = co_await race(limited(), undefaulted_after(20, 2));
  BOOST_TEST(first.value.number == 7);
  auto const nested = co_await shield(race(limited(), undefaulted_after(20, 2)));
  static_assert(std::is_same_v<decltype(nested), fanout::winner<no_default> const>);
  BOOST_TEST(nested.value.number == 7);
  auto const success = co_await timeout(50ms, first_success(failing(), limited()));
  BOOST_TEST(success.index == 1);
  BOOST_TEST(success.value.number == 7);
}

FANOUT_TEST(a_task_has_the_value_of_an_operation) {
  fanout::future<no_default> const task =
      create_task(co_await asio::this_coro::executor, limited());
  no_default const value = co_await timeout(50ms, task);
  BOOST_TEST(value.number == 7);
  fanout::task_group group(co_await asio::this_coro::executor);
  fanout::future<no_default> const member = group.create_task(shield(undefaulted_after(10, 3)));
  co_await group.join();
  BOOST_TEST(member.result().number == 3);
}

FANOUT_TEST(a_stream_has_the_values_of_operations) {
  auto stream = as_completed(limited(), shield(undefaulted_after(20, 2)));
  int sum = 0;
  while (auto const next = co_await stream.next()) sum += next->result->number;
  BOOST_TEST(sum == 9);
}

FANOUT_TEST(the_error_of_an_operation_without_a_value_reaches_the_operation_around_it) {
  auto const [error, value] = co_await gather(failing(), limited(), return_exceptions);
  static_assert(std::is_same_v<decltype(error), fanout::result<no_default> const>);
  check_error<oops>(error.error(), "failed");
  BOOST_TEST(value.value().number == 7);
  auto const [outer] = co_await gather(shield(failing()), return_exceptions);
  check_error<oops>(outer.error(), "failed");
}

// A value that cannot be moved the second time.
struct moved_once {
  explicit moved_once(int n) : moves(n) {}
  moved_once(moved_once&& other) : moves(other.moves - 1) {
    if (moves == 0) throw oops("moved too often");
  }
  int moves;
};

FANOUT_TEST(an_exception_out_of_the_move_of_a_value_is_the_error_of_the_child) {
  for (int moves = 1; moves != 20; ++moves) {
    auto const yields = [moves]() -> awaitable<moved_once> { co_return moved_once(moves); };
    try {
      co_await gather(timeout(50ms, yields), return_exceptions);
    } catch (oops const& e) {
      BOOST_TEST(e.what() == "moved too often");
    }
  }
}

// ---- a group of one child is no such operation

FANOUT_TEST(a_gather_of_one_child_yields_a_tuple_also_as_a_child) {
  auto const one = [] { return gather(undefaulted_after(10, 7)); };
  static_assert(std::is_same_v<child_value_t<decltype(one())>, fanout::values<no_default>>);
  fanout::values<no_default> const inner = co_await shield(one());
  BOOST_TEST(inner.get<0>().number == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace compositions_values
