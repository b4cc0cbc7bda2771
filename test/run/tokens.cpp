//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 3: tokens inside a coroutine, inside the groups of Asio, and nesting.

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#if __has_include(<boost/asio/cancel_after.hpp>)
#include <boost/asio/cancel_after.hpp>
#endif
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
// In Boost 1.81 this one needs the headers above.
#include <boost/asio/experimental/parallel_group.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <tuple>
#include <utility>
#include <vector>

namespace tokens {

using namespace zoo;
using fanout::gather;
using fanout::shield;

// All that is gathered here: two children that yield {1, 2}, in a copyable and in a one-shot form.
struct returns_after {
  int value;
  awaitable<int> operator()() const { return after(10 * value, value); }
};

auto pair() { return gather(returns_after{1}, returns_after{2}); }
auto one_shot() { return gather(after(10, 1), after(20, 2)); }

using two = std::tuple<int, int>;
auto const right = two(1, 2);

BOOST_AUTO_TEST_SUITE(tokens_test)

// ---- inside a coroutine

FANOUT_TEST(an_operation_can_be_awaited_directly) { BOOST_TEST((co_await pair() == right)); }

FANOUT_TEST(use_awaitable_makes_an_awaitable) {
  asio::awaitable<two> waiting = pair()(asio::use_awaitable);
  BOOST_TEST((co_await std::move(waiting) == right));
}

FANOUT_TEST(deferred_makes_an_operation_again) {
  auto operation = pair()(asio::deferred);
  BOOST_TEST((co_await std::move(operation) == right));
}

FANOUT_TEST(as_tuple_of_use_awaitable_does_not_throw) {
  auto const ended = co_await pair()(asio::as_tuple(asio::use_awaitable));
  auto const& [error, values] = ended;
  BOOST_TEST(!error);
  BOOST_TEST((values == right));
  auto failing = gather(throws_at_once("oops"), after(10, 2));
  auto const failed = co_await std::move(failing)(asio::as_tuple(asio::use_awaitable));
  auto const& [error_of_failing, nothing] = failed;
  fanout_test::check_error<oops>(error_of_failing, "oops");
}

FANOUT_TEST(as_tuple_of_deferred_does_not_throw) {
  auto const ended = co_await pair()(asio::as_tuple(asio::deferred));
  auto const& [error, values] = ended;
  BOOST_TEST(!error);
  BOOST_TEST((values == right));
}

FANOUT_TEST(an_operation_of_copyable_children_can_be_awaited_again) {
  auto const operation = pair();
  BOOST_TEST((co_await operation == right));
  BOOST_TEST((co_await operation == right));
}

FANOUT_TEST(an_operation_of_copyable_children_can_be_given_to_tokens_again) {
  auto const operation = pair();
  BOOST_TEST((co_await operation(asio::use_awaitable) == right));
  BOOST_TEST((co_await operation(asio::deferred) == right));
}

FANOUT_TEST(an_operation_of_move_only_children_is_moved_into_its_only_run) {
  auto operation = one_shot();
  BOOST_TEST((co_await std::move(operation) == right));
}

FANOUT_TEST(an_operation_is_a_child_of_another_one) {
  auto const nested = co_await gather(pair(), one_shot(), pair()(asio::deferred));
  BOOST_TEST((nested == std::tuple(right, right, right)));
}

FANOUT_TEST(operations_nest_to_any_depth) {
  auto const nested = co_await gather(gather(gather(gather(at_once(1)), at_once(2))));
  using first = std::tuple<int>;
  using second = std::tuple<first, int>;
  using third = std::tuple<second>;
  std::tuple<third> const expected{third{second{first{1}, 2}}};
  BOOST_TEST((nested == expected));
}

FANOUT_TEST(a_range_of_operations_is_gathered) {
  std::vector<decltype(one_shot())> operations;
  for (int i = 0; i < 3; ++i) operations.push_back(one_shot());
  auto const all = co_await gather(std::move(operations));
  BOOST_TEST((all == std::vector(3, right)));
}

FANOUT_TEST(bind_executor_leads_a_coroutine_to_another_strand) {
  auto const strand = asio::make_strand(co_await asio::this_coro::executor);
  BOOST_TEST((co_await pair()(asio::bind_executor(strand, asio::use_awaitable)) == right));
}

FANOUT_TEST(bind_cancellation_slot_connects_the_signal_of_an_awaited_one) {
  asio::cancellation_signal signal;
  asio::post(co_await asio::this_coro::executor,
             [&] { signal.emit(asio::cancellation_type::terminal); });
  auto const token = asio::as_tuple(asio::use_awaitable);
  auto const ended = co_await pair()(asio::bind_cancellation_slot(signal.slot(), token));
  auto const& [error, values] = ended;
  BOOST_TEST(fanout::is_cancelled(error));
}

// ---- inside the groups of Asio

BOOST_AUTO_TEST_CASE(a_parallel_group_cancels_an_operation_among_its_members) {
  asio::io_context context;
  std::exception_ptr error;
  asio::experimental::make_parallel_group(
      gather(context, after(10, 1))(asio::deferred),
      fanout::sleep<virtual_clock>(context, milliseconds(5))(asio::deferred))
      .async_wait(asio::experimental::wait_for_one(),
                  [&](auto const&, std::exception_ptr e, std::tuple<int>, std::exception_ptr) {
                    error = e;
                  });
  fanout_test::drive(context);
  BOOST_TEST(fanout::is_cancelled(error));
}

FANOUT_TEST(operations_in_a_parallel_group_that_is_awaited_use_its_executor) {
  auto const executor = co_await asio::this_coro::executor;
  auto group =
      asio::experimental::make_parallel_group(gather(executor, after(10, 1))(asio::deferred),
                                              gather(executor, after(5, 2))(asio::deferred));
  auto const ended =
      co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  auto const& [order, e1, v1, e2, v2] = ended;
  BOOST_TEST(order == (std::array<std::size_t, 2>{1, 0}), boost::test_tools::per_element());
  BOOST_TEST((v1 == std::tuple(1) && v2 == std::tuple(2)));
}

// ---- the other operations

#if __has_include(<boost/asio/cancel_after.hpp>)
BOOST_AUTO_TEST_CASE(cancel_after_cancels_what_has_an_executor) {
  asio::io_context context;
  auto const soon = [] { return asio::cancel_after(std::chrono::milliseconds(1), asio::detached); };
  auto const forever = []() -> awaitable<void> { co_await fanout::sleep(std::chrono::hours(1)); };
  fanout::task_group group(context);
  fanout::future<void> const task = group.create_task(forever());
  fanout::future<void> const alone = fanout::create_task(context, forever());
  gather(context, forever())(soon());
  alone(soon());
  group.join()(soon());
  context.run();
  BOOST_TEST(task.cancelled());
  BOOST_TEST(alone.cancelled());
}
#endif

FANOUT_TEST(sleep_takes_every_token) {
  auto const executor = co_await asio::this_coro::executor;
  auto const begin = now_ms();
  auto const operation = sleep_ms(10);
  co_await operation;
  co_await operation;
  co_await operation(asio::use_awaitable);
  co_await operation(asio::deferred);
  auto const ended = co_await operation(asio::as_tuple(asio::use_awaitable));
  auto const& [error] = ended;
  BOOST_TEST(!error);
  BOOST_TEST(now_ms() - begin == 50);
  int calls = 0;
  operation(asio::bind_executor(executor, [&calls](std::exception_ptr) { ++calls; }));
  fanout::sleep<virtual_clock>(executor,
                               milliseconds(10))([&calls](std::exception_ptr) { ++calls; });
  co_await sleep_ms(10);
  co_await sleep_ms(0);
  BOOST_TEST(calls == 2);
}

FANOUT_TEST(shield_takes_every_token) {
  auto const operation = shield(returns_after{1});
  BOOST_TEST(co_await operation == 1);
  BOOST_TEST(co_await operation(asio::use_awaitable) == 1);
  BOOST_TEST(co_await operation(asio::deferred) == 1);
  auto const ended = co_await operation(asio::as_tuple(asio::use_awaitable));
  auto const& [error, value] = ended;
  BOOST_TEST(!error);
  BOOST_TEST(value == 1);
  auto one_shot = shield(after(1, 2));
  BOOST_TEST(co_await std::move(one_shot) == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tokens
