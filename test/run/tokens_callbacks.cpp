//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 3: callbacks, futures, and what is bound to a handler; where and when it is called.

#include <fanout/gather.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tokens_callbacks {

using namespace zoo;
using fanout::gather;
using fanout::shield;
using fanout_test::drive;

struct returns_after {
  int value;
  awaitable<int> operator()() const { return after(10 * value, value); }
};

auto pair() { return gather(returns_after{1}, returns_after{2}); }
auto pair(asio::io_context& context) { return gather(context, returns_after{1}, returns_after{2}); }

using two = std::tuple<int, int>;
auto const right = two(1, 2);

// What a handler was called with, and how often.
struct call {
  int times = 0;
  std::exception_ptr error;
  two values;
};

auto noting(call& c) {
  return [&c](std::exception_ptr e, two const& values) {
    ++c.times;
    c.error = e;
    c.values = values;
  };
}

// A handler that notes whether it runs on this strand.
struct notes_strand {
  asio::strand<asio::io_context::executor_type> const& strand;
  bool& on_strand;

  void operator()(std::exception_ptr, two) const { on_strand = strand.running_in_this_thread(); }
};

BOOST_AUTO_TEST_SUITE(tokens_callbacks_test)

// ---- callbacks

BOOST_AUTO_TEST_CASE(a_callback_needs_an_executor_first) {
  asio::io_context context;
  call c;
  gather(context.get_executor(), returns_after{1}, returns_after{2})(noting(c));
  drive(context);
  BOOST_TEST(c.times == 1);
  BOOST_TEST(!c.error);
  BOOST_TEST((c.values == right));
}

BOOST_AUTO_TEST_CASE(a_callback_may_have_a_context_first) {
  asio::io_context context;
  call c;
  pair(context)(noting(c));
  drive(context);
  BOOST_TEST(c.times == 1);
  BOOST_TEST((c.values == right));
}

BOOST_AUTO_TEST_CASE(a_callback_may_bring_an_executor) {
  asio::io_context context;
  call c;
  pair()(asio::bind_executor(context, noting(c)));
  drive(context);
  BOOST_TEST(c.times == 1);
  BOOST_TEST((c.values == right));
}

BOOST_AUTO_TEST_CASE(a_callback_gets_the_error_and_empty_values) {
  asio::io_context context;
  call c;
  gather(context, after(10, 1), throws_after(5, "oops"))(noting(c));
  drive(context);
  BOOST_TEST(c.times == 1);
  fanout_test::check_error<oops>(c.error, "oops");
  BOOST_TEST((c.values == two(0, 0)));
}

BOOST_AUTO_TEST_CASE(a_callback_is_never_called_inside_the_initiating_call) {
  asio::io_context context;
  int calls = 0;
  asio::post(context, [&] {
    gather(context)([&calls](std::exception_ptr, std::tuple<>) { ++calls; });
    gather(context, at_once(1))([&calls](std::exception_ptr, std::tuple<int>) { ++calls; });
    gather(context, throws_at_once(""))([&calls](std::exception_ptr, auto) { ++calls; });
    BOOST_TEST(calls == 0);
  });
  context.run();
  BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_CASE(a_callback_may_be_move_only) {
  asio::io_context context;
  call c;
  pair(context)([&c, owned = std::make_unique<int>(7)](std::exception_ptr, two const& values) {
    c.times += *owned;
    c.values = values;
  });
  drive(context);
  BOOST_TEST(c.times == 7);
  BOOST_TEST((c.values == right));
}

BOOST_AUTO_TEST_CASE(a_callback_runs_on_its_own_executor_and_children_on_the_first) {
  asio::io_context children, handlers;
  auto const strand = asio::make_strand(handlers);
  bool on_strand = false;
  pair(children)(asio::bind_executor(strand, notes_strand{strand, on_strand}));
  drive(children);
  BOOST_TEST(!on_strand);
  handlers.run();
  BOOST_TEST(on_strand);
}

BOOST_AUTO_TEST_CASE(a_callback_on_the_executor_of_the_children_is_called_there) {
  asio::io_context context;
  auto const strand = asio::make_strand(context);
  bool on_strand = false;
  pair()(asio::bind_executor(strand, notes_strand{strand, on_strand}));
  drive(context);
  BOOST_TEST(on_strand);
}

BOOST_AUTO_TEST_CASE(detached_needs_nothing_more_than_an_executor) {
  asio::io_context context;
  std::vector<std::string> log;
  gather(context, logged(log, "a", 10), logged(log, "b", 5))(asio::detached);
  drive(context);
  BOOST_TEST(log == (std::vector<std::string>{"+a", "+b", "-b", "-a"}),
             boost::test_tools::per_element());
}

// ---- futures

BOOST_AUTO_TEST_CASE(use_future_makes_a_future) {
  asio::io_context context;
  std::future<two> f = pair(context)(asio::use_future);
  drive(context);
  BOOST_TEST((f.get() == right));
}

BOOST_AUTO_TEST_CASE(the_future_holds_the_exception) {
  asio::io_context context;
  auto f = gather(context, throws_at_once("oops"))(asio::use_future);
  drive(context);
  FANOUT_CHECK_THROWS(oops, "oops", f.get());
}

BOOST_AUTO_TEST_CASE(use_future_bound_to_an_executor_needs_none_first) {
  asio::io_context context;
  std::future<two> f = pair()(asio::bind_executor(context, asio::use_future));
  drive(context);
  BOOST_TEST((f.get() == right));
}

// ---- what is bound to a handler

BOOST_AUTO_TEST_CASE(bind_cancellation_slot_connects_the_signal) {
  asio::io_context context;
  asio::cancellation_signal signal;
  call c;
  pair(context)(asio::bind_cancellation_slot(signal.slot(), noting(c)));
  asio::post(context, [&] { signal.emit(asio::cancellation_type::terminal); });
  drive(context);
  BOOST_TEST(c.times == 1);
  BOOST_TEST(fanout::is_cancelled(c.error));
}

BOOST_AUTO_TEST_CASE(bind_allocator_is_passed_through) {
  asio::io_context context;
  call c;
  pair(context)(asio::bind_allocator(std::allocator<std::byte>(), noting(c)));
  drive(context);
  BOOST_TEST(c.times == 1);
  BOOST_TEST((c.values == right));
}

BOOST_AUTO_TEST_CASE(binders_may_stand_in_any_order) {
  asio::io_context context;
  asio::cancellation_signal signal, other;
  call c;
  pair()(asio::bind_allocator(
      std::allocator<std::byte>(),
      asio::bind_executor(context, asio::bind_cancellation_slot(signal.slot(), noting(c)))));
  pair()(asio::bind_cancellation_slot(
      other.slot(),
      asio::bind_allocator(std::allocator<std::byte>(), asio::bind_executor(context, noting(c)))));
  drive(context);
  BOOST_TEST(c.times == 2);
  BOOST_TEST((c.values == right));
}

// ---- the other operations

BOOST_AUTO_TEST_CASE(sleep_and_shield_call_back_and_make_futures) {
  asio::io_context context;
  int sum = 0;
  shield(context, returns_after{1})([&sum](std::exception_ptr, int v) { sum += v; });
  fanout::sleep<virtual_clock>(context, milliseconds(1))([&sum](std::exception_ptr) { sum += 10; });
  auto shielded = shield(context, returns_after{2})(asio::use_future);
  auto slept = fanout::sleep<virtual_clock>(context, milliseconds(1))(asio::use_future);
  BOOST_TEST(sum == 0);
  drive(context);
  BOOST_TEST(sum == 11);
  BOOST_TEST(shielded.get() == 2);
  slept.get();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tokens_callbacks
