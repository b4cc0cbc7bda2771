//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: wait, when it ends, what it yields, and that it leaves the futures alone.

#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/wait.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

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
