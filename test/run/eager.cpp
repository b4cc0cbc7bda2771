//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Operations with `eager`: when children start, and when the operation completes.

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/steps.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace eager_starts {

using namespace zoo;
using namespace steps;
using fanout::cancel_on_error;
using fanout::eager;
using fanout::first_success;
using fanout::gather;
using fanout::limit;
using fanout::race;
using fanout::return_exceptions;
using fanout_test::check_error;

awaitable<int> fails(strings& log, std::string name) {
  log.push_back(name);
  throw oops(name);
  co_return 0;
}

BOOST_AUTO_TEST_SUITE(eager_test)

// ---- start

FANOUT_TEST(children_start_inside_the_call_in_the_order_of_the_arguments) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  gather(executor, step(log, "a"), two_steps(log, "b"), step(log, "c"), eager)(
      [&log](std::exception_ptr, std::tuple<int, int, int>) { log.push_back("handler"); });
  log.push_back("the call has returned");
  co_await sleep_ms(1);
  check(log, {"a", "b", "c", "the call has returned", "b goes on", "handler"});
}

FANOUT_TEST(without_eager_nothing_starts_inside_the_call) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  gather(executor, step(log, "a"))([](std::exception_ptr, std::tuple<int>) {});
  log.push_back("the call has returned");
  co_await sleep_ms(1);
  check(log, {"the call has returned", "a"});
}

FANOUT_TEST(children_of_a_range_start_inside_the_call) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  gather(executor, list(step(log, "a"), two_steps(log, "b"), step(log, "c")),
         eager)([&log](std::exception_ptr, std::vector<int>) { log.push_back("handler"); });
  log.push_back("the call has returned");
  co_await sleep_ms(1);
  check(log, {"a", "b", "c", "the call has returned", "b goes on", "handler"});
}

FANOUT_TEST(operations_and_callables_start_inside_the_call_too) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const callable = [&log] { return step(log, "callable"); };
  asio::deferred_t token;
  auto operation = asio::async_initiate<asio::deferred_t, void()>(
      [&log](auto handler) {
        log.push_back("operation");
        asio::post(std::move(handler));
      },
      token);
  gather(executor, operation, callable, eager)([](auto&&...) {});
  check(log, {"operation", "callable"});
}

FANOUT_TEST(a_limit_holds_for_children_that_start_inside_the_call) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  gather(executor, step(log, "a"), two_steps(log, "b"), step(log, "c"), limit(1),
         eager)([](auto&&...) {});
  check(log, {"a", "b"});
  co_await sleep_ms(1);
  check(log, {"a", "b", "b goes on", "c"});
}

// Two children end, and each end posts a start; the first one comes to the end of the gather.
FANOUT_TEST(a_start_that_comes_after_the_completion_starts_nothing) {
  strings log;
  fanout::promise<int> both(co_await asio::this_coro::executor);
  asio::deferred_t token;
  auto const operation_at_once = asio::async_initiate<asio::deferred_t, void(int)>(
      [](auto handler) { std::move(handler)(1); }, token);
  asio::post(co_await asio::this_coro::executor, [&both] { both.set_value(1); });
  auto const [a, b, c, d] = co_await gather(both.get_future(), both.get_future(), operation_at_once,
                                            operation_at_once, limit(2), eager);
  BOOST_TEST(a + b + c + d == 4);
  co_await sleep_ms(1);
}

FANOUT_TEST(a_call_outside_of_the_executor_starts_nothing_inside) {
  strings log;
  asio::io_context other;
  gather(other, step(log, "a"), eager)([&log](auto&&...) { log.push_back("handler"); });
  log.push_back("the call has returned");
  other.run();
  check(log, {"the call has returned", "a", "handler"});
  co_return;
}

FANOUT_TEST(a_child_that_is_bound_to_an_executor_starts_there) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const strand = asio::make_strand(executor);
  co_await gather(step(log, "a"), asio::bind_executor(strand, two_steps(log, "b")), step(log, "c"),
                  eager);
  check(log, {"a", "c", "b", "b goes on"});
}

FANOUT_TEST(a_strand_that_the_call_runs_on_starts_children_inside) {
  strings log;
  auto const strand = asio::make_strand(co_await asio::this_coro::executor);
  auto const body = [&]() -> awaitable<void> {
    co_await ready_handler(log);
    co_await gather(step(log, "a"), step(log, "b"), eager);
    log.push_back("after the await");
  };
  co_await asio::co_spawn(strand, body, asio::deferred);
  check(log, {"a", "b", "after the await", "ready handler"});
}

// ---- completion

FANOUT_TEST(a_plain_await_goes_on_without_a_turn_if_all_have_ended) {
  strings log;
  co_await ready_handler(log);
  auto const [a, b] = co_await gather(step(log, "a", 1), step(log, "b", 2), eager);
  log.push_back("after the await");
  co_await sleep_ms(1);
  BOOST_TEST(a == 1);
  BOOST_TEST(b == 2);
  check(log, {"a", "b", "after the await", "ready handler"});
}

FANOUT_TEST(a_plain_await_waits_for_a_child_that_waits) {
  strings log;
  co_await ready_handler(log);
  auto const [a, b] = co_await gather(two_steps(log, "a", 1), step(log, "b", 2), eager);
  log.push_back("after the await");
  BOOST_TEST(a == 1);
  BOOST_TEST(b == 2);
  check(log, {"a", "b", "ready handler", "a goes on", "after the await"});
}

FANOUT_TEST(nothing_to_gather_goes_on_without_a_turn) {
  strings log;
  co_await ready_handler(log);
  auto const none = co_await gather(std::vector<awaitable<int>>(), eager);
  log.push_back("after the await");
  co_await sleep_ms(1);
  BOOST_TEST(none.empty());
  check(log, {"after the await", "ready handler"});
}

FANOUT_TEST(every_token_but_a_plain_await_completes_by_a_turn) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;

  co_await ready_handler(log);
  auto const [error, values] =
      co_await gather(step(log, "a"), eager)(asio::as_tuple(asio::deferred));
  BOOST_TEST(!error);
  log.push_back("as_tuple");

  co_await ready_handler(log);
  co_await gather(step(log, "b"), eager)(asio::use_awaitable);
  log.push_back("use_awaitable");

  co_await ready_handler(log);
  gather(executor, step(log, "c"), eager)([&log](auto&&...) { log.push_back("handler"); });
  co_await sleep_ms(1);
  check(log, {"a", "ready handler", "as_tuple", "b", "ready handler", "use_awaitable", "c",
              "ready handler", "handler"});
}

FANOUT_TEST(the_children_and_the_policies_are_gone_when_the_await_goes_on) {
  auto const executor = co_await asio::this_coro::executor;
  auto owned = std::make_shared<int>(1);
  auto child = [owned]() -> awaitable<int> { co_return *owned; };
  auto told = fanout::on_progress([owned](fanout::progress const&) {});
  auto both = gather(std::move(child), std::move(told), eager);
  co_await std::move(both);
  BOOST_TEST(owned.use_count() == 1);
  auto other = [owned]() -> awaitable<int> { co_return *owned; };
  auto with_executor = gather(executor, std::move(other), eager);
  co_await std::move(with_executor);
  BOOST_TEST(owned.use_count() == 1);
}

FANOUT_TEST(an_operation_that_can_be_copied_runs_again) {
  strings log;
  auto const again = gather([&log] { return step(log, "a", 1); }, eager);
  BOOST_TEST(std::get<0>(co_await again) == 1);
  BOOST_TEST(std::get<0>(co_await again) == 1);
  check(log, {"a", "a"});
}

FANOUT_TEST(a_coroutine_that_only_awaits_what_is_ready_does_not_end_inside_co_spawn) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const body = [&log]() -> awaitable<void> { co_await gather(step(log, "a"), eager); };
  asio::co_spawn(executor, body, [&log](std::exception_ptr) { log.push_back("handler"); });
  log.push_back("the call has returned");
  co_await sleep_ms(1);
  BOOST_TEST(log.back() == "handler");
  BOOST_TEST(log.size() == 3u);
}

FANOUT_TEST(an_executor_that_stands_first_may_be_that_of_the_coroutine) {
  strings log;
  co_await ready_handler(log);
  co_await gather(co_await asio::this_coro::executor, step(log, "a"), eager);
  log.push_back("after the await");
  co_await sleep_ms(1);
  check(log, {"a", "after the await", "ready handler"});
}

FANOUT_TEST(a_coroutine_on_a_strand_gathers_on_the_context_below) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const body = [&]() -> awaitable<void> {
    co_await gather(executor, step(log, "a"), two_steps(log, "b"), eager);
    log.push_back("after the await");
  };
  co_await asio::co_spawn(asio::make_strand(executor), body, asio::deferred);
  check(log, {"a", "b", "b goes on", "after the await"});
}

// Asio may run a strand of the same context inline: the coroutine goes on by a turn all the same.
FANOUT_TEST(a_gather_on_another_strand_completes_by_a_turn) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  auto const strand = asio::make_strand(executor);
  auto const body = [&]() -> awaitable<void> { co_await gather(strand, step(log, "a"), eager); };
  asio::co_spawn(executor, body, [&log](std::exception_ptr) { log.push_back("handler"); });
  log.push_back("the call has returned");
  co_await sleep_ms(1);
  BOOST_TEST(log.size() == 3u);
  BOOST_TEST(log.back() == "handler");
}

FANOUT_TEST(a_coroutine_that_was_moved_to_a_strand_goes_on_where_it_belongs) {
  auto const executor = co_await asio::this_coro::executor;
  auto const own = asio::make_strand(executor), other = asio::make_strand(executor);
  bool there = false, back = false;
  auto const body = [&]() -> awaitable<void> {
    co_await asio::post(asio::bind_executor(other, asio::use_awaitable));
    BOOST_TEST(other.running_in_this_thread());
    auto const child = [&]() -> awaitable<void> {
      there = other.running_in_this_thread();
      co_return;
    };
    co_await gather(other, child, eager);
    back = own.running_in_this_thread();
  };
  co_await asio::co_spawn(own, body, asio::deferred);
  BOOST_TEST(there);
  BOOST_TEST(back);
}

FANOUT_TEST(a_child_that_moves_to_a_strand_gathers_there) {
  auto const executor = co_await asio::this_coro::executor;
  auto const strand = asio::make_strand(executor);
  bool there = false;
  auto const moves = [&]() -> awaitable<void> {
    co_await asio::dispatch(asio::bind_executor(strand, asio::use_awaitable));
    auto const child = [&]() -> awaitable<void> {
      there = strand.running_in_this_thread();
      co_return;
    };
    co_await gather(strand, child, eager);
  };
  co_await gather(moves, eager);
  BOOST_TEST(there);
}

// Has a member that the handler of a co_await has, too.
struct handler_with_detach {
  bool* called;

  void detach() noexcept {}
  void operator()(std::exception_ptr, std::tuple<int>) const { *called = true; }
};

FANOUT_TEST(a_handler_of_the_user_is_called_by_a_turn_whatever_members_it_has) {
  strings log;
  bool called = false;
  gather(co_await asio::this_coro::executor, step(log, "a"), eager)(handler_with_detach{&called});
  BOOST_TEST(!called);
  co_await sleep_ms(1);
  BOOST_TEST(called);
}

// ---- the ends of children

FANOUT_TEST(the_first_error_of_a_first_step_is_thrown_without_a_turn) {
  strings log;
  co_await ready_handler(log);
  FANOUT_CHECK_THROWS(oops, "b",
                      co_await gather(two_steps(log, "a"), fails(log, "b"), two_steps(log, "c"),
                                      fails(log, "d"), eager));
  log.push_back("caught");
  co_await sleep_ms(1);
  check(log, {"a", "b", "c", "d", "caught", "ready handler", "a goes on", "c goes on"});
}

FANOUT_TEST(an_error_of_a_first_step_cancels_the_rest_if_asked_to) {
  strings log;
  FANOUT_CHECK_THROWS(oops, "b",
                      co_await gather(logged(log, "a", 5), fails(log, "b"), step(log, "c"),
                                      cancel_on_error, eager));
  check(log, {"+a", "b", "!a"});
}

FANOUT_TEST(errors_of_first_steps_are_results_if_asked_to) {
  strings log;
  auto const [a, b] = co_await gather(fails(log, "a"), step(log, "b", 2), return_exceptions, eager);
  check_error<oops>(a.error(), "a");
  BOOST_TEST(b.value() == 2);
  check(log, {"a", "b"});
}

FANOUT_TEST(a_race_that_is_won_in_a_first_step_starts_no_further_child) {
  strings log;
  co_await ready_handler(log);
  auto const won =
      co_await race(logged(log, "a", 5, 1), step(log, "b", 2), step(log, "c", 3), eager);
  log.push_back("after the await");
  BOOST_TEST(won.index == 1u);
  BOOST_TEST(won.value == 2);
  check(log, {"+a", "b", "ready handler", "!a", "after the await"});
}

FANOUT_TEST(a_race_whose_first_child_ends_at_once_goes_on_without_a_turn) {
  strings log;
  co_await ready_handler(log);
  auto const won = co_await race(step(log, "a", 1), step(log, "b", 2), eager);
  log.push_back("after the await");
  co_await sleep_ms(1);
  BOOST_TEST(won.value == 1);
  check(log, {"a", "after the await", "ready handler"});
}

FANOUT_TEST(a_first_success_passes_over_failures_of_first_steps) {
  strings log;
  co_await ready_handler(log);
  auto const won =
      co_await first_success(fails(log, "a"), step(log, "b", 2), step(log, "c", 3), eager);
  log.push_back("after the await");
  co_await sleep_ms(1);
  BOOST_TEST(won.index == 1u);
  check(log, {"a", "b", "after the await", "ready handler"});
}

FANOUT_TEST(a_deadline_strikes_children_that_have_started_inside_the_call) {
  strings log;
  auto const all = co_await gather(logged(log, "a", 50), step(log, "b", 2), return_exceptions,
                                   fanout::deadline<virtual_clock>(milliseconds(10)), eager);
  check_error<fanout::deadline_exceeded>(std::get<0>(all).error(),
                                         fanout::deadline_exceeded().what());
  BOOST_TEST(std::get<1>(all).value() == 2);
  check(log, {"+a", "b", "!a"});
}

// Throws when it is moved for the second time.
struct explosive {
  explicit explosive(int* n) : moves(n) {}
  explosive() = default;
  explosive(explosive&& other) : moves(other.moves) {
    if (moves && ++*moves == limit) throw oops("moved");
  }
  explosive& operator=(explosive&&) = default;
  static inline int limit = 0;
  int* moves = nullptr;
};

awaitable<explosive> explosive_at_once(int* moves) { co_return explosive(moves); }

FANOUT_TEST(a_value_whose_move_throws_is_an_error_at_the_await) {
  bool survives = false;
  for (explosive::limit = 1; !survives; ++explosive::limit) {
    int moves = 0;
    std::exception_ptr error;
    try {
      co_await gather(explosive_at_once(&moves), eager);
      survives = true;
    } catch (...) {
      error = std::current_exception();
    }
    if (!survives) check_error<oops>(error, "moved");
  }
  BOOST_TEST(explosive::limit > 3);
}

BOOST_AUTO_TEST_CASE(
    on_an_executor_that_never_runs_functions_inline_children_start_in_a_later_turn) {
  asio::io_context context(1);
  auto const never = asio::require(context.get_executor(), asio::execution::blocking.never);
  strings log;
  auto const child = [&log](std::string name) -> awaitable<void> {
    log.push_back(std::move(name));
    co_return;
  };
  asio::post(context, [&] {
    auto all = gather(never, child("first"), child("second"), eager);
    std::move(all)([&log](std::exception_ptr, auto) { log.emplace_back("completed"); });
    log.emplace_back("initiated");
  });
  context.run();
  BOOST_TEST(log == (strings{"initiated", "first", "second", "completed"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace eager_starts
