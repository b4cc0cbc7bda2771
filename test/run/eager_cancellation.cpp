//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Operations with `eager` that are asked to end: in a first step, while children wait, and before.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/kept_handler.hpp"
#include "../support/outcome.hpp"
#include "../support/steps.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace eager_cancellation {

using namespace zoo;
using namespace steps;
using fanout::cancel_on_error;
using fanout::create_task;
using fanout::eager;
using fanout::gather;
using fanout::race;
using fanout::return_exceptions;
using fanout::task_group;
using fanout::with_task_group;
using fanout_test::check_aborted;
using fanout_test::check_error;

// Requests a cancellation in its first step, and ends.
awaitable<int> asks(strings& log, asio::cancellation_signal& signal,
                    asio::cancellation_type type = asio::cancellation_type::terminal) {
  log.push_back("asks");
  signal.emit(type);
  co_return 0;
}

// Runs a coroutine that hears `signal`, and writes its end.
template <class F>
void spawn(asio::any_io_executor const& executor, strings& log, asio::cancellation_signal& signal,
           F f) {
  asio::co_spawn(
      executor, std::move(f),
      asio::bind_cancellation_slot(signal.slot(), [&log](std::exception_ptr error) {
        log.push_back(!error ? "ended" : fanout::is_cancelled(error) ? "cancelled" : "failed");
      }));
}

BOOST_AUTO_TEST_SUITE(eager_cancellation_test)

FANOUT_TEST(a_request_in_a_first_step_keeps_later_children_from_starting) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  asio::post(executor, [&log] { log.push_back("ready handler"); });
  auto const body = [&]() -> awaitable<void> {
    try {
      co_await gather(step(log, "a"), asks(log, signal), step(log, "c"), eager);
      log.push_back("values");
    } catch (boost::system::system_error const& e) {
      log.push_back(e.what() == fanout_test::aborted_text() ? "aborted" : e.what());
      throw;
    }
  };
  spawn(executor, log, signal, body);
  co_await sleep_ms(1);
  check(log, {"a", "asks", "ready handler", "aborted", "cancelled"});
}

FANOUT_TEST(a_request_in_a_first_step_reaches_children_that_wait) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const body = [&]() -> awaitable<void> {
    co_await gather(logged(log, "a", 50), asks(log, signal), step(log, "c"), eager);
  };
  spawn(executor, log, signal, body);
  co_await sleep_ms(1);
  check(log, {"+a", "asks", "!a", "cancelled"});
}

FANOUT_TEST(a_request_in_the_last_first_step_ends_the_gather_as_cancelled) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const body = [&]() -> awaitable<void> {
    co_await gather(step(log, "a"), asks(log, signal), eager);
  };
  spawn(executor, log, signal, body);
  check(log, {"a", "asks"});
  co_await sleep_ms(1);
  check(log, {"a", "asks", "cancelled"});
}

FANOUT_TEST(a_request_that_is_not_terminal_leaves_the_values_of_children_that_have_ended) {
  strings log;
  asio::cancellation_signal signal;
  auto const seen =
      fanout_test::start(gather(co_await asio::this_coro::executor, step(log, "a", 1),
                                asks(log, signal, asio::cancellation_type::total), eager),
                         signal);
  co_await sleep_ms(1);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(!seen->error);
  BOOST_TEST(std::get<0>(seen->value) == 1);
  BOOST_TEST(seen->slot_was_clear);
}

FANOUT_TEST(a_handler_is_not_called_inside_although_a_first_step_has_asked) {
  strings log;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(gather(co_await asio::this_coro::executor, step(log, "a"),
                                              asks(log, signal), step(log, "c"), eager),
                                       signal);
  BOOST_TEST(seen->calls == 0);
  check(log, {"a", "asks"});
  co_await sleep_ms(1);
  BOOST_TEST(seen->calls == 1);
  check_aborted(seen->error);
  BOOST_TEST(seen->slot_was_clear);
}

FANOUT_TEST(a_request_while_children_wait_reaches_each) {
  strings log;
  asio::cancellation_signal signal;
  auto const seen = fanout_test::start(
      gather(co_await asio::this_coro::executor, hears(log, "a", 5), hears(log, "b", 5), eager),
      signal);
  signal.emit(asio::cancellation_type::partial);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(10);
  check(log, {"a:partial", "b:partial", "a:terminal", "b:terminal"});
  BOOST_TEST(seen->calls == 1);
  check_aborted(seen->error);
}

FANOUT_TEST(a_connected_slot_is_clear_after_a_gather_that_went_on_without_a_turn) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const body = [&]() -> awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      co_await gather(step(log, "a"), step(log, "b"), eager);
      BOOST_TEST(!(co_await asio::this_coro::cancellation_state).slot().has_handler());
    }
    co_await sleep_ms(50);
  };
  spawn(executor, log, signal, body);
  co_await sleep_ms(1);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(1);
  check(log, {"a", "b", "a", "b", "a", "b", "cancelled"});
}

FANOUT_TEST(a_child_that_resets_its_cancellation_state_does_not_change_the_next_one) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const deaf_at_once = [&]() -> awaitable<int> {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return 0;
  };
  auto const body = [&]() -> awaitable<void> {
    co_await gather(deaf_at_once(), logged(log, "b", 50), eager);
  };
  spawn(executor, log, signal, body);
  co_await sleep_ms(1);
  signal.emit(asio::cancellation_type::terminal);
  co_await sleep_ms(1);
  check(log, {"+b", "!b", "cancelled"});
}

FANOUT_TEST(a_nested_gather_is_asked_in_a_first_step_of_its_own) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const inner = [&]() -> awaitable<int> {
    co_await gather(step(log, "a1"), asks(log, signal), step(log, "a3"), eager);
    log.push_back("inner goes on");
    co_return 0;
  };
  auto const body = [&]() -> awaitable<void> { co_await gather(inner(), step(log, "b"), eager); };
  spawn(executor, log, signal, body);
  co_await sleep_ms(1);
  check(log, {"a1", "asks", "cancelled"});
}

FANOUT_TEST(a_race_that_is_asked_in_a_first_step_is_cancelled) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const waits_and_asks = [&]() -> awaitable<int> {
    log.push_back("asks");
    signal.emit(asio::cancellation_type::terminal);
    co_await sleep_ms(5);
    co_return 0;
  };
  auto const body = [&]() -> awaitable<void> {
    co_await race(waits_and_asks(), step(log, "b"), eager);
  };
  spawn(executor, log, signal, body);
  co_await sleep_ms(1);
  check(log, {"asks", "cancelled"});
}

// Throws when it is asked to end, and goes on.
auto throws_when_asked() {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void(boost::system::error_code)>(
      [](auto handler) {
        asio::get_associated_cancellation_slot(handler).assign(
            [](asio::cancellation_type) { throw oops("asked"); });
        auto const alarm = std::make_shared<asio::steady_timer>(
            asio::get_associated_executor(handler), milliseconds(5));
        alarm->async_wait([alarm, handler = std::move(handler)](auto error) mutable {
          std::move(handler)(error);
        });
      },
      token);
}

BOOST_AUTO_TEST_CASE(what_a_request_in_a_first_step_throws_leaves_run_and_loses_no_child) {
  asio::io_context context;
  strings log;
  std::exception_ptr error;
  auto const body = [&]() -> awaitable<void> {
    co_await gather(throws_when_asked(), throwing_initiation("failed"), step(log, "c"),
                    cancel_on_error, eager);
  };
  asio::co_spawn(context, body, [&](std::exception_ptr e) { error = e; });
  BOOST_CHECK_EXCEPTION(context.run(), oops,
                        [](oops const& e) { return e.what() == std::string("asked"); });
  BOOST_TEST(!error);
  context.run();
  check_error<oops>(error, "failed");
  BOOST_TEST(log.empty());
}

// ---- tasks, groups and streams

FANOUT_TEST(a_task_that_cancels_itself_in_its_first_step_ends_as_it_likes) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  std::optional<fanout::future<int>> self;
  auto const body = [&]() -> awaitable<int> {
    co_await asio::post(asio::deferred);
    self->cancel();
    co_return co_await after(5, 1);
  };
  self = create_task(executor, body(), "task", eager);
  co_await sleep_ms(1);
  BOOST_TEST(self->cancelled());
}

FANOUT_TEST(a_group_that_is_cancelled_in_a_first_step_takes_no_more) {
  strings log;
  task_group group(co_await asio::this_coro::executor, eager);
  auto const cancels = [&]() -> awaitable<void> {
    group.cancel();
    co_return;
  };
  auto const waits = group.create_task(logged(log, "a", 50));
  auto const asked = group.create_task(cancels);
  BOOST_TEST(asked.done());
  FANOUT_CHECK_THROWS(
      fanout::invalid_state,
      "fanout::task_group: it has ended, or is being cancelled: invalid state [fanout:1]",
      group.create_task(step(log, "c")));
  co_await group.join();
  BOOST_TEST(waits.cancelled());
  check(log, {"+a", "!a"});
}

FANOUT_TEST(a_failure_in_a_first_step_cancels_the_other_tasks_of_a_group) {
  strings log;
  task_group group(co_await asio::this_coro::executor, eager);
  auto const waits = group.create_task(logged(log, "a", 50));
  auto const failed = group.create_task(throws_at_once("oops"));
  BOOST_TEST(failed.done());
  FANOUT_CHECK_THROWS(oops, "oops", co_await group.join());
  BOOST_TEST(waits.cancelled());
  check(log, {"+a", "!a"});
}

FANOUT_TEST(a_stream_that_is_closed_in_a_first_step_starts_no_further_child) {
  strings log;
  auto const executor = co_await asio::this_coro::executor;
  std::optional<fanout::completion_stream<int>> stream;
  std::function<void()> close = [&] {
    stream->close()(asio::bind_executor(executor, [](std::exception_ptr) {}));
  };
  auto const closes = [&]() -> awaitable<int> {
    log.push_back("closes");
    close();
    co_return 1;
  };
  std::vector<awaitable<int>> children;
  children.push_back(closes());
  children.push_back(step(log, "b"));
  stream.emplace(fanout::as_completed(std::move(children), eager));
  auto const first = co_await stream->next();
  BOOST_TEST(first->index == 0u);
  BOOST_TEST(first->result.value() == 1);
  co_await stream->close();
  auto const second = co_await stream->next();
  BOOST_REQUIRE(second.has_value());
  check_aborted(second->result.error());
  BOOST_TEST(!(co_await stream->next()).has_value());
  check(log, {"closes"});
}

// Lets a with_task_group with `eager` run `f`, and hear `signal`.
template <class F>
awaitable<void> run_in_group(strings& log, asio::cancellation_signal& signal, F f) {
  auto const around = [&log, f]() -> awaitable<void> {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await with_task_group(f, eager);
    log.push_back("goes on");
  };
  spawn(co_await asio::this_coro::executor, log, signal, around);
  co_await sleep_ms(1);
}

FANOUT_TEST(a_group_around_eager_tasks_hears_its_request) {
  strings log;
  asio::cancellation_signal signal;
  co_await run_in_group(log, signal, [&](task_group& group) -> awaitable<void> {
    group.create_task(logged(log, "a", 50));
    group.create_task(asks(log, signal));
    co_await sleep_ms(50);
  });
  check(log, {"+a", "asks", "!a", "cancelled"});
}

FANOUT_TEST(a_group_that_was_asked_in_a_first_step_ends_as_cancelled_although_all_have_ended) {
  strings log;
  asio::cancellation_signal signal;
  co_await run_in_group(log, signal, [&](task_group& group) -> awaitable<void> {
    group.create_task(asks(log, signal));
    co_return;
  });
  check(log, {"asks", "cancelled"});
}

// Writes the types of the requests that it hears, and ends after a terminal one.
auto writes_requests(strings& log) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void(boost::system::error_code)>(
      [&log](auto handler) {
        auto const executor = asio::get_associated_executor(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        fanout_test::kept_handler const kept(std::move(handler));
        slot.assign([&log, executor, kept](asio::cancellation_type type) {
          bool const ends = type == asio::cancellation_type::terminal;
          log.push_back(ends ? "terminal" : "another");
          if (!ends) return;
          asio::post(executor, [kept] {
            kept.take()(boost::system::error_code(asio::error::operation_aborted));
          });
        });
      },
      token);
}

FANOUT_TEST(the_first_wait_for_a_stream_hears_a_request_in_a_first_step) {
  strings log;
  asio::cancellation_signal signal;
  auto const executor = co_await asio::this_coro::executor;
  auto const asks_and_waits = [&]() -> awaitable<int> {
    co_await asks(log, signal);
    co_await sleep_ms(50);
    co_return 0;
  };
  auto const body = [&]() -> awaitable<void> {
    auto const stream = fanout::as_completed(asks_and_waits(), step(log, "b"), eager);
    co_await stream.next();
    log.push_back("goes on");
  };
  spawn(executor, log, signal, body);
  co_await sleep_ms(1);
  check(log, {"asks", "b", "cancelled"});
}

FANOUT_TEST(a_group_that_was_asked_in_a_first_step_takes_no_more) {
  strings log;
  asio::cancellation_signal signal;
  co_await run_in_group(log, signal, [&](task_group& group) -> awaitable<void> {
    group.create_task(asks(log, signal));
    try {
      group.create_task(step(log, "b"));
    } catch (fanout::invalid_state const&) {
      log.push_back("refused");
    }
    co_return;
  });
  check(log, {"asks", "refused", "cancelled"});
}

FANOUT_TEST(a_gather_in_a_task_hears_what_a_first_step_in_it_asks_of_the_group) {
  strings log;
  asio::cancellation_signal signal;
  co_await run_in_group(log, signal, [&](task_group& group) -> awaitable<void> {
    group.create_task(gather(asks(log, signal), step(log, "b"), eager));
    co_return;
  });
  check(log, {"asks", "cancelled"});
}

FANOUT_TEST(a_task_hears_each_request_in_a_first_step) {
  strings log;
  asio::cancellation_signal signal;
  auto const asks_twice = [&]() -> awaitable<void> {
    signal.emit(asio::cancellation_type::total);
    signal.emit(asio::cancellation_type::terminal);
    co_return;
  };
  co_await run_in_group(log, signal, [&](task_group& group) -> awaitable<void> {
    group.create_task(writes_requests(log));
    group.create_task(asks_twice);
    co_return;
  });
  check(log, {"another", "terminal", "cancelled"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace eager_cancellation
