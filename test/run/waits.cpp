//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: wait, when it ends, what it yields, and that it leaves the futures alone.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include "../support/allocations.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace waits {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_signal;
using asio::cancellation_type;
using boost::test_tools::per_element;
using fanout::all_completed;
using fanout::create_task;
using fanout::first_completed;
using fanout::first_exception;
using fanout::future;
using fanout::wait_result;
using fanout_test::aborted_text;
using fanout_test::check_aborted;
using fanout_test::counted;
using fanout_test::start;
using fanout_test::unhandled;
using futures = std::vector<future<int>>;
using lines = std::vector<std::string>;

constexpr cancellation_type every_type[] = {cancellation_type::terminal, cancellation_type::partial,
                                            cancellation_type::total};

constexpr auto wait = []<class... Args>(Args&&... args) {
  return fanout::wait<virtual_clock>(std::forward<Args>(args)...);
};

/// Tasks, each known by its name.
template <class... Child>
awaitable<futures> tasks(Child... child) {
  auto const ex = co_await asio::this_coro::executor;
  futures all;
  (all.push_back(create_task(ex, std::move(child), std::string(1, char('a' + all.size())))), ...);
  co_return all;
}

template <class T>
std::string names_of(std::vector<future<T>> const& all) {
  std::string names;
  for (auto const& f : all) names += f.name();
  return names;
}

/// The names of those that are done, and of those that are not.
template <class T>
std::string text_of(wait_result<T> const& r) {
  return names_of(r.done) + "|" + names_of(r.pending);
}

BOOST_AUTO_TEST_SUITE(waits_test)

// ---- when it ends

FANOUT_TEST(all_completed_waits_for_all) {
  stopwatch const passed;
  auto const all = co_await tasks(after(30, 1), throws_after(10, "mine"), after(20, 3));
  auto const ended = co_await wait(all, all_completed);
  static_assert(std::is_same_v<decltype(ended), wait_result<int> const>);
  BOOST_TEST(passed() == 30);
  BOOST_TEST(text_of(ended) == "abc|");
  BOOST_TEST(ended.done[0].result() == 1);
  FANOUT_CHECK_THROWS(oops, "mine", ended.done[1].result());
}

FANOUT_TEST(first_completed_waits_for_one) {
  stopwatch const passed;
  auto const all = co_await tasks(after(30, 1), after(10, 2), after(20, 3));
  BOOST_TEST(text_of(co_await wait(all, first_completed)) == "b|ac");
  BOOST_TEST(passed() == 10);
  BOOST_TEST(text_of(co_await wait(all, first_completed)) == "b|ac"); // still done
  BOOST_TEST(passed() == 10);
  co_await sleep_ms(50);
  BOOST_TEST(all[0].result() == 1); // nobody was cancelled
}

FANOUT_TEST(first_completed_counts_an_error_and_a_cancellation_too) {
  auto const failing = co_await tasks(after(30, 1), throws_after(10, "mine"));
  BOOST_TEST(text_of(co_await wait(failing, first_completed)) == "b|a");
  failing[1].exception();
  auto cancelled = co_await tasks(after(30, 1), after(30, 2));
  cancelled[1].cancel();
  BOOST_TEST(text_of(co_await wait(cancelled, first_completed)) == "b|a");
}

FANOUT_TEST(first_exception_waits_for_one_that_fails) {
  stopwatch const passed;
  auto const all = co_await tasks(after(5, 1), throws_after(20, "mine"), after(30, 3));
  BOOST_TEST(text_of(co_await wait(all, first_exception)) == "ab|c");
  BOOST_TEST(passed() == 20);
  all[1].exception();
}

FANOUT_TEST(first_exception_without_one_waits_for_all) {
  stopwatch const passed;
  auto const all = co_await tasks(after(5, 1), after(30, 2));
  BOOST_TEST(text_of(co_await wait(all, first_exception)) == "ab|");
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(first_exception_does_not_count_cancelled_ones) {
  stopwatch const passed;
  auto all = co_await tasks(after(50, 1), after(30, 2));
  all[0].cancel();
  BOOST_TEST(text_of(co_await wait(all, first_exception)) == "ab|");
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(first_exception_asks_the_future_whether_it_was_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const error : {asio::error::make_error_code(asio::error::operation_aborted),
                           asio::error::make_error_code(asio::error::eof)}) {
    stopwatch const passed;
    fanout::promise<int> p(ex);
    futures const all{p.get_future(), create_task(ex, after(30, 2))};
    p.set_exception(std::make_exception_ptr(boost::system::system_error(error)));
    auto const ended = co_await wait(all, first_exception);
    BOOST_TEST(ended.done.size() == (all[0].cancelled() ? 2u : 1u));
    BOOST_TEST(passed() == (all[0].cancelled() ? 30 : 0));
    BOOST_TEST(all[0].cancelled() == (error == asio::error::operation_aborted));
    if (!all[0].cancelled()) all[0].exception();
  }
}

FANOUT_TEST(futures_that_are_done_already_are_found_done_in_every_mode) {
  auto const all = co_await tasks(at_once(1), throws_at_once("mine"), after(50, 3));
  co_await sleep_ms(10);
  stopwatch const passed;
  BOOST_TEST(text_of(co_await wait(all, first_completed)) == "ab|c");
  BOOST_TEST(text_of(co_await wait(all, first_exception)) == "ab|c");
  BOOST_TEST(passed() == 0);
  BOOST_TEST(text_of(co_await wait(all, all_completed)) == "abc|");
  BOOST_TEST(passed() == 40);
  all[1].exception();
}

FANOUT_TEST(those_that_end_at_the_same_moment_are_all_done) {
  auto const all = co_await tasks(after(10, 1), after(10, 2), after(10, 3));
  auto const ended = co_await wait(all, first_completed);
  BOOST_TEST(ended.done.size() + ended.pending.size() == 3u);
  BOOST_TEST(ended.done[0].name() == "a");
}

// ---- so long at most

FANOUT_TEST(it_waits_so_long_at_most) {
  stopwatch const passed;
  auto const all = co_await tasks(after(10, 1), after(30, 2));
  BOOST_TEST(text_of(co_await wait(all, all_completed, 20ms)) == "a|b");
  BOOST_TEST(passed() == 20);
  co_await sleep_ms(20);
  BOOST_TEST(all[1].result() == 2); // nobody was cancelled
}

FANOUT_TEST(it_does_not_wait_longer_than_it_must) {
  stopwatch const passed;
  auto const all = co_await tasks(after(10, 1), after(30, 2));
  BOOST_TEST(text_of(co_await wait(all, all_completed, 1h)) == "ab|");
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(without_any_time_it_looks_once) {
  auto const all = co_await tasks(after(10, 1), after(30, 2));
  co_await sleep_ms(20);
  stopwatch const passed;
  BOOST_TEST(text_of(co_await wait(all, all_completed, 0ms)) == "a|b");
  BOOST_TEST(text_of(co_await wait(all, first_exception, -1h)) == "a|b");
  BOOST_TEST(passed() == 0);
  co_await sleep_ms(20);
  BOOST_TEST(text_of(co_await wait(all, all_completed, 0ms)) == "ab|");
}

FANOUT_TEST(any_time_may_be_waited) {
  auto const all = co_await tasks(after(10, 1));
  BOOST_TEST(text_of(co_await wait(all, all_completed, std::chrono::hours::max())) == "a|");
}

// ---- which futures

FANOUT_TEST(the_same_future_may_stand_twice) {
  auto all = co_await tasks(after(10, 1), after(20, 2));
  all.push_back(all[0]);
  BOOST_TEST(text_of(co_await wait(all, first_completed)) == "aa|b");
  BOOST_TEST(text_of(co_await wait(all, all_completed)) == "aba|");
}

FANOUT_TEST(any_range_of_futures_will_do) {
  auto const all = co_await tasks(after(10, 1), after(20, 2), after(30, 3));
  std::array<future<int>, 2> const two{all[0], all[1]};
  BOOST_TEST(text_of(co_await wait(two, all_completed)) == "ab|");
  BOOST_TEST(text_of(co_await wait(std::span(all).first(2), all_completed)) == "ab|");
  BOOST_TEST(text_of(co_await wait(all | std::views::reverse, all_completed)) == "cba|");
  auto named = all | std::views::filter([](auto const& f) { return f.name() != "b"; });
  BOOST_TEST(text_of(co_await wait(named, all_completed)) == "ac|");
  auto const ex = co_await asio::this_coro::executor;
  auto const make = [&](int i) { return create_task(ex, after(10 * i, i), std::to_string(i)); };
  auto made = std::views::iota(1, 4) | std::views::transform(make); // each once
  BOOST_TEST(text_of(co_await wait(made, all_completed)) == "123|");
}

FANOUT_TEST(futures_of_promises_will_do) {
  auto const ex = co_await asio::this_coro::executor;
  fanout::promise<int> p(ex);
  futures const all{p.get_future()};
  BOOST_TEST((co_await wait(all, all_completed, 10ms)).pending.size() == 1u);
  p.set_value(1);
  BOOST_TEST((co_await wait(all, all_completed)).done[0].result() == 1);
}

FANOUT_TEST(futures_of_gathers_and_of_nothing_will_do) {
  auto const ex = co_await asio::this_coro::executor;
  auto const gathers = std::vector(1, create_task(ex, fanout::gather(after(10, 1), after(20, 2))));
  BOOST_TEST((co_await wait(gathers, all_completed)).done.size() == 1u);
  auto const nothing = std::vector(1, create_task(ex, nothing_after(10)));
  BOOST_TEST((co_await wait(nothing, all_completed)).done.size() == 1u);
}

FANOUT_TEST(a_value_that_only_moves_or_has_no_default_stays_in_its_future) {
  auto const ex = co_await asio::this_coro::executor;
  auto const moved = std::vector(1, create_task(ex, moved_after(10, 1)));
  auto const ended = co_await wait(moved, all_completed);
  BOOST_TEST(*ended.done[0].result().number == 1);
  BOOST_TEST(*moved[0].result().number == 1);
  auto const undefaulted = std::vector(1, create_task(ex, undefaulted_after(10, 2)));
  BOOST_TEST((co_await wait(undefaulted, all_completed)).done[0].result().number == 2);
}

BOOST_AUTO_TEST_CASE(no_future_is_an_invalid_argument_at_the_call) {
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout::wait: there is no future",
                      (void)fanout::wait(futures(), all_completed));
  asio::io_context context;
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout::wait: there is no future",
                      (void)fanout::wait(context, futures(), first_completed, 1s));
}

FANOUT_TEST(the_wait_holds_the_futures) {
  auto const ex = co_await asio::this_coro::executor;
  auto operation = wait(std::vector(1, create_task(ex, after(10, 1), "a")), all_completed);
  BOOST_TEST(text_of(co_await std::move(operation)) == "a|");
}

// ---- errors stay in the futures

FANOUT_TEST(a_wait_does_not_look_at_the_errors) {
  unhandled errors;
  {
    auto const all = co_await tasks(throws_after(10, "mine"), throws_after(10, "too"));
    auto const ended = co_await wait(all, all_completed);
    ended.done[1].exception();
  }
  BOOST_TEST(errors.log == lines{"a: mine"}, per_element());
}

FANOUT_TEST(first_exception_does_not_look_at_the_errors_either) {
  unhandled errors;
  {
    auto const all = co_await tasks(throws_after(10, "mine"));
    co_await wait(all, first_exception);
  }
  BOOST_TEST(errors.log == lines{"a: mine"}, per_element());
}

// ---- cancelled from outside

FANOUT_TEST(a_request_of_any_type_ends_the_wait_and_leaves_the_futures_alone) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : every_type) {
    auto const all = co_await tasks(after(30, 1), after(40, 2));
    cancellation_signal signal;
    auto const seen = start(wait(ex, all, all_completed), signal);
    co_await sleep_ms(10);
    signal.emit(type);
    BOOST_TEST(seen->calls == 0); // not inside
    co_await sleep_ms(1);
    BOOST_TEST(seen->calls == 1);
    BOOST_TEST(seen->ms == 10);
    BOOST_TEST(seen->slot_was_clear);
    check_aborted(seen->error);
    co_await sleep_ms(50);
    BOOST_TEST(all[0].result() == 1);
    BOOST_TEST(all[1].result() == 2);
  }
}

FANOUT_TEST(a_request_before_the_wait_has_begun_ends_it) {
  auto const ex = co_await asio::this_coro::executor;
  for (auto const type : every_type) {
    auto const all = co_await tasks(after(30, 1));
    cancellation_signal signal;
    auto const seen = start(wait(ex, all, all_completed), signal);
    signal.emit(type);
    co_await sleep_ms(1);
    BOOST_TEST(seen->ms == 0);
    check_aborted(seen->error);
    BOOST_TEST(!all[0].done());
  }
}

FANOUT_TEST(a_request_after_the_end_does_nothing) {
  auto const ex = co_await asio::this_coro::executor;
  auto const all = co_await tasks(after(10, 1), after(20, 2));
  cancellation_signal signal;
  auto const seen = start(wait(ex, all, first_completed), signal);
  co_await sleep_ms(15);
  BOOST_TEST(text_of(seen->value) == "a|b");
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(15);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(all[1].result() == 2);
}

FANOUT_TEST(a_wait_that_is_cancelled_as_its_future_ends_leaves_the_future_alone) {
  auto const ex = co_await asio::this_coro::executor;
  auto const all = co_await tasks(after(10, 1));
  cancellation_signal signal;
  auto const seen = start(wait(ex, all, all_completed), signal);
  auto const cancels = [](cancellation_signal& s) -> awaitable<void> {
    co_await sleep_ms(10);
    s.emit(cancellation_type::terminal);
  };
  co_await cancels(signal);
  co_await sleep_ms(1);
  BOOST_TEST(seen->calls == 1);
  BOOST_TEST(all[0].result() == 1);
}

FANOUT_TEST(the_first_of_several_ends_in_one_turn_counts) {
  auto const ex = co_await asio::this_coro::executor;
  for (bool const value_first : {true, false}) {
    fanout::promise<int> p(ex), q(ex);
    cancellation_signal signal;
    auto const seen =
        start(wait(ex, futures{p.get_future(), q.get_future()}, first_completed), signal);
    if (value_first) p.set_value(1);
    signal.emit(cancellation_type::terminal);
    signal.emit(cancellation_type::terminal);
    if (!value_first) p.set_value(1);
    q.set_value(2);
    co_await sleep_ms(1);
    BOOST_TEST(seen->calls == 1);
    if (value_first)
      BOOST_TEST(seen->value.done.size() == 2u);
    else
      check_aborted(seen->error);
  }
}

FANOUT_TEST(it_never_completes_inside_the_initiating_call) {
  auto const ex = co_await asio::this_coro::executor;
  auto const all = co_await tasks(at_once(1), after(50, 2));
  co_await sleep_ms(1);
  for (auto const when : {first_completed, first_exception, all_completed}) {
    cancellation_signal signal;
    auto const seen = start(wait(ex, all, when, 0ms), signal);
    auto const first = start(wait(ex, all, first_completed), signal);
    BOOST_TEST(seen->calls + first->calls == 0);
    co_await sleep_ms(0);
    BOOST_TEST(text_of(seen->value) == "a|b");
    BOOST_TEST(text_of(first->value) == "a|b");
  }
}

FANOUT_TEST(a_wait_is_a_child_like_any_other) {
  auto const all = co_await tasks(after(10, 1), after(30, 2));
  auto const [one, both] =
      co_await fanout::gather(wait(all, first_completed), wait(all, all_completed));
  BOOST_TEST(text_of(one) == "a|b");
  BOOST_TEST(text_of(both) == "ab|");
}

FANOUT_TEST(a_wait_that_is_cancelled_as_a_child_leaves_the_futures_alone) {
  stopwatch const passed;
  auto const all = co_await tasks(after(30, 1));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, "deadline exceeded",
                      co_await fanout::timeout<virtual_clock>(10ms, wait(all, all_completed)));
  BOOST_TEST(passed() == 10);
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await fanout::gather(wait(all, all_completed), throws_after(5, "mine"),
                                              fanout::cancel_on_error));
  BOOST_TEST(passed() == 15);
  BOOST_TEST(co_await all[0] == 1);
}

// ---- `run` and its listing

FANOUT_TEST(who_waits_is_listed) {
  auto const ex = co_await asio::this_coro::executor;
  fanout::promise<int> p(ex);
  auto const waits = [](futures all) -> awaitable<void> { co_await wait(all, all_completed); };
  auto const task = create_task(ex, waits(futures{p.get_future()}), "reader");
  co_await sleep_ms(1);
  auto const listed = fanout::all_tasks(ex);
  BOOST_TEST_REQUIRE(listed.size() == 2u); // `main` is the other one
  BOOST_TEST(listed[1].name == "task 'reader'");
  BOOST_TEST(listed[1].waits_for == "a wait");
  p.set_value(1);
  co_await task;
}

BOOST_AUTO_TEST_CASE(a_wait_that_is_left_over_is_cancelled_at_the_end_of_run) {
  asio::io_context elsewhere;
  fanout::promise<int> p(elsewhere);
  std::exception_ptr error;
  auto main = [&]() -> awaitable<void> {
    auto const ex = co_await asio::this_coro::executor;
    fanout::wait(ex, futures{p.get_future()},
                 all_completed)([&](std::exception_ptr e, auto const&) { error = e; });
  };
  fanout::run_virtual(main);
  check_aborted(error);
  BOOST_TEST(!p.get_future().done());
}

// ---- memory

// What one wait takes from the heap.
awaitable<std::size_t> allocations_of(futures const& all, fanout::return_when when) {
  auto operation = wait(all, when, 1ms);
  fanout_test::heap_mark const mark;
  auto const ended = co_await std::move(operation);
  co_return mark.since().allocations;
}

awaitable<std::size_t> allocations_among(int pending, int done) {
  auto const ex = co_await asio::this_coro::executor;
  fanout::promise<int> never(ex), now(ex);
  now.set_value(1);
  std::vector<fanout::promise<int>> words;
  futures all;
  for (int i = 0; i < pending; ++i) all.push_back(words.emplace_back(ex).get_future());
  for (int i = 0; i < done; ++i) all.push_back(now.get_future());
  for (auto const& f : all) f.add_done_callback([](auto const&) {}); // the wait is the second
  co_await allocations_of(all, all_completed);
  co_return co_await allocations_of(all, all_completed);
}

FANOUT_TEST(a_wait_takes_no_memory_for_each_future) {
  auto const few = co_await allocations_among(2, 1);
  BOOST_TEST(co_await allocations_among(1000, 1) == few);
  BOOST_TEST(co_await allocations_among(2, 1000) == few);
  BOOST_TEST(few <= 16);
}

FANOUT_TEST(a_wait_that_has_ended_leaves_nothing_with_those_that_are_pending) {
  auto const ex = co_await asio::this_coro::executor;
  fanout::promise<int> never(ex);
  futures const pending{never.get_future()};
  for (auto const type : every_type) {
    co_await wait(pending, all_completed, 1ms);
    cancellation_signal signal;
    counted::live = 0;
    wait(ex, pending, all_completed)(asio::bind_cancellation_slot(
        signal.slot(), [alive = counted()](std::exception_ptr, auto const&) {}));
    signal.emit(type);
    co_await sleep_ms(0);
    BOOST_TEST(counted::live == 0);
  }
}

// ---- elsewhere

BOOST_AUTO_TEST_CASE(a_wait_may_run_on_another_context_than_the_futures) {
  asio::io_context producer, consumer;
  auto const all = std::vector{create_task(producer, hop(1))};
  auto ended = fanout::wait(consumer, all, all_completed)(asio::use_future);
  producer.run();
  BOOST_TEST((ended.wait_for(0s) == std::future_status::timeout));
  consumer.run();
  BOOST_TEST(ended.get().done[0].result() == 1);
}

struct handler {
  int* calls;
  counted alive = {};

  template <class Value>
  void operator()(std::exception_ptr, Value&&) {
    ++*calls;
  }
};

BOOST_AUTO_TEST_CASE(a_context_that_goes_during_a_wait_leaks_nothing_and_leaves_the_future_alone) {
  asio::io_context producer;
  fanout::promise<int> p(producer);
  auto const f = p.get_future();
  int calls = 0;
  for (int steps = 0; steps < 3; ++steps) {
    asio::io_context consumer;
    wait(consumer, futures{f, f}, all_completed, 1h)(handler{&calls});
    for (int i = 0; i < steps; ++i) consumer.poll_one();
  }
  BOOST_TEST(counted::live == 0);
  p.set_value(1);
  producer.run();
  BOOST_TEST(calls == 0);
  BOOST_TEST(f.result() == 1);
}

BOOST_AUTO_TEST_CASE(a_wait_goes_on_where_its_handler_does) {
  asio::io_context named, own;
  fanout::promise<int> p(named);
  int calls = 0;
  fanout::wait(named, futures{p.get_future()},
               all_completed)(asio::bind_executor(own, handler{&calls}));
  p.set_value(1);
  named.run();
  BOOST_TEST(calls == 0);
  own.run(); // was kept busy
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_wait_keeps_the_context_of_its_handler_busy) {
  asio::io_context named, own;
  fanout::promise<int> p(named);
  int calls = 0;
  fanout::wait(named, futures{p.get_future()},
               all_completed)(asio::bind_executor(own, handler{&calls}));
  own.poll();
  BOOST_TEST(!own.stopped());
  p.set_value(1);
  own.poll();
  BOOST_TEST(calls == 1);
  BOOST_TEST(own.stopped());
}

BOOST_AUTO_TEST_CASE(the_context_of_the_handler_may_go_before_the_one_that_is_named) {
  asio::io_context producer, named;
  fanout::promise<int> p(producer);
  auto const f = p.get_future();
  int calls = 0;
  for (bool const ended : {false, true}) {
    asio::io_context own;
    wait(named, futures{f, f}, all_completed, 1h)(asio::bind_executor(own, handler{&calls}));
    BOOST_TEST(counted::live == 1);
    if (ended) p.set_value(1);
  }
  BOOST_TEST(counted::live == 0);
  fanout_test::drive(named);
  producer.run();
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_wait_outlives_the_context_of_its_time_limit) {
  asio::io_context producer, own;
  fanout::promise<int> p(producer);
  int calls = 0;
  {
    asio::io_context named;
    wait(named, futures{p.get_future()}, all_completed,
         1h)(asio::bind_executor(own, handler{&calls}));
    named.poll();
  }
  own.poll();
  BOOST_TEST(calls == 0);
  p.set_value(1);
  own.poll();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_wait_may_be_started_on_a_context_that_is_going) {
  struct starts_late {
    asio::io_context& context;
    future<int> f;
    int* calls;

    ~starts_late() {
      if (calls) fanout::wait(context, futures{f}, all_completed)(handler{calls});
    }
    starts_late(asio::io_context& c, future<int> one, int* n) : context(c), f(one), calls(n) {}
    starts_late(starts_late&& other) noexcept
        : context(other.context), f(other.f), calls(std::exchange(other.calls, nullptr)) {}
    void operator()() {}
  };
  asio::io_context producer;
  fanout::promise<int> p(producer);
  int calls = 0;
  {
    asio::io_context going;
    fanout::wait(going, futures{p.get_future()}, all_completed)(handler{&calls});
    asio::post(going, starts_late(going, p.get_future(), &calls));
  }
  BOOST_TEST(counted::live == 0);
  p.set_value(1);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_takes_only_its_own_futures_along) {
  std::optional<asio::io_context> gone(std::in_place);
  futures all{create_task(*gone, hop(1), "a")};
  auto main = [&]() -> awaitable<void> {
    auto const ex = co_await asio::this_coro::executor;
    all.push_back(create_task(ex, after(10, 2), "b"));
    cancellation_signal signal;
    auto const one = start(wait(ex, all, first_completed), signal);
    co_await sleep_ms(5);
    gone.reset();
    co_await sleep_ms(10);
    BOOST_TEST(text_of(one->value) == "b|a");
  };
  fanout::run_virtual(main);
}

BOOST_AUTO_TEST_CASE(a_future_whose_context_has_gone_is_never_done) {
  std::optional<future<int>> abandoned;
  {
    asio::io_context gone;
    abandoned = create_task(gone, hop(1), "a");
  }
  auto main = [&]() -> awaitable<void> {
    auto const ended = co_await wait(std::vector(1, *abandoned), all_completed, 10ms);
    BOOST_TEST(text_of(ended) == "|a");
  };
  fanout::run_virtual(main);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace waits
