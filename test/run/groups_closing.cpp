//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A group closes while its tasks wait for one another; what closes starts nothing more; and what a
// group has adopted it awaits in every order of events.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/ends.hpp"
#include "../support/outcome.hpp"
#include "../support/unhandled.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace groups_closing {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::create_task;
using fanout::future;
using fanout::task_group;
using fanout_test::end_of;
using virtual_clock = fanout::virtual_clock;
using lines = std::vector<std::string>;
namespace asio = boost::asio;

// ---- why a group closes, and how a running task waits for one that has not begun

using waits = std::function<asio::awaitable<void>(task_group&, future<int>)>;

asio::awaitable<void> until_first(future<int> f) {
  std::vector const all{f};
  co_await fanout::wait(all, fanout::first_completed);
}

std::vector<std::pair<std::string, waits>> const& ways_to_wait() {
  static std::vector<std::pair<std::string, waits>> const all{
      {"co_await", [](task_group&, future<int> f) -> asio::awaitable<void> { co_await f; }},
      {"gather",
       [](task_group&, future<int> f) -> asio::awaitable<void> { co_await fanout::gather(f, f); }},
      {"gather with return_exceptions",
       [](task_group&, future<int> f) -> asio::awaitable<void> {
         co_await fanout::gather(f, fanout::return_exceptions);
       }},
      {"wait",
       [](task_group&, future<int> f) -> asio::awaitable<void> { co_await until_first(f); }},
      {"shield",
       [](task_group&, future<int> f) -> asio::awaitable<void> { co_await fanout::shield(f); }},
      {"timeout",
       [](task_group&, future<int> f) -> asio::awaitable<void> {
         co_await fanout::timeout<virtual_clock>(1h, f);
       }},
      {"as_completed",
       [](task_group&, future<int> f) -> asio::awaitable<void> {
         auto ends = fanout::as_completed(f);
         while (co_await ends.next()) {
         }
       }},
      {"a slot",
       [](task_group& group, future<int>) -> asio::awaitable<void> { co_await group.slot(); }},
  };
  return all;
}

// A body that waits for its second task in this way. The limit lets the body run, and one more.
auto body(waits const& wait, bool fails_at_once, bool fails) {
  return [&wait, fails_at_once, fails](task_group& group) -> asio::awaitable<int> {
    if (fails_at_once)
      group.create_task(throws_at_once("oops"));
    else if (fails)
      group.create_task(throws_after(10, "oops"));
    else
      group.create_task(after(3'600'000, 1));
    auto const queued = group.create_task(after(1, 2));
    co_await wait(group, queued);
    co_return 1;
  };
}

BOOST_AUTO_TEST_SUITE(groups_closing_test)

FANOUT_TEST(a_group_that_closes_while_a_task_waits_for_one_that_has_not_begun_ends) {
  for (auto const& [how, wait] : ways_to_wait()) {
    BOOST_TEST_CONTEXT(how) {
      auto const begin = now_ms();
      auto const at_once = body(wait, true, true);
      BOOST_TEST(co_await end_of(fanout::with_task_group(at_once)) == "oops");
      BOOST_TEST(co_await end_of(fanout::with_task_group(at_once, fanout::limit(2))) == "oops");
      BOOST_TEST(now_ms() == begin);
      auto const later = body(wait, false, true);
      BOOST_TEST(co_await end_of(fanout::with_task_group(later, fanout::limit(2))) == "oops");
      BOOST_TEST(now_ms() == begin + 10);
      auto const busy = body(wait, false, false);
      BOOST_TEST(co_await end_of(fanout::with_task_group(busy, fanout::limit(2),
                                                         fanout::deadline<virtual_clock>(10ms))) ==
                 "deadline_exceeded");
      BOOST_TEST(co_await end_of(fanout::timeout<virtual_clock>(
                     10ms, fanout::with_task_group(busy, fanout::limit(2)))) ==
                 "deadline_exceeded");
      BOOST_TEST(now_ms() == begin + 30);
    }
  }
}

FANOUT_TEST(a_group_that_is_cancelled_while_a_task_waits_for_one_that_has_not_begun_ends) {
  auto const executor = co_await asio::this_coro::executor;
  for (auto const& [how, wait] : ways_to_wait())
    for (int const hops : {0, 1, 5}) {
      BOOST_TEST_CONTEXT(how << ", " << hops << " turns") {
        task_group group(executor, fanout::limit(2), fanout::keep_going);
        group.create_task(after(3'600'000, 1));
        auto const queued = std::make_shared<std::optional<future<int>>>();
        auto const waiting = group.create_task(
            [&wait, &group, queued]() -> asio::awaitable<void> { co_await wait(group, **queued); });
        queued->emplace(group.create_task(after(1, 2)));
        for (int i = 0; i < hops; ++i) co_await hop(1);
        auto const begin = now_ms();
        group.cancel();
        co_await group.join();
        BOOST_TEST(now_ms() == begin);
        BOOST_TEST(((*queued)->cancelled() && waiting.done()));
      }
    }
}

// ---- the child of a task that waits

struct notes_its_end {
  std::shared_ptr<void> const held;
  asio::awaitable<void> operator()() const { co_return; }
};

FANOUT_TEST(the_child_of_a_task_that_waits_is_destroyed_on_the_executor_and_never_inside_cancel) {
  auto const executor = co_await asio::this_coro::executor;
  for (bool const by_group : {false, true})
    for (bool const elsewhere : {false, true}) {
      task_group group(executor, fanout::limit(1), fanout::keep_going);
      group.create_task(after(3'600'000, 1));
      struct notes {
        bool inside = false, destroyed_inside = false;
        std::thread::id destroyed_on;
      };
      auto const seen = std::make_shared<notes>(); // the child may outlive this frame
      std::shared_ptr<void> held(nullptr, [seen](void*) {
        seen->destroyed_inside = seen->inside;
        seen->destroyed_on = std::this_thread::get_id();
      });
      std::weak_ptr<void> const alive = held;
      auto const queued = group.create_task(notes_its_end{std::move(held)});
      co_await hop(1);
      auto const cancel = [&] {
        seen->inside = !elsewhere;
        by_group ? group.cancel() : static_cast<void>(queued.cancel());
        seen->inside = false;
      };
      elsewhere ? std::thread(cancel).join() : cancel();
      BOOST_TEST((!queued.done() && !alive.expired()));
      co_await hop(1);
      if (by_group) co_await hop(1); // the request, and then the close
      BOOST_TEST((queued.cancelled() && alive.expired()));
      BOOST_TEST(!seen->destroyed_inside);
      BOOST_TEST((seen->destroyed_on == std::this_thread::get_id()));
      group.cancel();
      co_await group.join();
    }
}

// ---- what closes starts nothing more

FANOUT_TEST(a_group_that_is_cancelled_starts_nothing_from_that_moment_on) {
  auto const executor = co_await asio::this_coro::executor;
  task_group group(executor);
  bool begun = false;
  auto const task = group.create_task([&]() -> asio::awaitable<void> {
    begun = true;
    co_return;
  });
  group.cancel();
  FANOUT_CHECK_THROWS(
      fanout::invalid_state,
      "fanout::task_group: it has ended, or is being cancelled: invalid state [fanout:1]",
      group.create_task(hop(1)));
  co_await group.join();
  BOOST_TEST((!begun && task.cancelled()));
}

FANOUT_TEST(a_stream_that_is_closed_starts_nothing_from_that_moment_on) {
  auto const executor = co_await asio::this_coro::executor;
  for (int const hops : {0, 1, 2})
    for (bool const limited : {false, true}) {
      BOOST_TEST_CONTEXT(hops << " turns, limited: " << limited) {
        int begun = 0;
        auto const child = [&begun]() -> asio::awaitable<void> {
          ++begun;
          co_await hop(1);
        };
        auto const strand = asio::make_strand(executor);
        std::vector children(4, asio::bind_executor(strand, child));
        auto stream = limited ? fanout::as_completed(executor, children, fanout::limit(1))
                              : fanout::as_completed(executor, children, fanout::limit(9));
        for (int i = 0; i < hops; ++i) co_await hop(1);
        int const at_close = begun;
        co_await stream.close();
        BOOST_TEST(begun == at_close);
        int ends = 0;
        while (co_await stream.next()) ++ends;
        BOOST_TEST(ends == (hops == 0 ? 0 : 4)); // it had not been started
      }
    }
}

// ---- stragglers

asio::awaitable<void> hops(int n) {
  while (n-- > 0) co_await asio::post(asio::use_awaitable);
}

asio::awaitable<int> fails_after(int n) {
  co_await hops(n);
  throw oops("late");
}

// 20 ms of cleaning up after its cancellation.
asio::awaitable<int> cleans_up_20(bool& running) {
  running = true;
  std::exception_ptr cancelled;
  try {
    co_await sleep_ms(3'600'000);
  } catch (...) {
    cancelled = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state();
  co_await sleep_ms(20);
  running = false;
  std::rethrow_exception(cancelled);
}

FANOUT_TEST(no_order_of_closing_a_group_leaves_a_straggler_that_nothing_awaits) {
  auto const executor = co_await asio::this_coro::executor;
  int adopted = 0, too_late = 0;
  for (std::string const closes : {"a failure", "cancel()", "a request", "a timer"})
    for (int a = 0; a < 8; ++a)
      for (int b = 0; b < 12; ++b) {
        bool running = false, open = false, running_at_join = false;
        task_group group(executor);
        if (closes == "a failure") group.create_task(fails_after(b));
        auto all = fanout::gather(fails_after(a), cleans_up_20(running), fanout::stragglers(group));
        std::move(all)(asio::bind_executor(executor, [&](std::exception_ptr, auto&&) {
          try {
            group.create_task(hops(0));
            open = true; // it was, when it adopted the other child
          } catch (fanout::invalid_state const&) {
          }
        }));
        group.create_task(hops(20));
        auto const joined = create_task(executor, [&]() -> asio::awaitable<void> {
          co_await hops(closes == "a failure" ? 0 : b);
          if (closes == "cancel()") group.cancel();
          co_await end_of(group.join());
          running_at_join = running;
        });
        if (closes == "a request") {
          co_await hops(b + 1);
          joined.cancel();
        } else if (closes == "a timer") {
          co_await sleep_ms(5);
          group.cancel();
        }
        co_await end_of(joined);
        BOOST_TEST_CONTEXT(closes << ", " << a << ", " << b) {
          BOOST_TEST((!open || !running_at_join));
          co_await sleep_ms(50);
          BOOST_TEST(!running); // whatever was too late has been cancelled
        }
        adopted += open;
        too_late += running_at_join;
      }
  BOOST_TEST_MESSAGE("384 orders: in " << adopted << " it was open, in " << too_late
                                       << " it had ended");
  BOOST_TEST(adopted > 200);
}

// A group that closes awaits what comes while it waits for others.
FANOUT_TEST(a_group_that_is_being_cancelled_adopts_and_cancels) {
  auto const executor = co_await asio::this_coro::executor;
  bool running = false, other = false;
  task_group group(executor);
  group.create_task(cleans_up_20(other));
  auto all =
      fanout::gather(throws_after(5, "oops"), cleans_up_20(running), fanout::stragglers(group));
  auto const gathered = create_task(executor, std::move(all));
  co_await hop(1);
  group.cancel(); // 20 ms to go
  BOOST_TEST(co_await end_of(gathered) == "oops");
  BOOST_TEST((running && other));
  auto const begin = now_ms();
  co_await group.join();
  BOOST_TEST(now_ms() == begin + 20);
  BOOST_TEST((!running && !other));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace groups_closing
