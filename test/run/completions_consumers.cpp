//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: as_completed, when it starts, who may ask it, and how it ends.

#include <fanout/as_completed.hpp>
#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace completions_consumers {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_signal;
using asio::cancellation_type;
using boost::test_tools::per_element;
using fanout::as_completed;
using fanout::limit;
using fanout_test::aborted_text;
using fanout_test::check_aborted;
using fanout_test::counted;
using lines = std::vector<std::string>;
using item = std::optional<fanout::completed<int>>;
using stream_of_int = fanout::completion_stream<int>;

constexpr cancellation_type every_type[] = {cancellation_type::terminal, cancellation_type::partial,
                                            cancellation_type::total};

template <class... Args>
auto within(Args&&... args) {
  return fanout::timeout<virtual_clock>(std::forward<Args>(args)...);
}

/// What a `next()` was told.
struct answer {
  int calls = 0;
  std::exception_ptr error;
  item value;
};

/// Asks for the next end, and writes down the answer.
template <class Executor>
std::shared_ptr<answer> ask(stream_of_int const& stream, Executor const& executor,
                            asio::cancellation_slot slot = {}) {
  auto const seen = std::make_shared<answer>();
  stream.next()(asio::bind_cancellation_slot(
      slot, asio::bind_executor(executor, [seen](std::exception_ptr error, item value) {
        ++seen->calls;
        seen->error = error;
        seen->value = std::move(value);
      })));
  return seen;
}

BOOST_AUTO_TEST_SUITE(completions_consumers_test)

// ---- when it starts

FANOUT_TEST(without_an_executor_nothing_starts_before_the_first_next) {
  lines log;
  auto stream = as_completed(logged(log, "a", 10, 1), logged(log, "b", 20, 2));
  co_await sleep_ms(50);
  BOOST_TEST(log.empty());
  auto const operation = stream.next();
  co_await sleep_ms(50);
  BOOST_TEST(log.empty());
  co_await operation;
  BOOST_TEST(log == (lines{"+a", "+b", "-a"}), per_element());
  co_await stream.close();
}

FANOUT_TEST(with_an_executor_it_starts_at_once_but_not_inside_the_call) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  auto stream = as_completed(ex, logged(log, "a", 10, 1), logged(log, "b", 20, 2));
  BOOST_TEST(log.empty());
  co_await sleep_ms(15);
  BOOST_TEST(log == (lines{"+a", "+b", "-a"}), per_element());
  auto const first = co_await stream.next();
  BOOST_TEST(first->index == 0u);
  co_await stream.close();
}

BOOST_AUTO_TEST_CASE(a_context_may_stand_first) {
  asio::io_context context;
  auto stream = as_completed(context, list(hop(1), hop(2)));
  auto const first = ask(stream, context.get_executor());
  BOOST_TEST(first->calls == 0);
  context.run();
  BOOST_TEST(first->value.value().index == 0u);
  BOOST_TEST(first->value.value().result.value() == 1);
}

BOOST_AUTO_TEST_CASE(a_next_is_not_answered_inside_the_call_although_the_end_is_there) {
  asio::io_context context;
  auto stream = as_completed(context, list(hop(1)));
  context.run();
  context.restart();
  auto const first = ask(stream, context.get_executor());
  auto const second = ask(stream, context.get_executor());
  BOOST_TEST(first->calls + second->calls == 0);
  context.run();
  BOOST_TEST(first->value.value().index == 0u);
  BOOST_TEST(second->calls == 1);
  BOOST_TEST(!second->value.has_value());
}

// ---- who asks, and when

FANOUT_TEST(the_children_run_on_while_the_consumer_is_busy) {
  auto const begin = now_ms();
  auto stream = as_completed(after(10, 1), after(20, 2), after(30, 3));
  std::vector<std::size_t> order;
  while (auto const next = co_await stream.next()) {
    order.push_back(next->index);
    co_await sleep_ms(50);
  }
  BOOST_TEST(order == (std::vector<std::size_t>{0, 1, 2}), per_element());
  BOOST_TEST(now_ms() - begin == 10 + 3 * 50);
}

FANOUT_TEST(several_who_wait_are_served_in_turn) {
  auto const ex = co_await asio::this_coro::executor;
  auto stream = as_completed(list(after(20, 1), after(10, 2)));
  auto const first = ask(stream, ex);
  auto const second = ask(stream, ex);
  auto const third = ask(stream, ex);
  co_await sleep_ms(15);
  BOOST_TEST(first->calls == 1);
  BOOST_TEST(first->value.value().index == 1u);
  BOOST_TEST(second->calls + third->calls == 0);
  co_await sleep_ms(15);
  BOOST_TEST(second->value.value().index == 0u);
  BOOST_TEST(third->calls == 1);
  BOOST_TEST(!third->value.has_value());
  BOOST_TEST(!third->error);
}

FANOUT_TEST(any_token_will_do) {
  auto const ex = co_await asio::this_coro::executor;
  auto stream = as_completed(list(at_once(1), at_once(2), at_once(3)));
  auto in_future = stream.next()(asio::bind_executor(ex, asio::use_future));
  co_await sleep_ms(1);
  BOOST_TEST(in_future.get()->index == 0u);
  item const deferred = co_await stream.next()(asio::deferred);
  BOOST_TEST(deferred->index == 1u);
  item const awaited = co_await stream.next()(asio::use_awaitable);
  BOOST_TEST(awaited->index == 2u);
}

FANOUT_TEST(a_next_may_be_a_child) {
  auto stream = as_completed(after(10, 1), after(20, 2));
  auto const [first, second] = co_await fanout::gather(stream.next(), stream.next());
  BOOST_TEST(first->index == 0u);
  BOOST_TEST(second->index == 1u);
}

FANOUT_TEST(a_stream_can_be_moved_while_it_runs) {
  lines log;
  auto first = as_completed(logged(log, "a", 10, 1), logged(log, "b", 30, 2));
  co_await first.next();
  auto second = std::move(first);
  auto third = as_completed(logged(log, "c", 10, 1), logged(log, "d", 100, 2));
  co_await third.next();
  third = std::move(second); // cancels what it had
  auto const next = co_await third.next();
  BOOST_TEST(next->index == 1u);
  BOOST_TEST(log == (lines{"+a", "+b", "-a", "+c", "+d", "-c", "!d", "-b"}), per_element());
}

// ---- a next that is cancelled

FANOUT_TEST(cancelling_a_next_ends_that_wait_only) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : every_type) {
    lines log;
    cancellation_signal signal;
    auto stream = as_completed(list(logged(log, "a", 20, 1)));
    auto const first = ask(stream, ex, signal.slot());
    auto const second = ask(stream, ex);
    co_await sleep_ms(10);
    signal.emit(type);
    BOOST_TEST(first->calls == 0); // not inside
    co_await sleep_ms(1);
    BOOST_TEST(first->calls == 1);
    check_aborted(first->error);
    co_await sleep_ms(20);
    BOOST_TEST(second->value.value().index == 0u);
    BOOST_TEST(log == (lines{"+a", "-a"}), per_element());
  }
}

FANOUT_TEST(cancelling_the_first_next_at_once_does_not_keep_the_children_from_starting) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto stream = as_completed(list(after(10, 1)));
  auto const first = ask(stream, ex, signal.slot());
  signal.emit(cancellation_type::terminal);
  auto const next = co_await stream.next();
  check_aborted(first->error);
  BOOST_TEST(next->result.value() == 1);
}

FANOUT_TEST(an_end_that_a_cancelled_next_has_not_taken_is_the_next_one_again) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto stream = as_completed(ex, list(at_once(1), at_once(2)));
  co_await sleep_ms(1);
  auto const first = ask(stream, ex, signal.slot());
  signal.emit(cancellation_type::terminal); // the end is on its way
  co_await sleep_ms(1);
  check_aborted(first->error);
  auto const again = co_await stream.next();
  BOOST_TEST(again->index == 0u);
  auto const last = co_await stream.next();
  BOOST_TEST(last->index == 1u);
}

FANOUT_TEST(the_error_of_the_range_that_a_cancelled_next_has_not_taken_is_that_of_the_next_one) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const fails_at_one = [](int i) {
    if (i == 1) throw oops("range");
    return true;
  };
  auto stream = as_completed(ex, std::views::iota(0, 2) | std::views::filter(fails_at_one) |
                                     std::views::transform([](int i) { return at_once(i); }));
  auto const value = co_await stream.next();
  BOOST_TEST(value->result.value() == 0);
  co_await sleep_ms(1);
  auto const first = ask(stream, ex, signal.slot());
  signal.emit(cancellation_type::terminal); // the error is on its way
  co_await sleep_ms(1);
  check_aborted(first->error);
  FANOUT_CHECK_THROWS(oops, "range", co_await stream.next());
}

FANOUT_TEST(a_request_after_the_end_has_come_is_too_late) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto stream = as_completed(list(at_once(1)));
  co_await sleep_ms(1);
  auto const first = ask(stream, ex, signal.slot());
  co_await sleep_ms(1);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(1);
  BOOST_TEST(first->calls == 1);
  BOOST_TEST(first->value.value().index == 0u);
  auto const second = ask(stream, ex, signal.slot());
  signal.emit(cancellation_type::terminal); // the answer is on its way
  co_await sleep_ms(1);
  BOOST_TEST(!second->error);
  BOOST_TEST(!second->value.has_value());
}

FANOUT_TEST(ends_that_are_polled_for_with_a_timeout_all_come) {
  auto stream = as_completed(after(25, 1), after(40, 2), after(71, 3));
  std::vector<std::size_t> order;
  int empty_handed = 0;
  for (;;) {
    item next;
    try {
      next = co_await within(10ms, stream.next());
    } catch (fanout::deadline_exceeded const&) {
      ++empty_handed;
      continue;
    }
    if (!next) break;
    order.push_back(next->index);
  }
  BOOST_TEST(order == (std::vector<std::size_t>{0, 1, 2}), per_element());
  BOOST_TEST(empty_handed >= 5);
}

// ---- close

FANOUT_TEST(close_cancels_the_children_and_waits_for_their_end) {
  lines log;
  auto const begin = now_ms();
  auto stream = as_completed(logged(log, "a", 10, 1), logged(log, "b", 100), cleans_up(100, 30));
  co_await stream.next();
  co_await stream.close();
  BOOST_TEST(now_ms() - begin == 40);
  BOOST_TEST(log == (lines{"+a", "+b", "-a", "!b"}), per_element());
}

FANOUT_TEST(what_has_ended_can_be_asked_for_after_a_close) {
  auto stream = as_completed(list(after(10, 1), after(15, 2), swallows(100, 3), after(100, 4)));
  co_await stream.next();
  co_await sleep_ms(10);
  co_await stream.close();
  auto const second = co_await stream.next();
  BOOST_TEST(second->result.value() == 2);
  auto const third = co_await stream.next();
  BOOST_TEST(third->result.value() == 3);
  auto const fourth = co_await stream.next();
  check_aborted(fourth->result.error());
  BOOST_TEST(!(co_await stream.next()).has_value());
}

FANOUT_TEST(children_that_a_limit_held_back_do_not_start_after_a_close) {
  lines log;
  auto stream = as_completed(list(logged(log, "a", 10), logged(log, "b", 10), logged(log, "c", 10)),
                             limit(1));
  co_await stream.next();
  co_await stream.close();
  BOOST_TEST(log == (lines{"+a", "-a", "+b", "!b"}), per_element());
  check_aborted((co_await stream.next())->result.error());
  auto const last = co_await stream.next();
  BOOST_TEST(last->index == 2u);
  check_aborted(last->result.error());
}

FANOUT_TEST(who_waits_for_a_next_is_answered_when_it_is_closed) {
  auto const ex = co_await asio::this_coro::executor;
  auto stream = as_completed(list(after(10, 1)));
  auto const first = ask(stream, ex);
  auto const second = ask(stream, ex);
  co_await sleep_ms(1);
  co_await stream.close();
  co_await sleep_ms(1);
  check_aborted(first->value.value().result.error());
  BOOST_TEST(second->calls == 1);
  BOOST_TEST(!second->value.has_value());
}

FANOUT_TEST(a_close_before_the_start_leaves_nothing_to_start) {
  lines log;
  auto stream = as_completed(logged(log, "a", 10), logged(log, "b", 10));
  co_await stream.close();
  BOOST_TEST(!(co_await stream.next()).has_value());
  BOOST_TEST(log.empty());
}

FANOUT_TEST(a_close_right_after_the_start_keeps_the_children_from_starting) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  auto stream = as_completed(ex, logged(log, "a", 10), logged(log, "b", 10));
  co_await stream.close();
  BOOST_TEST(!(co_await stream.next()).has_value());
  co_await sleep_ms(1);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(destroying_a_stream_right_after_the_start_keeps_the_children_from_starting) {
  auto const ex = co_await asio::this_coro::executor;
  lines log;
  as_completed(ex, logged(log, "a", 10), logged(log, "b", 10));
  co_await sleep_ms(1);
  BOOST_TEST(log.empty());
}

FANOUT_TEST(closing_again_or_after_the_end_does_nothing) {
  auto stream = as_completed(after(10, 1));
  co_await stream.next();
  co_await stream.close();
  co_await stream.close();
  BOOST_TEST(!(co_await stream.next()).has_value());
}

FANOUT_TEST(destroying_the_stream_after_a_close_does_not_ask_again) {
  lines heard;
  {
    auto stream = as_completed(hears(heard, "a", 50), after(10, 2));
    co_await stream.next();
    try {
      co_await within(10ms, stream.close());
    } catch (fanout::deadline_exceeded const&) {
    }
  }
  co_await sleep_ms(100);
  BOOST_TEST(heard == lines{"a:terminal"}, per_element());
}

FANOUT_TEST(several_may_close_at_once_and_the_children_are_asked_once) {
  lines heard;
  auto const begin = now_ms();
  auto stream = as_completed(hears(heard, "a", 50), after(10, 2));
  co_await stream.next();
  co_await fanout::gather(stream.close(), stream.close(), stream.close());
  BOOST_TEST(now_ms() - begin == 50);
  BOOST_TEST(heard == lines{"a:terminal"}, per_element());
}

FANOUT_TEST(cancelling_a_close_ends_that_wait_only) {
  lines log;
  for (auto const type : every_type) {
    auto const begin = now_ms();
    auto const ex = co_await asio::this_coro::executor;
    cancellation_signal signal;
    auto stream = as_completed(ex, cleans_up(100, 50));
    co_await sleep_ms(10);
    std::exception_ptr error;
    stream.close()(asio::bind_cancellation_slot(
        signal.slot(), asio::bind_executor(ex, [&](std::exception_ptr e) { error = e; })));
    co_await sleep_ms(10);
    signal.emit(type);
    co_await sleep_ms(1);
    check_aborted(error);
    co_await stream.close();
    BOOST_TEST(now_ms() - begin == 60); // nobody has interrupted the cleaning up
  }
}

// ---- the end of the stream

FANOUT_TEST(destroying_the_stream_cancels_the_rest_and_does_not_wait) {
  lines log;
  auto const begin = now_ms();
  {
    auto stream = as_completed(logged(log, "a", 10, 1), logged(log, "b", 100));
    co_await stream.next();
  }
  BOOST_TEST(now_ms() - begin == 10);
  BOOST_TEST(log == (lines{"+a", "+b", "-a"}), per_element());
  co_await sleep_ms(1);
  BOOST_TEST(log == (lines{"+a", "+b", "-a", "!b"}), per_element());
}

FANOUT_TEST(destroying_a_stream_that_never_started_destroys_its_children) {
  auto const something = std::make_shared<int>(1);
  auto const holds = [something]() -> awaitable<int> { co_return *something; };
  {
    auto stream = as_completed(holds, holds);
    BOOST_TEST(something.use_count() > 2);
  }
  BOOST_TEST(something.use_count() == 2);
  co_return;
}

FANOUT_TEST(who_waits_when_the_stream_is_destroyed_gets_what_still_ends) {
  auto const ex = co_await asio::this_coro::executor;
  std::shared_ptr<answer> first, second;
  {
    auto stream = as_completed(ex, list(after(10, 1)));
    first = ask(stream, ex);
    second = ask(stream, ex);
    co_await sleep_ms(1);
  }
  co_await sleep_ms(1);
  BOOST_TEST(first->calls == 1);
  check_aborted(first->value.value().result.error());
  BOOST_TEST(second->calls == 1);
  BOOST_TEST(!second->value.has_value());
}

FANOUT_TEST(children_may_refer_to_locals_if_the_stream_is_closed_before_these_go) {
  std::string text = "untouched";
  auto const touches = [&text]() -> awaitable<int> {
    try {
      co_await sleep_ms(100);
    } catch (boost::system::system_error const&) {
      text = "touched";
    }
    co_return 1;
  };
  auto stream = as_completed(touches, after(10, 2));
  co_await stream.next();
  co_await stream.close();
  BOOST_TEST(text == "touched");
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_stream_when_run_ends_is_cancelled_and_awaited) {
  lines log;
  std::optional<stream_of_int> kept;
  auto main = [&]() -> awaitable<void> {
    kept = as_completed(logged(log, "a", 10, 1), logged(log, "b", 100), cleans_up(100, 20));
    co_await kept->next();
  };
  fanout::run_virtual(main);
  BOOST_TEST(log == (lines{"+a", "+b", "-a", "!b"}), per_element());
}

// ---- contexts that go

awaitable<int> holds_something(long long ms) {
  counted const something;
  co_await sleep_ms(ms);
  co_return 1;
}

// Counts its calls.
struct handler {
  using executor_type = asio::io_context::executor_type;

  executor_type executor;
  int* calls;
  counted alive = {};

  executor_type get_executor() const noexcept { return executor; }
  template <class... Args>
  void operator()(std::exception_ptr, Args&&...) {
    ++*calls;
  }
};

BOOST_AUTO_TEST_CASE(a_context_that_goes_while_the_stream_is_alive_leaks_nothing) {
  for (int steps = 0; steps < 8; ++steps) {
    int calls = 0;
    {
      std::optional<stream_of_int> stream;
      asio::io_context context;
      stream = as_completed(list(holds_something(10), holds_something(20)));
      for (int i = 0; i < 4; ++i) stream->next()(handler{context.get_executor(), &calls});
      if (steps > 3) stream->close()(handler{context.get_executor(), &calls});
      for (int i = 0; i < steps; ++i) fanout_test::step(context);
    }
    BOOST_TEST(counted::live == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_before_the_stream_leaks_nothing) {
  for (int steps = 0; steps < 8; ++steps) {
    int calls = 0;
    std::optional<stream_of_int> stream;
    {
      asio::io_context context;
      stream = as_completed(context, list(holds_something(10), holds_something(20)));
      for (int i = 0; i < 4; ++i) stream->next()(handler{context.get_executor(), &calls});
      for (int i = 0; i < steps; ++i) fanout_test::step(context);
    }
    BOOST_TEST(counted::live == 0);
    stream.reset();
  }
}

BOOST_AUTO_TEST_CASE(the_context_of_one_who_waits_may_go_before_that_of_the_children) {
  asio::io_context children;
  auto stream = as_completed(children, list(hop(1), hop(2)));
  int calls = 0;
  {
    asio::io_context consumer;
    stream.next()(handler{consumer.get_executor(), &calls});
  }
  BOOST_TEST(counted::live == 0);
  auto const next = ask(stream, children.get_executor());
  children.run();
  BOOST_TEST(calls == 0);
  BOOST_TEST(next->value.value().index == 0u); // nothing is lost
}

BOOST_AUTO_TEST_CASE(consumer_and_children_may_have_different_contexts) {
  asio::io_context children, consumer;
  auto const is_among_children = [&]() -> awaitable<int> {
    co_return co_await asio::this_coro::executor == children.get_executor();
  };
  auto stream = as_completed(children, is_among_children, is_among_children);
  auto const first = ask(stream, consumer.get_executor());
  children.run();
  BOOST_TEST(first->calls == 0);
  consumer.run();
  BOOST_TEST(first->value.value().result.value() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace completions_consumers
