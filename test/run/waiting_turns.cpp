//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 2.2: waiting for one's turn is waiting like any other. Every queue of the library goes
// through the same table.

#include <fanout/as_completed.hpp>
#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/promise.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace waiting_turns {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout_test::aborted_text;
using fanout_test::check_aborted;
using fanout_test::check_error;
using lines = std::vector<std::string>;
using virtual_clock = fanout::virtual_clock;
namespace asio = boost::asio;

// ---- the table

/// What one wait is called with, in the log: its number and how it has ended.
using log = std::shared_ptr<lines>;

std::string number(std::size_t i) { return std::to_string(i); }

auto noted(log const& to, std::size_t i) {
  return [to, i](std::exception_ptr error, auto&&...) {
    std::string how = "got";
    if (fanout::is_timed_out(error))
      how = "late";
    else if (fanout::is_cancelled(error))
      how = "cancelled";
    else if (error)
      how = fanout::detail::what_of(error);
    to->push_back(number(i) + " " + how);
  };
}

/// One wait of a queue as an awaitable that holds what it has got until its coroutine ends.
using waiting = std::function<asio::awaitable<void>()>;

/// A queue: something of which there is one, which is taken at first.
struct queue {
  explicit queue(asio::any_io_executor executor) : home(std::move(executor)) {}
  virtual ~queue() = default;

  virtual waiting wait() = 0; // whose turn comes by `give`
  virtual void give() = 0;    // one more turn

  asio::any_io_executor home;
};

/// Slots of a group that runs one task.
struct slots_of_a_group : queue {
  explicit slots_of_a_group(asio::any_io_executor const& e)
      : queue(e), group(e, fanout::limit(1), fanout::keep_going) {
    take();
  }
  void take() { busy = group.create_task(zoo::sleep_ms(1'000'000)); }
  waiting wait() override {
    return [this]() -> asio::awaitable<void> { co_await group.slot(); };
  }
  void give() override { busy->cancel(); }

  fanout::task_group group;
  std::optional<fanout::future<void>> busy;
};

/// Tasks of such a group. The wait is that for the end of the task.
struct tasks_of_a_group : queue {
  explicit tasks_of_a_group(asio::any_io_executor const& e)
      : queue(e), group(e, fanout::limit(1), fanout::keep_going) {
    busy = group.create_task(zoo::sleep_ms(1'000'000));
  }
  waiting wait() override {
    auto task = group.create_task([]() -> asio::awaitable<void> { co_return; });
    return [task]() -> asio::awaitable<void> { co_await task; };
  }
  void give() override { busy->cancel(); }

  fanout::task_group group;
  std::optional<fanout::future<void>> busy;
};

/// A limiter with one place.
struct places_of_a_limiter : queue {
  explicit places_of_a_limiter(asio::any_io_executor const& e)
      : queue(e), places(1), taken(places.try_acquire()) {}
  waiting wait() override {
    return [this]() -> asio::awaitable<void> { auto const place = co_await places.acquire(); };
  }
  void give() override { taken.release(); }

  fanout::limiter places;
  fanout::limiter::guard taken;
};

/// A stream of ends.
struct ends_of_a_stream : queue {
  explicit ends_of_a_stream(asio::any_io_executor const& e) : queue(e), ends(made(e)) {}
  waiting wait() override {
    return [this]() -> asio::awaitable<void> { co_await ends.next(); };
  }
  void give() override { children.front().set_value(), children.pop_front(); }

  fanout::completion_stream<void> made(asio::any_io_executor const& e) {
    std::vector<fanout::future<void>> futures;
    for (int i = 0; i < 64; ++i) futures.push_back(children.emplace_back(e).get_future());
    return fanout::as_completed(e, std::move(futures));
  }

  std::deque<fanout::promise<void>> children;
  fanout::completion_stream<void> ends;
};

/// A future that several wait for. All have their turn when it ends.
struct waits_for_a_future : queue {
  explicit waits_for_a_future(asio::any_io_executor const& e) : queue(e), end(e) {}
  waiting wait() override {
    auto const future = end.get_future();
    return [future]() -> asio::awaitable<void> { co_await fanout::shield(future); };
  }
  void give() override { end.set_value(); }

  fanout::promise<void> end;
};

/// Children of gathers that share a limiter.
struct children_with_a_shared_limit : queue {
  explicit children_with_a_shared_limit(asio::any_io_executor const& e)
      : queue(e), places(1), taken(places.try_acquire()) {}
  waiting wait() override {
    return [this]() -> asio::awaitable<void> {
      auto const child = []() -> asio::awaitable<void> { co_return; };
      co_await fanout::gather(child, fanout::limit(places));
    };
  }
  void give() override { taken.release(); }

  fanout::limiter places;
  fanout::limiter::guard taken;
};

struct kind {
  std::string name;
  std::function<std::unique_ptr<queue>(asio::any_io_executor const&)> make;
  bool one_gets_all; // one turn is followed by the next, as nothing is held
};

template <class Queue>
kind of(std::string name, bool one_gets_all) {
  return {std::move(name),
          [](asio::any_io_executor const& e) { return std::make_unique<Queue>(e); }, one_gets_all};
}

std::vector<kind> const& kinds() {
  static std::vector<kind> const all{
      of<slots_of_a_group>("slots of a group", true),
      of<tasks_of_a_group>("tasks of a group", true),
      of<places_of_a_limiter>("places of a limiter", true),
      of<children_with_a_shared_limit>("children with a shared limit", true),
      of<ends_of_a_stream>("ends of a stream", false),
      of<waits_for_a_future>("waits for a future", true),
  };
  return all;
}

/// A queue with three waits, each of which can be cancelled.
struct three {
  explicit three(kind const& k, asio::any_io_executor const& e) : made(k.make(e)) {
    for (std::size_t i = 0; i < 3; ++i) start(i, made->wait());
  }

  template <class Child>
  void start(std::size_t i, Child child) {
    ends.push_back(fanout::create_task(made->home, std::move(child)));
    ends.back()(asio::bind_executor(made->home, noted(seen, i)));
  }

  std::unique_ptr<queue> made;
  log seen = std::make_shared<lines>();
  std::vector<fanout::future<void>> ends;
};

lines all_but(std::size_t left_out, bool one_gets_all, std::string const& how) {
  lines expected{number(left_out) + " " + how};
  for (std::size_t i = 0; i < 3; ++i)
    if (i != left_out && (one_gets_all || expected.size() == 1))
      expected.push_back(number(i) + " got");
  return expected;
}

BOOST_AUTO_TEST_SUITE(waiting_turns_test)

FANOUT_TEST(who_waits_has_its_turn_in_order) {
  for (kind const& k : kinds()) {
    BOOST_TEST_CONTEXT(k.name) {
      three waits(k, co_await asio::this_coro::executor);
      co_await sleep_ms(1);
      BOOST_TEST(waits.seen->empty());
      waits.made->give();
      co_await sleep_ms(1);
      lines const expected = k.one_gets_all ? lines{"0 got", "1 got", "2 got"} : lines{"0 got"};
      BOOST_TEST(*waits.seen == expected, per_element());
      for (auto const& end : waits.ends) end.cancel();
      co_await sleep_ms(1);
    }
  }
}

FANOUT_TEST(a_wait_that_is_cancelled_leaves_the_queue_at_once_and_the_others_move_up) {
  for (kind const& k : kinds())
    for (std::size_t i = 0; i < 3; ++i) {
      BOOST_TEST_CONTEXT(k.name << ", wait " << i) {
        three waits(k, co_await asio::this_coro::executor);
        co_await sleep_ms(1);
        auto const begin = now_ms();
        waits.ends[i].cancel();
        try {
          co_await waits.ends[i];
        } catch (boost::system::system_error const&) {
        }
        BOOST_TEST(now_ms() == begin);
        BOOST_TEST(*waits.seen == lines{number(i) + " cancelled"}, per_element());
        waits.made->give();
        co_await sleep_ms(1);
        BOOST_TEST(*waits.seen == all_but(i, k.one_gets_all, "cancelled"), per_element());
        for (auto const& end : waits.ends) end.cancel();
        co_await sleep_ms(1);
      }
    }
}

FANOUT_TEST(a_time_limit_ends_a_wait) {
  for (kind const& k : kinds())
    for (std::size_t i = 0; i < 3; ++i) {
      BOOST_TEST_CONTEXT(k.name << ", wait " << i) {
        three waits(k, co_await asio::this_coro::executor);
        waits.ends.clear(); // they wait on; a fourth one has the limit
        auto const begin = now_ms();
        waits.start(3, fanout::timeout<virtual_clock>(10ms, waits.made->wait()));
        try {
          co_await waits.ends.back();
        } catch (fanout::deadline_exceeded const&) {
        }
        BOOST_TEST(now_ms() == begin + 10);
        waits.made->give();
        co_await sleep_ms(1);
        lines const expected =
            k.one_gets_all ? lines{"3 late", "0 got", "1 got", "2 got"} : lines{"3 late", "0 got"};
        BOOST_TEST(*waits.seen == expected, per_element());
      }
    }
}

// The turn has been given, and the wait is cancelled before it goes on: nothing is lost.
FANOUT_TEST(a_wait_that_is_cancelled_in_the_turn_of_the_hand_over_does_not_keep_what_it_was_given) {
  for (kind const& k : kinds())
    for (bool const before : {true, false}) {
      BOOST_TEST_CONTEXT(k.name << (before ? ", before" : ", after")) {
        three waits(k, co_await asio::this_coro::executor);
        co_await sleep_ms(1);
        if (before) waits.ends[0].cancel();
        waits.made->give();
        if (!before) waits.ends[0].cancel();
        co_await sleep_ms(1);
        std::size_t const got = std::ranges::count_if(
            *waits.seen, [](std::string const& s) { return s.ends_with("got"); });
        BOOST_TEST(waits.seen->size() == (k.one_gets_all ? 3u : 2u));
        BOOST_TEST(got >= (k.one_gets_all ? 2u : 1u));
        BOOST_TEST(std::ranges::count(*waits.seen, "1 got") == 1);
        for (auto const& end : waits.ends) end.cancel();
        co_await sleep_ms(1);
      }
    }
}

// The child is the user's, and so is what its destructor does: not inside of the request.
FANOUT_TEST(a_task_that_waits_for_its_turn_is_destroyed_in_a_turn_after_the_request) {
  auto const executor = co_await asio::this_coro::executor;
  tasks_of_a_group one(executor);
  auto const mark = std::make_shared<int>(7);
  auto const task = one.group.create_task([mark]() -> asio::awaitable<int> { co_return *mark; });
  asio::cancellation_signal signal;
  auto const waits = fanout_test::start(fanout::gather(executor, task), signal);
  co_await sleep_ms(1);
  signal.emit(asio::cancellation_type::terminal);
  BOOST_TEST(mark.use_count() == 2);
  co_await sleep_ms(1);
  BOOST_TEST(mark.use_count() == 1);
  check_aborted(waits->error);
}

// The context of the first wait goes, before the turn comes and after it was given.
BOOST_AUTO_TEST_CASE(a_wait_whose_context_goes_leaves_the_queue) {
  for (kind const& k : kinds())
    for (bool const given : {false, true}) {
      BOOST_TEST_CONTEXT(k.name << (given ? ", its turn was given" : "")) {
        asio::io_context here;
        auto const made = k.make(here.get_executor());
        auto const seen = std::make_shared<lines>();
        auto there = std::make_unique<asio::io_context>();
        fanout::create_task(*there, made->wait())(asio::bind_executor(*there, noted(seen, 0)));
        there->poll();
        auto const second = fanout::create_task(here, made->wait());
        second(asio::bind_executor(here, noted(seen, 1)));
        here.poll();
        if (given) {
          made->give();
          here.restart();
          here.poll();
        }
        there.reset();
        if (!given) made->give();
        here.restart();
        here.run_for(2s);
        BOOST_TEST(*seen == lines{"1 got"}, per_element());
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace waiting_turns
