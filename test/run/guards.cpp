//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The narrow places of the machine: where one line keeps two things apart that nearly always are.

#include <fanout/gather.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/kept_handler.hpp"
#include "../support/outcome.hpp"
#include "../support/threads.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace guards {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;
using namespace std::chrono_literals;
using zoo::oops;
using zoo::virtual_clock;

// Runs two contexts on this thread until both have nothing to do.
void poll(asio::io_context& a, asio::io_context& b) {
  std::size_t ran = 1;
  while (ran != 0) {
    a.restart();
    b.restart();
    ran = a.poll() + b.poll();
  }
}

// Holds one coroutine up. It goes on inside the call of `open`.
class gate {
public:
  awaitable<void> wait() {
    auto token = asio::use_awaitable;
    return asio::async_initiate<asio::use_awaitable_t<>, void()>(
        [this](auto handler) {
          fanout_test::kept_handler const kept(std::move(handler));
          open_ = [kept] { kept.take()(); };
        },
        token);
  }

  void open() { std::exchange(open_, nullptr)(); }

private:
  std::function<void()> open_;
};

// Waits to be cancelled, and opens the gate inside the emission.
awaitable<int> opens_when_cancelled(gate& g) {
  auto token = asio::use_awaitable;
  co_await asio::async_initiate<asio::use_awaitable_t<>, void(boost::system::error_code)>(
      [&g](auto handler) {
        auto const executor = asio::get_associated_executor(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        fanout_test::kept_handler const kept(std::move(handler));
        slot.assign([&g, executor, kept](asio::cancellation_type) {
          g.open();
          asio::post(executor, [kept] {
            kept.take()(boost::system::error_code(asio::error::operation_aborted));
          });
        });
      },
      token);
  co_return 0;
}

awaitable<int> passes(gate& g, int value) {
  co_await g.wait();
  co_return value;
}

// A value that takes its time to move, once, and says that it does.
struct slow_value {
  std::atomic<bool>* moving;

  explicit slow_value(std::atomic<bool>* m) : moving(m) {}
  slow_value(slow_value&& other) noexcept : moving(std::exchange(other.moving, nullptr)) {
    if (!moving || moving->exchange(true)) return;
    std::this_thread::sleep_for(50ms);
  }
};

BOOST_AUTO_TEST_SUITE(guards_test)

BOOST_AUTO_TEST_CASE(a_child_on_its_way_to_its_own_executor_does_not_run_after_a_request) {
  asio::io_context here, there;
  asio::cancellation_signal signal;
  bool ran = false;
  std::exception_ptr error;
  auto child = [&ran]() -> awaitable<int> {
    ran = true;
    co_return 1;
  };
  gather(here, asio::bind_executor(there, child))(asio::bind_cancellation_slot(
      signal.slot(), [&error](std::exception_ptr e, std::tuple<int>) { error = e; }));
  here.poll();
  signal.emit(asio::cancellation_type::terminal);
  poll(here, there);
  BOOST_TEST(!ran);
  fanout_test::check_aborted(error);
}

FANOUT_TEST(a_request_for_a_child_that_has_ended_does_not_reach_the_next_one_in_its_place) {
  // Two children are due. The end of the first one ends the second, and a third starts in its
  // place, all before the second one is told.
  gate g;
  std::vector<awaitable<int>> children;
  children.push_back(opens_when_cancelled(g));
  children.push_back(passes(g, 1));
  children.push_back(zoo::after(5, 2));
  auto operation = gather(std::move(children), fanout::limit(2), fanout::return_exceptions,
                          fanout::child_timeout<virtual_clock>(10ms));
  auto const r = co_await std::move(operation);
  fanout_test::check_error<fanout::deadline_exceeded>(r.at(0).error(), "deadline exceeded");
  BOOST_TEST(r.at(1).value() == 1);
  BOOST_TEST((r.at(2).has_value() && r.at(2).value() == 2));
}

BOOST_AUTO_TEST_CASE(hooks_of_children_that_end_together_run_one_after_another) {
  asio::thread_pool pool(2);
  fanout_test::meeting both(2);
  fanout_test::crowd hooks;
  auto child = [&both]() -> awaitable<bool> { co_return both.attend(); };
  auto tell = fanout::on_progress([&hooks](fanout::progress const&) {
    fanout_test::crowd::visit const inside(hooks);
    std::this_thread::sleep_for(20ms);
  });
  auto const [a, b] = fanout_test::result_of(
      gather(pool, asio::bind_executor(pool, child), asio::bind_executor(pool, child), tell));
  BOOST_TEST((a && b));
  BOOST_TEST(hooks.most() == 1);
}

BOOST_AUTO_TEST_CASE(an_initiation_that_throws_while_its_handler_runs_elsewhere_has_succeeded) {
  asio::thread_pool pool(2);
  std::atomic<bool> moving{false};
  auto token = asio::deferred;
  auto operation = asio::async_initiate<asio::deferred_t, void(slow_value)>(
      [&pool, &moving](auto handler) {
        asio::post(pool, [&moving, handler = std::move(handler)]() mutable {
          std::move(handler)(slow_value(&moving));
        });
        while (!moving) std::this_thread::yield();
        throw oops("too late");
      },
      token);
  auto one = gather(pool, std::move(operation));
  BOOST_CHECK_NO_THROW(fanout_test::result_of(std::move(one)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace guards
