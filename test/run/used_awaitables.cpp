//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// An awaitable that is empty, or was awaited before, fails its child with `invalid_state`, in every
// verb. Asio would follow a null pointer.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/named.hpp>
#include <fanout/race.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace used_awaitables {

using namespace zoo;
using namespace std::chrono_literals;
using fanout::create_task;
using fanout::gather;
using fanout::invalid_state;
using virtual_clock = fanout::virtual_clock;
namespace asio = boost::asio;

char const* const text =
    "fanout: this awaitable is empty, or was awaited before: invalid state [fanout:1]";

template <class Operation>
asio::awaitable<void> check_fails(std::string what, Operation operation) {
  std::exception_ptr error;
  try {
    co_await std::move(operation);
  } catch (...) {
    error = std::current_exception();
  }
  BOOST_TEST_CONTEXT(what) { fanout_test::check_error<invalid_state>(error, text); }
}

// A child that yields the awaitable in all the ways in which that can be given.
template <class F>
asio::awaitable<void> in_every_shape(F const& check) {
  auto const executor = co_await asio::this_coro::executor;
  using empty = asio::awaitable<int>;
  co_await check("as it is", [] { return empty(); });
  co_await check("named", [] { return fanout::named("x", empty()); });
  auto const bound = [&executor] { return asio::bind_executor(executor, empty()); };
  auto const on_a_strand = [&executor] {
    return asio::bind_executor(asio::make_strand(executor), empty());
  };
  co_await check("bound", bound);
  co_await check("bound to a strand", on_a_strand);
  co_await check("made by a callable", [] { return [] { return empty(); }; });
  co_await check("made by a callable that binds it", [&bound] { return bound; });
}

BOOST_AUTO_TEST_SUITE(used_awaitables_test)

FANOUT_TEST(an_empty_awaitable_fails_its_child_in_every_verb) {
  co_await in_every_shape([](std::string shape, auto make) -> asio::awaitable<void> {
    auto const executor = co_await asio::this_coro::executor;
    auto const name = [&](char const* verb) { return std::string(verb) + ", " + shape; };
    co_await check_fails(name("gather"), gather(make(), hop(1)));
    co_await check_fails(name("race"), fanout::race(make(), sleep_ms(5)));
    co_await check_fails(name("timeout"), fanout::timeout<virtual_clock>(5ms, make()));
    co_await check_fails(name("shield"), fanout::shield(make()));
    co_await check_fails(name("create_task"), create_task(executor, make()));
    fanout::task_group group(executor);
    co_await check_fails(name("task of a group"), group.create_task(make()));
    co_await check_fails(name("group"), group.join());
    auto stream = fanout::as_completed(make());
    auto const next = co_await stream.next();
    fanout_test::check_error<invalid_state>(next->result.error(), text);
    auto all = gather(make(), hop(2), fanout::return_exceptions);
    auto const [a, b] = co_await std::move(all);
    fanout_test::check_error<invalid_state>(a.error(), text);
    BOOST_TEST(b.value() == 2);
    auto const first = co_await fanout::first_success(make(), after(5, 3));
    BOOST_TEST(first.index == 1u);
  });
}

FANOUT_TEST(a_range_with_an_empty_awaitable_fails_there) {
  std::vector<asio::awaitable<int>> some;
  some.push_back(after(5, 1));
  some.emplace_back();
  some.push_back(hop(3));
  auto const all = co_await gather(std::move(some), fanout::return_exceptions);
  BOOST_TEST(all[0].value() == 1);
  fanout_test::check_error<invalid_state>(all[1].error(), text);
  BOOST_TEST(all[2].value() == 3);
}

FANOUT_TEST(one_awaitable_that_is_given_twice_runs_once) {
  auto one = after(5, 1);
  auto both = gather(std::move(one), std::move(one), fanout::return_exceptions);
  auto const [a, b] = co_await std::move(both);
  BOOST_TEST((a.has_value() != b.has_value()));
  fanout_test::check_error<invalid_state>(a.has_error() ? a.error() : b.error(), text);
}

FANOUT_TEST(an_operation_that_is_awaited_twice_fails_the_second_time) {
  auto const executor = co_await asio::this_coro::executor;
  auto alike = gather(hop(1), hop(2));
  co_await std::move(alike);
  co_await check_fails("gather", std::move(alike));
  auto mixed = gather(hop(1), nothing_after(1));
  co_await std::move(mixed);
  co_await check_fails("gather of several types", std::move(mixed));
  auto nested = gather(gather(hop(1)), hop(2));
  co_await std::move(nested);
  co_await check_fails("gather in a gather", std::move(nested));
  auto limited = fanout::timeout<virtual_clock>(5ms, hop(1));
  co_await std::move(limited);
  co_await check_fails("timeout", std::move(limited));
  auto bound = gather(executor, asio::bind_executor(asio::make_strand(executor), hop(1)));
  co_await std::move(bound);
  co_await check_fails("a bound child", std::move(bound));
}

BOOST_AUTO_TEST_CASE(a_main_that_is_empty_fails) {
  FANOUT_CHECK_THROWS(invalid_state, text, fanout::run(asio::awaitable<int>()));
  FANOUT_CHECK_THROWS(invalid_state, text, fanout::run([] { return asio::awaitable<void>(); }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace used_awaitables
