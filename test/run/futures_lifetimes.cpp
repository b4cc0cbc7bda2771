//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 4: futures, their waiters and their contexts are destroyed in every order; for
// AddressSanitizer above all.

#include <fanout/create_task.hpp>
#include <fanout/future.hpp>
#include <fanout/promise.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/counted.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace futures_lifetimes {

using namespace zoo;
using fanout::create_task;
using fanout::future;
using fanout::promise;
using fanout_test::counted;
using fanout_test::drive;
using fanout_test::step;

awaitable<int> holds(counted, long long ms) {
  counted const local;
  co_await sleep_ms(ms);
  co_return 1;
}

awaitable<void> waits(counted, future<int> f) {
  counted const local;
  co_await f;
}

awaitable<void> waits_for_itself(counted, asio::io_context& context) {
  promise<int> p(context);
  auto const f = p.get_future();
  co_await f;
}

// A handler or callback that counts its calls.
struct handler {
  int* calls;
  counted own;

  template <class... Args>
  void operator()(Args&&...) {
    ++*calls;
  }
};

// What is true of every future whose context went before its end.
void check_abandoned(future<int> const& f) {
  BOOST_TEST(!f.done());
  BOOST_TEST(!f.cancelled());
  BOOST_TEST(!f.cancel());
  BOOST_TEST(!static_cast<bool>(f.get_executor()));
  int calls = 0;
  auto const id = f.add_done_callback(handler{&calls, {}});
  BOOST_TEST(counted::live == 0); // dropped at once
  BOOST_TEST(!f.remove_done_callback(id));
  f(handler{&calls, {}}); // so is a handler that would run on its executor
  BOOST_TEST(counted::live == 0);
  BOOST_TEST(calls == 0);
  FANOUT_CHECK_THROWS(fanout::invalid_state,
                      "future 'abandoned' is still pending: invalid state [fanout:1]", f.result());
}

BOOST_AUTO_TEST_SUITE(futures_lifetimes_test)

// ---- the context of the task

BOOST_AUTO_TEST_CASE(a_future_whose_context_goes_before_its_end_is_abandoned) {
  for (int stage = 0; stage < 3; ++stage) {
    std::optional<future<int>> f;
    int calls = 0;
    {
      asio::io_context context;
      f.emplace(create_task(context, holds({}, 10), "abandoned"));
      f->add_done_callback(handler{&calls, {}});
      (*f)(handler{&calls, {}});
      asio::co_spawn(context, waits({}, *f), asio::detached);
      for (int i = 0; i < stage; ++i) step(context);
      BOOST_TEST(counted::live > 0);
    }
    BOOST_TEST(counted::live == 0);
    BOOST_TEST(calls == 0);
    check_abandoned(*f);
  }
}

BOOST_AUTO_TEST_CASE(a_promise_whose_context_has_gone_tells_nobody) {
  std::optional<promise<int>> p, unset;
  int calls = 0;
  {
    asio::io_context context;
    p.emplace(context);
    unset.emplace(context);
    p->get_future().add_done_callback(handler{&calls, {}});
  }
  auto const f = p->get_future();
  f.set_name("abandoned");
  check_abandoned(f);
  BOOST_TEST(!p->set_value(7));
  check_abandoned(f);
  auto const g = unset->get_future();
  g.set_name("abandoned");
  unset.reset();
  check_abandoned(g);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_cancellation_on_its_way_dies_with_the_context) {
  std::optional<future<int>> f;
  {
    asio::io_context context;
    f.emplace(create_task(context, holds({}, 10), "abandoned"));
    step(context);
    BOOST_TEST(f->cancel());
  }
  check_abandoned(*f);
}

BOOST_AUTO_TEST_CASE(a_future_that_is_done_outlives_its_context) {
  std::optional<future<int>> f, failed;
  {
    asio::io_context context;
    auto const strand = asio::make_strand(context);
    f.emplace(create_task(strand, at_once(7)));
    failed.emplace(create_task(strand, throws_at_once("broken")));
    drive(context);
  }
  BOOST_TEST(f->done());
  BOOST_TEST(f->result() == 7);
  BOOST_TEST(!f->cancel());
  FANOUT_CHECK_THROWS(oops, "broken", failed->result());
  int calls = 0;
  f->add_done_callback(handler{&calls, {}});
  BOOST_TEST(counted::live == 0);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(handles_on_a_strand_outlive_their_context) {
  std::optional<future<int>> f;
  std::optional<promise<int>> p;
  {
    asio::io_context context;
    auto const strand = asio::make_strand(context);
    f.emplace(create_task(strand, holds({}, 10), "abandoned"));
    p.emplace(strand);
    step(context);
  }
  BOOST_TEST(counted::live == 0);
  check_abandoned(*f);
}

BOOST_AUTO_TEST_CASE(handles_on_a_pool_outlive_it) {
  std::optional<future<int>> f;
  {
    asio::thread_pool pool(2);
    f.emplace(create_task(pool, hop(7), "abandoned"));
    pool.stop();
  }
  BOOST_TEST((f->done() || !f->cancel()));
}

// ---- the context of a waiter

BOOST_AUTO_TEST_CASE(a_waiter_dies_with_its_own_context) {
  asio::io_context context;
  int calls = 0;
  auto const f = create_task(context, at_once(7));
  {
    asio::io_context other;
    f(asio::bind_executor(other, handler{&calls, {}}));
    f(asio::bind_executor(asio::make_strand(other), handler{&calls, {}}));
    asio::co_spawn(other, waits({}, f), asio::detached);
    drive(other);
    BOOST_TEST(counted::live > 0);
  }
  BOOST_TEST(counted::live == 0);
  f(handler{&calls, {}});
  drive(context);
  BOOST_TEST(f.result() == 7);
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_waiter_that_was_posted_dies_with_its_own_context) {
  asio::io_context context;
  int calls = 0;
  {
    asio::io_context other;
    promise<int> p(context);
    p.get_future()(asio::bind_executor(other, handler{&calls, {}}));
    p.set_value(7);
    BOOST_TEST(counted::live > 0);
  }
  BOOST_TEST(counted::live == 0);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_waiter_elsewhere_is_called_when_the_future_is_abandoned) {
  int calls = 0;
  asio::io_context other;
  std::optional<asio::io_context> context(std::in_place);
  {
    auto const f = create_task(*context, holds({}, 10));
    f(asio::bind_executor(other, handler{&calls, {}}));
  }
  context.reset();
  BOOST_TEST(calls == 0);
  drive(other);
  BOOST_TEST(calls == 1);
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(a_waiter_elsewhere_that_goes_first_is_not_called) {
  int calls = 0;
  std::optional<asio::io_context> other(std::in_place), context(std::in_place);
  auto const f = create_task(*context, holds({}, 10));
  f(asio::bind_executor(*other, handler{&calls, {}}));
  other.reset();
  context.reset();
  BOOST_TEST(counted::live == 0);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_cancelled_wait_may_die_before_its_signal_and_after_it) {
  for (bool const signal_first : {false, true}) {
    std::optional<asio::cancellation_signal> signal(std::in_place);
    std::optional<asio::io_context> context(std::in_place);
    int calls = 0;
    auto const f = create_task(*context, holds({}, 10));
    f(asio::bind_cancellation_slot(signal->slot(), handler{&calls, {}}));
    step(*context);
    if (signal_first) signal.reset();
    context.reset();
    BOOST_TEST(counted::live == 0);
    if (signal) signal->emit(asio::cancellation_type::terminal);
    BOOST_TEST(calls == 0);
  }
}

// ---- who keeps whom

BOOST_AUTO_TEST_CASE(a_waiter_that_only_itself_could_wake_dies_with_its_context) {
  {
    asio::io_context context;
    asio::co_spawn(context, waits_for_itself({}, context), asio::detached);
    drive(context);
    BOOST_TEST(counted::live == 1);
  }
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(tasks_that_wait_for_each_other_die_with_their_context) {
  {
    asio::io_context context;
    promise<future<int>> p(context);
    auto first = [f = p.get_future(), own = counted()]() -> awaitable<int> {
      auto const second = co_await f;
      co_return co_await second;
    };
    auto const a = create_task(context, std::move(first));
    auto second = [a, own = counted()]() -> awaitable<int> { co_return co_await a; };
    p.set_value(create_task(context, std::move(second)));
    drive(context);
    BOOST_TEST(!a.done());
    BOOST_TEST(counted::live > 0);
  }
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(a_removed_callback_goes_at_once) {
  asio::io_context context;
  promise<int> p(context);
  int calls = 0;
  auto const f = p.get_future();
  auto const id = f.add_done_callback(handler{&calls, {}});
  BOOST_TEST(counted::live == 1);
  BOOST_TEST(f.remove_done_callback(id));
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(the_value_goes_with_the_last_handle) {
  asio::io_context context;
  std::optional<promise<counted>> p(std::in_place, context);
  std::optional<future<counted>> f(p->get_future());
  p->set_value(counted());
  p.reset();
  BOOST_TEST(counted::live == 1);
  f.reset();
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_CASE(
    a_promise_that_goes_with_its_context_is_not_a_broken_one_to_waiters_elsewhere) {
  asio::io_context other;
  std::exception_ptr error;
  {
    asio::io_context context;
    promise<int> p(context);
    p.get_future()(asio::bind_executor(other, [&](std::exception_ptr e, int) { error = e; }));
    asio::post(context, [p = std::move(p)] {});
  }
  drive(other);
  fanout_test::check_error<boost::system::system_error>(error, "Operation canceled [system:125]");
}

BOOST_AUTO_TEST_CASE(a_promise_of_another_context_is_broken_when_its_owner_goes) {
  asio::io_context context;
  int calls = 0;
  {
    asio::io_context owner;
    promise<int> p(context);
    p.get_future().add_done_callback(handler{&calls, {}});
    asio::post(owner, [p = std::move(p)] {});
  }
  drive(context);
  BOOST_TEST(calls == 1);
  BOOST_TEST(counted::live == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace futures_lifetimes
