//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 2, section 4: operations that forget cancellations.

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

#include "../support/allocations.hpp"
#include "../support/completions.hpp"
#include "../support/compositions.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace abortables {

using namespace zoo;
using namespace std::chrono_literals;
using asio::cancellation_type;
using boost::system::error_code;
using boost::system::system_error;
using boost::test_tools::per_element;
using fanout::abortable;
using fanout_test::aborted_text;
using fanout_test::check_aborted;
using fanout_test::counted;
using fanout_test::counted_handler;
using fanout_test::drive;
using fanout_test::start;
using fanout_test::step;
using fanout_test::timeout;
using lines = std::vector<std::string>;
using timer = asio::basic_waitable_timer<virtual_clock>;

constexpr int last_steps = 8; // as the manual says

template <class Signature, class Implementation>
auto made_of(Implementation implementation) {
  asio::deferred_t token;
  return asio::async_compose<asio::deferred_t, Signature>(std::move(implementation), token);
}

// Takes steps of 10 ms, counts them, and keeps no request: what waits hears of none.
struct forgetful {
  int steps; // then it ends, with their number
  int* ran;
  std::shared_ptr<timer> alarm = nullptr;
  counted own = {};

  template <class Self>
  void operator()(Self& self, error_code const& = {}) {
    if (!alarm)
      alarm = std::make_shared<timer>(self.get_executor());
    else if (++*ran == steps)
      return self.complete(error_code(), *ran);
    auto& waiting = *alarm;
    waiting.expires_after(10ms);
    waiting.async_wait(asio::bind_cancellation_slot(asio::cancellation_slot(), std::move(self)));
  }
};

auto forgets(int& ran, int steps = 1000) {
  return made_of<void(error_code, int)>(forgetful{steps, &ran});
}

// Is never idle: its steps are posts, which nothing can cancel.
struct busy {
  int steps;
  int* ran;
  counted own = {};

  template <class Self>
  void operator()(Self& self) {
    if (*ran == steps) return self.complete(error_code(), *ran);
    ++*ran;
    asio::post(std::move(self));
  }
};

auto never_idle(int& ran, int steps = -1) {
  return made_of<void(error_code, int)>(busy{steps, &ran});
}

// Waits for an hour after one step, and answers what it hears then with an error of its own. What
// comes during that step is lost.
struct hesitant {
  int state = 0;
  std::shared_ptr<timer> alarm = nullptr;

  template <class Self>
  void operator()(Self& self, error_code const& error = {}) {
    switch (state++) {
    case 0: return asio::post(std::move(self));
    case 1: {
      alarm = std::make_shared<timer>(self.get_executor(), 1h);
      auto& waiting = *alarm;
      return waiting.async_wait(std::move(self));
    }
    default: return self.complete(error ? error_code(asio::error::eof) : error_code(), 1);
    }
  }
};

auto hesitates() { return made_of<void(error_code, int)>(hesitant()); }

std::string eof_text() { return system_error(asio::error::eof).what(); }

BOOST_AUTO_TEST_SUITE(abortable_test)

// ---- what it yields

FANOUT_TEST(it_yields_what_the_operation_does) {
  BOOST_TEST(co_await abortable(completes_with({}, 1)) == 1);
  BOOST_TEST(co_await abortable(completing<void(int)>(2)) == 2);
  BOOST_TEST(
      co_await abortable(completing<void(std::exception_ptr, int)>(std::exception_ptr(), 3)) == 3);
  BOOST_TEST(co_await abortable(completing<void(std::exception_ptr, int)>(nullptr, 3)) == 3);
  co_await abortable(completing<void()>());
  co_await abortable(completing<void(error_code)>(error_code()));
  auto const several =
      co_await abortable(completing<void(error_code, int, std::string)>(error_code(), 4, "four"));
  BOOST_TEST((several == std::tuple(4, std::string("four"))));
  int ran = 0;
  BOOST_TEST(co_await abortable(forgets(ran, 5)) == 5);
  BOOST_TEST(co_await abortable(never_idle(ran, 100)) == 100);
}

FANOUT_TEST(it_may_yield_what_only_moves_or_has_no_default) {
  auto moved = made_of<void(error_code, move_only)>(
      [](auto& self) { self.complete(error_code(), move_only(1)); });
  move_only const m = co_await abortable(std::move(moved));
  BOOST_TEST(*m.number == 1);

  auto one = abortable(completing<void(error_code, no_default)>(error_code(), no_default(2)));
  static_assert(std::is_same_v<decltype(one)::result_type, fanout::values<no_default>>);
  no_default const n = co_await std::move(one);
  BOOST_TEST(n.number == 2);
}

FANOUT_TEST(an_error_is_that_of_the_operation) {
  FANOUT_CHECK_THROWS(system_error, eof_text(),
                      co_await abortable(completes_with(asio::error::eof, 1)));
  auto const mine = std::make_exception_ptr(oops("mine"));
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await abortable(completing<void(std::exception_ptr, int)>(mine, 1)));
  auto gathered = fanout::gather(abortable(throwing_initiation("initiation")));
  FANOUT_CHECK_THROWS(oops, "initiation", co_await std::move(gathered));
}

FANOUT_TEST(a_value_whose_copy_throws_is_an_error) {
  struct fragile {
    fragile() = default;
    fragile(fragile const& other) : throws(other.throws) {
      if (throws) throw oops("copied");
    }
    bool throws = false;
  };
  static fragile value;
  value.throws = true;
  auto completes = completing<void(error_code, fragile)>(error_code(), std::ref(value));
  FANOUT_CHECK_THROWS(oops, "copied", co_await abortable(std::move(completes)));
}

FANOUT_TEST(it_completes_with_every_token) {
  auto const executor = co_await asio::this_coro::executor;
  auto const [error, value] =
      co_await abortable(completes_with({}, 1))(asio::as_tuple(asio::use_awaitable));
  BOOST_TEST((!error && value == 1));
  BOOST_TEST(co_await abortable(completes_with({}, 2))(asio::deferred) == 2);

  auto future = abortable(executor, completes_with({}, 3))(asio::use_future);
  int called = 0;
  abortable(executor, completes_with({}, 4))([&](std::exception_ptr, int n) { called = n; });
  BOOST_TEST(called == 0);
  co_await sleep_ms(1);
  BOOST_TEST(called == 4);
  BOOST_TEST(future.get() == 3);
}

FANOUT_TEST(an_operation_that_can_be_copied_runs_as_often_as_one_likes) {
  auto const operation = abortable(completes_with({}, 1));
  BOOST_TEST(co_await operation == 1);
  BOOST_TEST(co_await operation == 1);
  BOOST_TEST(co_await operation(asio::use_awaitable) == 1);
  BOOST_TEST(std::get<1>(co_await fanout::gather(operation, operation)) == 1);
}

// ---- requests that are forgotten

FANOUT_TEST(an_operation_that_forgets_requests_holds_its_timeout_up) {
  stopwatch const passed;
  int ran = 0;
  BOOST_TEST(co_await timeout(25ms, forgets(ran, 20)) == 20);
  BOOST_TEST(passed() == 200);
}

FANOUT_TEST(eight_more_steps_run_after_a_request_and_the_next_one_is_dropped) {
  stopwatch const passed;
  int ran = 0;
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, fanout::deadline_exceeded().what(),
                      co_await timeout(25ms, abortable(forgets(ran))));
  BOOST_TEST(ran == 2 + last_steps);
  BOOST_TEST(passed() == 10 * (2 + last_steps + 1));
}

FANOUT_TEST(the_last_of_the_eight_steps_may_be_the_end) {
  int ran = 0;
  BOOST_TEST(co_await timeout(25ms, abortable(forgets(ran, 2 + last_steps))) == 2 + last_steps);
  ran = 0;
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, fanout::deadline_exceeded().what(),
                      co_await timeout(25ms, abortable(forgets(ran, 3 + last_steps))));
  BOOST_TEST(ran == 2 + last_steps);
}

FANOUT_TEST(a_gather_that_cancels_on_error_ends_what_is_never_idle) {
  int ran = 0;
  int const live = counted::live;
  {
    auto both = fanout::gather(abortable(never_idle(ran)), throws_after(0, "mine"),
                               fanout::cancel_on_error);
    FANOUT_CHECK_THROWS(oops, "mine", co_await std::move(both));
  }
  BOOST_TEST(ran > last_steps);
  BOOST_TEST(counted::live == live);
}

FANOUT_TEST(the_policies_with_a_clock_end_it) {
  int ran = 0;
  auto const child = fanout::child_timeout<virtual_clock>(25ms);
  stopwatch const passed;
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, fanout::deadline_exceeded().what(),
                      co_await fanout::gather(abortable(forgets(ran)), child));
  BOOST_TEST(passed() == 110);

  ran = 0;
  auto const in_time = fanout::deadline<virtual_clock>(25ms);
  auto const all = co_await fanout::gather(abortable(forgets(ran)), completes_with({}, 1), in_time,
                                           fanout::return_exceptions);
  BOOST_TEST(passed() == 220);
  BOOST_TEST(fanout::is_timed_out(std::get<0>(all)));
  BOOST_TEST(std::get<1>(all).value() == 1);
}

FANOUT_TEST(a_race_ends_it) {
  int ran = 0;
  auto race = fanout::race(abortable(never_idle(ran)), hop(1));
  BOOST_TEST((co_await std::move(race)).value == 1);
  auto success = fanout::first_success(abortable(never_idle(ran)), throws_at_once("no"), hop(2));
  BOOST_TEST((co_await std::move(success)).value == 2);
}

FANOUT_TEST(a_stream_that_is_closed_ends_it) {
  int ran = 0;
  int const live = counted::live;
  stopwatch const passed;
  {
    auto stream = fanout::as_completed(abortable(forgets(ran)), completes_with({}, 1));
    BOOST_TEST((co_await stream.next())->index == 1u);
  }
  co_await sleep_ms(1000);
  BOOST_TEST(ran == last_steps);
  BOOST_TEST(counted::live == live);
}

FANOUT_TEST(a_task_that_is_cancelled_ends_it) {
  auto const executor = co_await asio::this_coro::executor;
  int ran = 0;
  auto const task = fanout::create_task(executor, abortable(forgets(ran)));
  co_await sleep_ms(25);
  task.cancel();
  stopwatch const passed;
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await task);
  BOOST_TEST(task.cancelled());
  BOOST_TEST(passed() == 85);
  BOOST_TEST(ran == 2 + last_steps);
}

FANOUT_TEST(a_group_that_is_cancelled_ends_it) {
  int ran = 0;
  fanout::task_group group(co_await asio::this_coro::executor);
  auto const task = group.create_task(abortable(forgets(ran)));
  co_await sleep_ms(25);
  group.cancel();
  co_await group.join();
  BOOST_TEST(task.cancelled());
  BOOST_TEST(ran == 2 + last_steps);
}

FANOUT_TEST(a_shield_protects_it) {
  int ran = 0;
  stopwatch const passed;
  auto shielded = fanout::shield(abortable(forgets(ran, 30)));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, fanout::deadline_exceeded().what(),
                      co_await timeout(25ms, std::move(shielded)));
  BOOST_TEST(passed() == 25);
  co_await sleep_ms(1000);
  BOOST_TEST(ran == 30);
}

FANOUT_TEST(it_may_have_a_name_and_an_executor_of_its_own) {
  asio::any_io_executor const executor = asio::make_strand(co_await asio::this_coro::executor);
  int ran = 0;
  auto bound = asio::bind_executor(executor, abortable(forgets(ran)));
  auto named = fanout::named("deaf", std::move(bound));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, fanout::deadline_exceeded().what(),
                      co_await timeout(25ms, std::move(named)));
  BOOST_TEST(ran == 2 + last_steps);
}

FANOUT_TEST(a_callable_may_make_it) {
  int ran = 0;
  auto callable = [&ran] { return abortable(forgets(ran)); };
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, fanout::deadline_exceeded().what(),
                      co_await timeout(25ms, std::move(callable)));
  BOOST_TEST(ran == 2 + last_steps);
}

// ---- requests that are heard

FANOUT_TEST(an_operation_that_hears_the_request_ends_by_itself) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(system_error, eof_text(), co_await timeout(5ms, abortable(hesitates())));
  BOOST_TEST(passed() == 5);
  timer alarm(co_await asio::this_coro::executor, 1h);
  auto waits = abortable(alarm.async_wait(asio::deferred));
  FANOUT_CHECK_THROWS(fanout::deadline_exceeded, fanout::deadline_exceeded().what(),
                      co_await timeout(5ms, std::move(waits)));
  BOOST_TEST(passed() == 10);
}

BOOST_AUTO_TEST_CASE(a_request_that_was_lost_is_repeated_after_the_step) {
  asio::io_context context;
  asio::cancellation_signal lost, repeated;
  stopwatch const passed;
  long long bare = -1;
  hesitates()(asio::bind_cancellation_slot(
      lost.slot(), asio::bind_executor(context, [&](error_code, int) { bare = passed(); })));
  auto const seen = start(abortable(context, hesitates()), repeated);
  lost.emit(cancellation_type::terminal);
  repeated.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST(bare == 3'600'000);
  BOOST_TEST(seen->ms == 0);
  fanout_test::check_error<system_error>(seen->error, eof_text());
}

BOOST_AUTO_TEST_CASE(requests_of_every_type_are_passed_on) {
  asio::io_context context;
  asio::cancellation_signal signal;
  lines log;
  auto const seen = start(abortable(context, hears(log, "a", 10, 1)), signal);
  signal.emit(cancellation_type::partial);
  signal.emit(cancellation_type::total);
  signal.emit(cancellation_type::terminal);
  signal.emit(cancellation_type::all);
  drive(context);
  BOOST_TEST(log == (lines{"a:partial", "a:total", "a:terminal", "a:terminal+partial+total"}),
             per_element());
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value == 1);
}

BOOST_AUTO_TEST_CASE(only_terminal_requests_drop_steps_and_are_repeated) {
  asio::io_context context;
  asio::cancellation_signal signal;
  int ran = 0;
  auto const seen = start(abortable(context, forgets(ran, 20)), signal);
  signal.emit(cancellation_type::partial);
  signal.emit(cancellation_type::total);
  drive(context);
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value == 20);

  auto const waits = start(abortable(context, hesitates()), signal);
  signal.emit(cancellation_type::total);
  drive(context);
  BOOST_TEST(!waits->error);
  BOOST_TEST(waits->ms == 3'600'000);
}

BOOST_AUTO_TEST_CASE(a_second_request_leaves_no_more_steps_than_the_first_one) {
  asio::io_context context;
  asio::cancellation_signal signal;
  int ran = 0;
  auto const seen = start(abortable(context, never_idle(ran)), signal);
  BOOST_TEST(ran == 1);
  signal.emit(cancellation_type::terminal);
  for (int i = 0; i < 5; ++i) step(context);
  signal.emit(cancellation_type::all);
  drive(context);
  BOOST_TEST(ran == 1 + last_steps);
  check_aborted(seen->error);
}

// ---- when the request comes

FANOUT_TEST(what_is_cancelled_before_its_start_never_starts) {
  auto const executor = co_await asio::this_coro::executor;
  int ran = 0;
  auto const task = fanout::create_task(executor, abortable(never_idle(ran)));
  task.cancel();
  FANOUT_CHECK_THROWS(system_error, aborted_text(), co_await task);
  BOOST_TEST(ran == 0);
}

BOOST_AUTO_TEST_CASE(a_request_in_the_turn_of_the_completion_comes_too_late) {
  asio::io_context context;
  asio::cancellation_signal signal;
  int ran = 0;
  auto const seen = start(abortable(context, never_idle(ran, 1)), signal);
  BOOST_TEST(ran == 1); // and the post that completes is under way
  signal.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST(!seen->error);
  BOOST_TEST(seen->value == 1);
}

BOOST_AUTO_TEST_CASE(the_handler_is_called_once_with_a_clear_slot) {
  asio::io_context context;
  asio::cancellation_signal first, second;
  int ran = 0, aborted_ran = 0;
  auto const ended = start(abortable(context, never_idle(ran, 3)), first);
  auto const aborted = start(abortable(context, never_idle(aborted_ran)), second);
  second.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST((ended->calls == 1 && aborted->calls == 1));
  BOOST_TEST((ended->slot_was_clear && aborted->slot_was_clear));
  BOOST_TEST(ended->value == 3);
  check_aborted(aborted->error);
  BOOST_TEST(aborted->value == 0);
  first.emit(cancellation_type::terminal); // reaches nothing
  second.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST((ended->calls == 1 && aborted->calls == 1));
}

BOOST_AUTO_TEST_CASE(a_request_between_the_last_step_and_the_handler_changes_nothing) {
  asio::io_context context;
  asio::cancellation_signal signal;
  int ran = 0;
  auto const seen = start(abortable(context, never_idle(ran)), signal);
  signal.emit(cancellation_type::terminal);
  for (int i = 0; i <= last_steps; ++i) step(context);
  BOOST_TEST(ran == 1 + last_steps);
  BOOST_TEST(seen->calls == 0); // it is posted
  BOOST_TEST(!signal.slot().has_handler());
  signal.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST(seen->calls == 1);
  check_aborted(seen->error);
}

// ---- what is destroyed, and when

BOOST_AUTO_TEST_CASE(the_operation_is_destroyed_before_the_handler_is_called) {
  asio::io_context context;
  asio::cancellation_signal signal;
  int ran = 0;
  int live = -1;
  int const before = counted::live;
  abortable(context, never_idle(ran))(asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr, int) { live = counted::live; }));
  signal.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST(live == before);
}

// The number of turns after which the context is destroyed: the operation runs, is about to be
// dropped, was dropped.
BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_in_the_middle_destroys_the_handler_uncalled) {
  for (bool const asked : {false, true})
    for (int turns = 0; turns <= last_steps + 1; ++turns) {
      int const before = counted::live;
      int ran = 0, calls = 0;
      asio::cancellation_signal signal;
      {
        asio::io_context context;
        abortable(asio::make_strand(context), never_idle(ran))(
            asio::bind_cancellation_slot(signal.slot(), counted_handler{&calls}));
        if (asked) signal.emit(cancellation_type::terminal);
        for (int i = 0; i < turns; ++i) step(context);
      }
      signal.emit(cancellation_type::terminal); // reaches nothing
      BOOST_TEST(calls == 0);
      BOOST_TEST(counted::live == before);
    }
}

BOOST_AUTO_TEST_CASE(a_gather_whose_context_is_destroyed_in_the_middle_leaves_nothing) {
  int const before = counted::live;
  int ran = 0, calls = 0;
  asio::cancellation_signal signal;
  {
    asio::io_context context;
    fanout::gather(context, abortable(forgets(ran)), sleep_ms(1000))(
        asio::bind_cancellation_slot(signal.slot(), counted_handler{&calls}));
    step(context);
    signal.emit(cancellation_type::terminal);
    for (int i = 0; i < 5; ++i) step(context);
  }
  BOOST_TEST(calls == 0);
  BOOST_TEST(counted::live == before);
}

BOOST_AUTO_TEST_CASE(an_operation_that_gives_its_handler_up_is_not_completed) {
  asio::io_context context;
  asio::cancellation_signal signal;
  int const before = counted::live;
  int calls = 0;
  auto gives_up = made_of<void(error_code)>([n = 0](auto& self) mutable {
    if (n++ == 0) asio::post(std::move(self));
  });
  abortable(context, std::move(gives_up))(
      asio::bind_cancellation_slot(signal.slot(), counted_handler{&calls}));
  signal.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST(calls == 0);
  BOOST_TEST(counted::live == before);
}

// Runs a step when it is destroyed.
struct restless {
  std::function<void()> last;

  explicit restless(std::function<void()> f) : last(std::move(f)) {}
  restless(restless&& other) noexcept : last(std::exchange(other.last, nullptr)) {}
  ~restless() {
    if (last) last();
  }
};

// Is never idle, and is destroyed before its handler.
template <class Handler>
struct restless_loop {
  int* ran;
  Handler handler;
  restless last;

  void operator()() {
    ++*ran;
    auto const executor = handler.get_executor();
    asio::post(executor, std::move(*this));
  }
};

BOOST_AUTO_TEST_CASE(what_a_dropped_step_destroys_may_run_steps) {
  asio::io_context context;
  asio::cancellation_signal signal;
  int ran = 0;
  asio::deferred_t token;
  auto loops = asio::async_initiate<asio::deferred_t, void(error_code, int)>(
      [&ran]<class Handler>(Handler handler) {
        auto const executor = handler.get_executor();
        auto last = [&ran, executor] { asio::dispatch(executor, [&ran] { ran += 1000; }); };
        restless_loop<Handler>{&ran, std::move(handler), restless(std::move(last))}();
      },
      token);
  auto const seen = start(abortable(context, std::move(loops)), signal);
  signal.emit(cancellation_type::terminal);
  drive(context);
  BOOST_TEST(ran == 1 + last_steps); // that one was dropped too
  BOOST_TEST(seen->calls == 1);
  check_aborted(seen->error);
}

BOOST_AUTO_TEST_CASE(what_listens_may_own_the_handler) {
  for (bool const completes : {false, true}) {
    int const before = counted::live;
    int calls = 0;
    {
      asio::io_context context;
      asio::cancellation_signal signal;
      asio::deferred_t token;
      auto owned = asio::async_initiate<asio::deferred_t, void(error_code)>(
          [completes](auto handler) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
            slot.assign([kept](cancellation_type) {});
            if (completes)
              asio::post(kept->get_executor(),
                         [kept = std::weak_ptr(kept)] { std::move (*kept.lock())(error_code()); });
          },
          token);
      abortable(context, std::move(owned))(
          asio::bind_cancellation_slot(signal.slot(), counted_handler{&calls}));
      drive(context);
    }
    BOOST_TEST(calls == (completes ? 1 : 0));
    BOOST_TEST(counted::live == before);
  }
}

// ---- executor and memory

// Tells the executor of its handler, and completes.
template <class F>
auto with_executor(F f) {
  return made_of<void(error_code)>([f, n = 0](auto& self) mutable {
    if (n++ == 0) return asio::post(std::move(self));
    f(self.get_executor());
    self.complete(error_code());
  });
}

FANOUT_TEST(its_executor_is_one_like_any_other) {
  auto const outer = co_await asio::this_coro::executor;
  bool asked = false;
  co_await abortable(with_executor([&](auto const& executor) {
    using executor_type = std::decay_t<decltype(executor)>;
    static_assert(asio::execution::is_executor<executor_type>::value);
    asked = true;
    asio::any_io_executor const any = executor;
    BOOST_TEST((executor == executor_type(executor)));
    BOOST_TEST((any == asio::any_io_executor(executor)));
    BOOST_TEST((any != outer));
    BOOST_TEST((&asio::query(executor, asio::execution::context) ==
                &asio::query(outer, asio::execution::context)));
    auto const never = asio::require(executor, asio::execution::blocking.never);
    BOOST_TEST((asio::query(never, asio::execution::blocking) == asio::execution::blocking.never));
    BOOST_TEST((never == asio::require(executor, asio::execution::blocking.never)));
    auto const work = asio::make_work_guard(executor);
    BOOST_TEST(work.owns_work());
    bool ran = false;
    asio::dispatch(executor, [&] { ran = true; });
    BOOST_TEST(ran);
    asio::post(asio::make_strand(executor), [] {});
  }));
  BOOST_TEST(asked);
}

FANOUT_TEST(the_executors_of_two_operations_differ) {
  std::vector<asio::any_io_executor> seen;
  auto const keep = [&](auto const& executor) { seen.push_back(executor); };
  co_await abortable(with_executor(keep));
  co_await abortable(with_executor(keep));
  BOOST_TEST((seen.at(0) != seen.at(1)));
}

BOOST_AUTO_TEST_CASE(the_executor_that_stands_first_is_for_handlers_that_have_none) {
  asio::io_context first, own;
  int ran = 0;
  bool called = false;
  auto handler = [&](std::exception_ptr, int n) { called = n == 2; };
  abortable(first, never_idle(ran, 2))(asio::bind_executor(own, handler));
  drive(first);
  BOOST_TEST(!called);
  drive(own);
  BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(an_executor_that_the_handler_owns_moves_with_it) {
  asio::io_context context;
  asio::any_io_executor const executor = context.get_executor();
  int ran = 0, value = 0;
  auto handler = [&](std::exception_ptr, int n) { value = n; };
  abortable(never_idle(ran, 2))(asio::bind_executor(executor, handler));
  drive(context);
  BOOST_TEST(value == 2);
}

BOOST_AUTO_TEST_CASE(without_a_request_it_allocates_one_block_and_one_more_if_it_can_be_asked) {
  if (!fanout_test::counts_allocations()) return;
  asio::io_context context;
  asio::cancellation_signal signal;
  auto const used_by = [&](auto make) {
    std::size_t used = 0;
    for (int i = 0; i < 3; ++i) { // the first ones warm up
      fanout_test::heap_mark const mark;
      make();
      drive(context);
      used = mark.since().allocations;
    }
    return used;
  };
  int ran = 0;
  auto ended = [&](auto const&...) {
    ran = 0;
    signal.slot().clear();
  };
  auto token = asio::bind_executor(context, ended);
  auto listening = asio::bind_cancellation_slot(signal.slot(), token);
  auto const bare = used_by([&] { never_idle(ran, 100)(token); });
  BOOST_TEST(used_by([&] { abortable(never_idle(ran, 100))(token); }) == bare + 1);
  auto const heard = used_by([&] { never_idle(ran, 100)(listening); });
  BOOST_TEST(used_by([&] { abortable(never_idle(ran, 100))(listening); }) == heard + 2);
}

// Counts the blocks that are out.
template <class T>
struct counting_allocator {
  using value_type = T;

  int* allocations;
  int* live;

  counting_allocator(int& a, int& l) noexcept : allocations(&a), live(&l) {}
  template <class U>
  counting_allocator(counting_allocator<U> const& other) noexcept
      : allocations(other.allocations), live(other.live) {}

  T* allocate(std::size_t n) {
    ++*allocations;
    ++*live;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) noexcept {
    --*live;
    std::allocator<T>().deallocate(p, n);
  }

  template <class U>
  bool operator==(counting_allocator<U> const& other) const noexcept {
    return live == other.live;
  }
};

BOOST_AUTO_TEST_CASE(the_steps_use_the_allocator_of_the_handler_and_give_all_back_before_it) {
  for (bool const asked : {false, true}) {
    asio::io_context context;
    asio::cancellation_signal signal;
    int allocations = 0, live = 0, ran = 0, live_at_the_end = -1;
    auto handler = [&](std::exception_ptr, int) { live_at_the_end = live; };
    auto const allocator = counting_allocator<char>(allocations, live);
    abortable(context, never_idle(ran, asked ? -1 : 20))(asio::bind_allocator(
        allocator, asio::bind_cancellation_slot(signal.slot(), std::move(handler))));
    if (asked) signal.emit(cancellation_type::terminal);
    drive(context);
    BOOST_TEST(allocations >= last_steps);
    BOOST_TEST(live_at_the_end == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace abortables
