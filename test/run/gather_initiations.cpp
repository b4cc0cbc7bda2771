//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract: a child whose initiation throws fails with that exception, unless it has ended before;
// where somebody can cancel it and where nobody can.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/task_group.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <ranges>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace gather_initiations {

namespace asio = boost::asio;
using boost::asio::awaitable;
using fanout::gather;
using fanout::return_exceptions;
using fanout_test::check_error;
using namespace std::chrono_literals;
using zoo::oops;

using results = std::vector<fanout::result<int>>;

/// An operation that is initiated by `f(handler)`.
template <class F>
auto initiated_by(F f) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void(int)>(std::move(f), token);
}

template <class Handler>
void post(Handler handler, int value) {
  auto const executor = asio::get_associated_executor(handler);
  asio::post(executor,
             [handler = std::move(handler), value]() mutable { std::move(handler)(value); });
}

auto ends_after_two_turns() {
  return initiated_by([](auto handler) {
    auto const executor = asio::get_associated_executor(handler);
    asio::post(executor, [handler = std::move(handler)]() mutable { post(std::move(handler), 2); });
  });
}

// What became of this operation and of one that ends later: an end that counts twice would end the
// gather without that.
template <class Operation>
results with_a_later_one(asio::io_context& context, Operation operation, bool cancellable) {
  asio::cancellation_signal signal;
  results ended;
  int calls = 0;
  auto handler = [&](std::exception_ptr, auto r) {
    ++calls;
    ended.push_back(std::move(std::get<0>(r)));
    ended.push_back(std::move(std::get<1>(r)));
  };
  auto all = gather(context, std::move(operation), ends_after_two_turns(), return_exceptions);
  if (cancellable)
    std::move(all)(asio::bind_cancellation_slot(signal.slot(), handler));
  else
    std::move(all)(handler);
  context.run();
  context.restart();
  BOOST_TEST(calls == 1);
  BOOST_REQUIRE(ended.size() == 2u);
  BOOST_TEST(ended[1].value() == 2);
  return ended;
}

template <class Operation>
void check_fails(asio::io_context& context, Operation const& operation) {
  for (bool const cancellable : {false, true}) {
    auto const ended = with_a_later_one(context, operation, cancellable);
    check_error<oops>(ended[0].error(), "too late");
  }
}

BOOST_AUTO_TEST_SUITE(gather_initiations_test)

BOOST_AUTO_TEST_CASE(an_initiation_that_throws_after_it_has_called_its_handler_has_succeeded) {
  asio::io_context context;
  auto const operation = initiated_by([](auto handler) {
    std::move(handler)(1);
    throw oops("too late");
  });
  for (bool const cancellable : {false, true})
    BOOST_TEST(with_a_later_one(context, operation, cancellable)[0].value() == 1);
}

BOOST_AUTO_TEST_CASE(an_initiation_that_throws_before_its_handler_is_called_has_failed) {
  asio::io_context context;
  check_fails(context, initiated_by([](auto handler) {
                post(std::move(handler), 1);
                throw oops("too late");
              }));
}

BOOST_AUTO_TEST_CASE(an_initiation_that_throws_and_destroys_its_handler_has_failed) {
  asio::io_context context;
  check_fails(context, initiated_by([](auto) { throw oops("too late"); }));
}

BOOST_AUTO_TEST_CASE(an_initiation_that_throws_and_whose_handler_is_never_called_has_failed) {
  asio::io_context context;
  std::shared_ptr<void> kept;
  check_fails(context, initiated_by([&kept](auto handler) {
                kept = std::make_shared<decltype(handler)>(std::move(handler));
                throw oops("too late");
              }));
}

BOOST_AUTO_TEST_CASE(a_handler_that_is_called_after_the_gather_has_ended_does_nothing) {
  asio::io_context context;
  for (bool const cancellable : {false, true}) {
    std::function<void()> call;
    auto const operation = initiated_by([&call](auto handler) {
      auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
      call = [kept] { std::move (*kept)(1); };
      throw oops("too late");
    });
    auto const ended = with_a_later_one(context, operation, cancellable);
    check_error<oops>(ended[0].error(), "too late");
    call();
    check_error<oops>(ended[0].error(), "too late");
  }
}

BOOST_AUTO_TEST_CASE(children_whose_initiations_throw_fail_each_with_its_own_exception) {
  asio::io_context context;
  std::vector<int> const indices{0, 1, 2, 3};
  auto const child = [](int i) {
    return initiated_by([i](auto handler) {
      post(std::move(handler), i);
      if (i % 2 == 1) throw oops(std::to_string(i));
    });
  };
  results ended;
  gather(context, indices | std::views::transform(child),
         return_exceptions)([&ended](std::exception_ptr, results r) { ended = std::move(r); });
  context.run();
  BOOST_REQUIRE(ended.size() == 4u);
  BOOST_TEST(ended[0].value() == 0);
  check_error<oops>(ended[1].error(), "1");
  BOOST_TEST(ended[2].value() == 2);
  check_error<oops>(ended[3].error(), "3");
}

BOOST_AUTO_TEST_CASE(an_initiation_inside_another_one_ends_its_own_child) {
  asio::io_context outer, inner;
  auto const calls = initiated_by([](auto handler) {
    std::move(handler)(1);
    throw oops("inner");
  });
  auto const posts = initiated_by([&inner](auto handler) {
    inner.poll();
    post(std::move(handler), 2);
    throw oops("outer");
  });
  int n_calls = 0;
  gather(outer, asio::bind_executor(inner, calls), posts, ends_after_two_turns(),
         return_exceptions)([&n_calls](std::exception_ptr, auto r) {
    ++n_calls;
    BOOST_TEST(std::get<0>(r).value() == 1);
    check_error<oops>(std::get<1>(r).error(), "outer");
    BOOST_TEST(std::get<2>(r).value() == 2);
  });
  outer.run();
  BOOST_TEST(n_calls == 1);
}

// Asio runs the initiation of what a coroutine awaits outside of the coroutine, and destroys the
// frame later: the child has one end all the same.
awaitable<int> awaits_what_throws() {
  co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(
      [](auto&&) { throw oops("no descriptor left"); }, asio::use_awaitable);
  co_return 1;
}

FANOUT_TEST(a_child_whose_first_initiation_throws_ends_once) {
  auto const executor = co_await asio::this_coro::executor;
  auto const text = "no descriptor left";
  auto both = gather(awaits_what_throws(), zoo::hop(2), return_exceptions);
  auto const [a, b] = co_await std::move(both);
  check_error<oops>(a.error(), text);
  BOOST_TEST(b.value() == 2);

  std::vector<std::size_t> told;
  std::vector<awaitable<int>> some;
  some.push_back(zoo::at_once(1));
  some.push_back(awaits_what_throws());
  some.push_back(zoo::hop(3));
  auto all = gather(std::move(some), return_exceptions, fanout::completion_order(told));
  auto const r = co_await std::move(all);
  BOOST_TEST((r[0].value() == 1 && r[2].value() == 3));
  check_error<oops>(r[1].error(), text);
  BOOST_TEST(told == (std::vector<std::size_t>{0, 2, 1}), boost::test_tools::per_element());

  auto const task = fanout::create_task(executor, awaits_what_throws());
  FANOUT_CHECK_THROWS(oops, text, co_await task);
  fanout::task_group group(executor, fanout::keep_going);
  auto const of_group = group.create_task(awaits_what_throws());
  co_await group.join();
  FANOUT_CHECK_THROWS(oops, text, co_await of_group);
  auto ends = fanout::as_completed(awaits_what_throws(), zoo::hop(2));
  int n = 0;
  while (auto const end = co_await ends.next()) {
    if (end->index == 0) check_error<oops>(end->result.error(), text);
    ++n;
  }
  BOOST_TEST(n == 2);
}

// The handler is destroyed uncalled when the initiation throws: the child leaves the list of what
// can be asked to end once, and its siblings stay in it.
FANOUT_TEST(siblings_of_a_child_whose_initiation_has_thrown_can_be_asked_to_end) {
  using zoo::hears;
  using zoo::throwing_initiation;
  using strings = std::vector<std::string>;
  auto const executor = co_await asio::this_coro::executor;
  auto const expect = [](strings& log, strings const& expected) {
    BOOST_TEST(log == expected, boost::test_tools::per_element());
    log.clear();
  };
  strings log;

  FANOUT_CHECK_THROWS(oops, "failed",
                      co_await gather(hears(log, "a", 5), throwing_initiation("failed"),
                                      hears(log, "c", 5), fanout::cancel_on_error));
  expect(log, {"a:terminal"});

  FANOUT_CHECK_THROWS(oops, "failed",
                      co_await fanout::race(hears(log, "a", 5), throwing_initiation("failed")));
  expect(log, {"a:terminal"});

  auto const never = fanout::cancel_when([](std::exception_ptr const& error) {
    return error ? asio::cancellation_type::total : asio::cancellation_type::none;
  });
  auto const results =
      co_await gather(hears(log, "a", 5), throwing_initiation("failed"), return_exceptions, never);
  check_error<oops>(std::get<1>(results).error(), "failed");
  expect(log, {"a:total"});

  asio::cancellation_signal signal;
  bool ended = false;
  gather(executor, hears(log, "a", 5), throwing_initiation("failed"), hears(log, "c", 5),
         return_exceptions)(asio::bind_cancellation_slot(
      signal.slot(), [&ended](std::exception_ptr, auto const&) { ended = true; }));
  co_await zoo::sleep_ms(1);
  signal.emit(asio::cancellation_type::partial);
  co_await zoo::sleep_ms(10);
  BOOST_TEST(ended);
  expect(log, {"a:partial", "c:partial"});

  fanout::task_group group(executor);
  group.create_task(hears(log, "a", 5));
  group.create_task(throwing_initiation("failed"));
  group.create_task(hears(log, "c", 5));
  FANOUT_CHECK_THROWS(oops, "failed", co_await group.join());
  expect(log, {"a:terminal"});
}

BOOST_AUTO_TEST_CASE(initiations_on_two_threads_may_end_in_any_order) {
  asio::thread_pool pool(2);
  for (bool const first_one_first : {false, true}) {
    std::atomic<int> begun{0};
    std::atomic<bool> one_has_ended{false};
    // Ends at once or when the other one has.
    auto const child = [&](bool waits) {
      return asio::bind_executor(pool, initiated_by([&, waits](auto handler) {
                                   ++begun;
                                   while (begun != 2) std::this_thread::yield();
                                   while (waits && !one_has_ended) std::this_thread::yield();
                                   std::move(handler)(waits ? 2 : 1);
                                   if (!waits) one_has_ended = true;
                                   throw oops("too late");
                                 }));
    };
    auto all = gather(pool, child(first_one_first ? false : true), child(first_one_first));
    auto const [a, b] = std::move(all)(asio::use_future).get();
    BOOST_TEST(a == (first_one_first ? 1 : 2));
    BOOST_TEST(b == (first_one_first ? 2 : 1));
  }
}

BOOST_AUTO_TEST_CASE(an_initiation_that_throws_after_an_earlier_one_has_returned_has_succeeded) {
  asio::thread_pool pool(2);
  std::atomic<int> begun{0}, late{0};
  auto const child = [&](int value) {
    return asio::bind_executor(pool, initiated_by([&begun, value](auto handler) {
                                 ++begun;
                                 while (begun != 2) std::this_thread::yield();
                                 // The other one returns meanwhile.
                                 if (value == 2) std::this_thread::sleep_for(20ms);
                                 std::move(handler)(value);
                                 if (value == 2) throw oops("too late");
                               }));
  };
  auto all = gather(pool, child(1), child(2),
                    fanout::on_late_error([&late](std::size_t, std::exception_ptr) { ++late; }));
  BOOST_TEST((std::move(all)(asio::use_future).get() == std::tuple(1, 2)));
  pool.join();
  BOOST_TEST(late == 0);
}

// ---- the initiation of the gather throws

// An executor that takes no function.
struct refusing {
  asio::io_context* context;

  asio::execution_context& query(asio::execution::context_t) const noexcept { return *context; }
  static constexpr auto query(asio::execution::blocking_t) noexcept {
    return asio::execution::blocking.never;
  }
  refusing require(asio::execution::blocking_t::never_t) const noexcept { return *this; }
  bool operator==(refusing const&) const noexcept = default;

  template <class F>
  void execute(F&&) const {
    throw oops("refused");
  }
};

BOOST_AUTO_TEST_CASE(a_handler_of_another_context_is_not_called_if_the_initiation_throws) {
  asio::io_context children, other;
  asio::any_io_executor const executor = refusing{&children};
  bool called = false;
  auto const handler = [&called](std::exception_ptr, std::tuple<int>) { called = true; };
  FANOUT_CHECK_THROWS(
      oops, "refused",
      gather(executor, zoo::at_once(1))(asio::bind_executor(other.get_executor(), handler)));
  children.run();
  other.run();
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gather_initiations
