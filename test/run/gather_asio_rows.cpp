//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What users of Asio's own groups and operators have reported as going wrong, one test each, named
// after what goes right here. "asio" is chriskohlhoff/asio, "boostorg/asio" its twin in Boost.

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace gather_asio_rows {

using namespace zoo;
using asio::cancellation_signal;
using asio::cancellation_type;
using fanout::cancel_on_error;
using fanout::gather;
using fanout::limit;
using fanout::return_exceptions;
using fanout_test::check_aborted;
using fanout_test::check_error;
using fanout_test::start;
using texts = std::vector<std::string>;

#define CHECK_TEXTS(found, ...)                                                                    \
  BOOST_TEST(found == (texts{__VA_ARGS__}), boost::test_tools::per_element())

/// A second context, which runs when it is told to.
struct by_hand {
  asio::io_context context{1};

  void run() {
    context.restart();
    context.poll();
  }
};

BOOST_AUTO_TEST_SUITE(gather_asio_rows_test)

// Row 1, asio#1630, asio#1756: the group writes into the slot when its children may have ended.
FANOUT_TEST(the_slot_is_taken_before_the_first_child_starts_and_clear_before_the_handler_runs) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  bool taken = false;
  auto const child = [&]() -> awaitable<int> {
    taken = signal.slot().has_handler();
    co_return 1;
  };
  auto const seen = start(gather(ex, child), signal);
  co_await sleep_ms(1);
  BOOST_TEST(taken);
  BOOST_TEST(seen->slot_was_clear);
}

// Row 2, boostorg/asio#458: the first request of any type uses up the only one.
FANOUT_TEST(a_terminal_request_after_a_total_one_cancels_the_children) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(after(50, 1), after(50, 2))), signal);
  co_await sleep_ms(5);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(5);
  BOOST_TEST(seen->calls == 0);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(5);
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

awaitable<int> enables_total(long long ms, int value) {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  co_await sleep_ms(ms);
  co_return value;
}

// Row 3: coroutines hear terminal requests only, unless they say otherwise; then they do.
FANOUT_TEST(a_total_request_reaches_the_coroutines_that_have_enabled_it) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(enables_total(50, 1), after(20, 2)), return_exceptions), signal);
  co_await sleep_ms(10);
  signal.emit(cancellation_type::total);
  co_await sleep_ms(50);
  BOOST_TEST(seen->ms == 20);
  check_aborted(seen->value.at(0).error());
  BOOST_TEST(seen->value.at(1).value() == 2);
}

// Row 4, asio#1348, asio#1362, asio#1029, asio#1576: requests are emitted on a foreign thread.
// (With threads: the files threads_*.cpp.)
FANOUT_TEST(a_request_is_delivered_on_the_executor_of_each_child) {
  auto const ex = co_await asio::this_coro::executor;
  by_hand other;
  texts heard;
  cancellation_signal signal;
  auto const seen = start(gather(ex, asio::bind_executor(other.context, hears(heard, "other", 20)),
                                 hears(heard, "own", 20)),
                          signal);
  co_await sleep_ms(5);
  other.run();
  signal.emit(cancellation_type::terminal);
  CHECK_TEXTS(heard, "own:terminal");
  other.run();
  CHECK_TEXTS(heard, "own:terminal", "other:terminal");
  co_await sleep_ms(20);
  other.run();
  co_await sleep_ms(1);
  BOOST_TEST(seen->calls == 1);
}

/// Ends after a post; writes down a request.
auto listens_and_ends(texts& heard) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void(int)>(
      [&heard](auto handler) {
        asio::get_associated_cancellation_slot(handler).assign(
            [&heard](cancellation_type type) { heard.push_back(text_of(type)); });
        auto const ex = asio::get_associated_executor(handler);
        asio::post(ex, [handler = std::move(handler)]() mutable { std::move(handler)(1); });
      },
      token);
}

// Row 5, asio#1332: a request that was queued reaches a signal that died with its child.
FANOUT_TEST(a_request_that_comes_to_a_child_which_has_ended_meanwhile_is_dropped) {
  auto const ex = co_await asio::this_coro::executor;
  by_hand other;
  texts heard;
  cancellation_signal signal;
  auto const seen =
      start(gather(ex, list(asio::bind_executor(other.context, listens_and_ends(heard)))), signal);
  co_await sleep_ms(1);
  BOOST_TEST(other.context.poll_one() == 1u); // the child starts, and its end is queued
  signal.emit(cancellation_type::terminal);   // queued behind that end
  other.run();
  co_await sleep_ms(1);
  BOOST_TEST(heard.empty());
  BOOST_TEST(seen->calls == 1);
  check_aborted(seen->error);
}

awaitable<int> is_cancelled_between_two_operations(cancellation_signal& signal) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await sleep_ms(5);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(5);
  co_return 1;
}

// Row 6, asio#1574: a request between two operations is lost if the coroutine does not throw.
FANOUT_TEST(a_request_that_a_child_has_missed_still_keeps_the_next_one_from_starting) {
  auto const ex = co_await asio::this_coro::executor;
  texts log;
  cancellation_signal signal;
  auto const seen = start(
      gather(ex, list(is_cancelled_between_two_operations(signal), logged(log, "b", 5)), limit(1)),
      signal);
  co_await sleep_ms(50);
  BOOST_TEST(log.empty());
  BOOST_TEST(seen->ms == 10);
  check_aborted(seen->error);
}

awaitable<cancellation_type> asks_after_a_gather() {
  co_await asio::this_coro::throw_if_cancelled(false);
  try {
    co_await gather(list(after(50, 1)));
  } catch (boost::system::system_error const&) {
  }
  auto const state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled();
}

// Row 7: reset_cancellation_state forgets a request.
FANOUT_TEST(a_coroutine_still_knows_after_a_gather_that_it_was_cancelled) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto known = cancellation_type::none;
  asio::co_spawn(
      ex, asks_after_a_gather(),
      asio::bind_cancellation_slot(
          signal.slot(), [&](std::exception_ptr, cancellation_type type) { known = type; }));
  co_await sleep_ms(5);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(5);
  BOOST_TEST((known == cancellation_type::terminal));
}

// Row 8: after a terminal request the next co_await of a coroutine throws at once.
FANOUT_TEST(a_cancelled_child_that_resets_its_cancellation_state_can_await_its_clean_up) {
  auto const ex = co_await asio::this_coro::executor;
  cancellation_signal signal;
  auto const seen = start(gather(ex, list(cleans_up(50, 30))), signal);
  co_await sleep_ms(5);
  signal.emit(cancellation_type::terminal);
  co_await sleep_ms(50);
  BOOST_TEST(seen->ms == 35);
  check_aborted(seen->error);
}

FANOUT_TEST(a_child_after_a_cancelled_one_can_await) {
  using timeout = fanout::child_timeout<virtual_clock>;
  auto const r = co_await gather(list(after(50, 1), after(5, 2)), limit(1),
                                 timeout(milliseconds(10)), return_exceptions);
  BOOST_TEST(fanout::is_timed_out(r.at(0)));
  BOOST_TEST(r.at(1).value() == 2);
}

// Row 9, asio#1303, asio#1170: co_spawn needs a type that can be default-constructed.
FANOUT_TEST(children_yield_values_that_cannot_be_default_constructed) {
  auto const r = co_await gather(undefaulted_after(10, 1), undefaulted_after(5, 2));
  BOOST_TEST(get<0>(r).number == 1);
  BOOST_TEST(get<1>(r).number == 2);
}

// Row 10, asio#1577: int && int && void does not compile, and tuples are flattened.
FANOUT_TEST(every_child_has_one_place_whatever_it_yields) {
  auto const r = co_await gather(at_once(1), gather(at_once(2), at_once(3)), nothing_at_once());
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(r)>,
                               std::tuple<int, std::tuple<int, int>, std::monostate>>);
  BOOST_TEST((r == std::tuple(1, std::tuple(2, 3), std::monostate())));
}

// Row 11, asio#1715: && replaces an exception by multiple_exceptions, since it cancelled the other.
FANOUT_TEST(the_error_that_caused_a_cancellation_is_the_one_that_is_delivered) {
  FANOUT_CHECK_THROWS(
      oops, "mine", co_await gather(list(after(50, 1), throws_after(5, "mine")), cancel_on_error));
}

// Row 13, asio#1375: an empty range never completes, or throws.
FANOUT_TEST(an_empty_range_completes_with_nothing) {
  auto const r = co_await gather(std::vector<awaitable<int>>());
  BOOST_TEST(r.empty());
  co_await gather(std::vector<awaitable<void>>());
}

// Row 14: an initiation that throws leaves the first child running and never completes.
FANOUT_TEST(an_initiation_that_throws_is_the_error_of_its_child) {
  texts log;
  auto const r = co_await gather(logged(log, "a", 10, 1), throwing_initiation("no start"),
                                 logged(log, "c", 10, 3), return_exceptions);
  CHECK_TEXTS(log, "+a", "+c", "-a", "-c");
  BOOST_TEST(std::get<0>(r).value() == 1);
  check_error<oops>(std::get<1>(r).error(), "no start");
  BOOST_TEST(std::get<2>(r).value() == 3);
}

awaitable<int> nested(int depth) {
  if (depth == 0) co_return 0;
  auto const r = co_await gather(list(nested(depth - 1), hop(1)));
  co_return r[0] + r[1];
}

// Row 15, asio#996: nested groups overflow the stack. (100,000 levels: gather_depth.cpp.)
FANOUT_TEST(twenty_thousand_nested_gathers_of_two_children_end) {
  BOOST_TEST(co_await nested(20'000) == 20'000);
}

/// Counts what is allocated with it.
template <class T>
struct counting_allocator {
  using value_type = T;

  int* count;

  explicit counting_allocator(int& c) : count(&c) {}
  template <class U>
  counting_allocator(counting_allocator<U> const& other) : count(other.count) {}

  T* allocate(std::size_t n) {
    ++*count;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }

  template <class U>
  bool operator==(counting_allocator<U> const& other) const {
    return count == other.count;
  }
};

int allocations_for(int n) {
  std::vector<awaitable<int>> children;
  for (int i = 0; i < n; ++i) children.push_back(at_once(i));
  asio::io_context context(1);
  int count = 0;
  std::size_t results = 0;
  gather(context, std::move(children))(
      asio::bind_allocator(counting_allocator<int>(count),
                           [&](std::exception_ptr, std::vector<int> v) { results = v.size(); }));
  context.run();
  BOOST_TEST(results == static_cast<std::size_t>(n));
  return count;
}

// Row 16, asio#1278, asio#1427: the associated allocator is ignored, and a child costs 8 blocks.
BOOST_AUTO_TEST_CASE(
    the_associated_allocator_gives_as_many_blocks_for_a_thousand_children_as_for_ten) {
  BOOST_TEST(allocations_for(10) > 0);
  BOOST_TEST(allocations_for(1000) == allocations_for(10));
}

// Row 17: the executor of a group does not reach its operations.
FANOUT_TEST(an_operation_without_an_executor_has_that_of_the_gather) {
  asio::any_io_executor const strand = asio::make_strand(co_await asio::this_coro::executor);
  asio::any_io_executor seen;
  asio::deferred_t token;
  auto const operation = asio::async_initiate<asio::deferred_t, void()>(
      [&seen](auto handler) {
        seen = asio::get_associated_executor(handler);
        std::move(handler)();
      },
      token);
  co_await gather(strand, operation);
  BOOST_TEST((seen == strand));
}

// Row 19, asio#1491: the captures of a lambda coroutine die before it runs.
FANOUT_TEST(a_lambda_coroutine_finds_its_captures_when_it_runs) {
  auto child = [text = std::string("a text that needs memory of its own")]() -> awaitable<int> {
    co_await sleep_ms(5);
    co_return static_cast<int>(text.size());
  };
  auto operation = gather(std::move(child));
  BOOST_TEST(std::get<0>(co_await std::move(operation)) == 35);
}

BOOST_AUTO_TEST_SUITE_END()

#undef CHECK_TEXTS

} // namespace gather_asio_rows
