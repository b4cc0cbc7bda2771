//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The code of docs/composition.md does what is said there. tools/check-docs compares the regions
// with the page.

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include "../support/coroutine_test.hpp"

#include <chrono>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace manual_composition {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;
using fanout::virtual_clock;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using lines = std::vector<std::string>;

// In virtual time, under the names of the manual.
constexpr auto timeout = []<class... Args>(Args&&... args) {
  return fanout::timeout<virtual_clock>(std::forward<Args>(args)...);
};
constexpr auto sleep = [](std::chrono::milliseconds d) { return fanout::sleep<virtual_clock>(d); };

// Writes how each of them ends.
struct calls {
  lines& log;

  awaitable<std::string> call(std::string name, std::chrono::milliseconds d) {
    try {
      co_await fanout::sleep<virtual_clock>(d);
    } catch (...) {
      log.push_back(name + " cancelled");
      throw;
    }
    log.push_back(name + " done");
    co_return name;
  }
};

BOOST_AUTO_TEST_SUITE(manual_composition_test)

FANOUT_TEST(a_timeout_around_a_gather_cancels_all_its_children) {
  lines log;
  calls c{log};
  auto a = [&] { return c.call("a", 10ms); };
  auto b = [&] { return c.call("b", 1s); };
  bool late = false;
  try {
    // [timeout_gather]
    auto both = timeout(200ms, gather(a, b));
    auto const results = co_await std::move(both);
    // [end]
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
  lines const expected{"a done", "b cancelled"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(a_timeout_inside_a_gather_cancels_its_own_child) {
  lines log;
  calls c{log};
  auto a = [&] { return c.call("a", 1s); };
  auto b = [&] { return c.call("b", 2s); };
  // [gather_timeout]
  auto both = gather(timeout(200ms, a), b, fanout::return_exceptions);
  auto const results = co_await std::move(both);
  // [end]
  BOOST_TEST(fanout::is_timed_out(std::get<0>(results)));
  BOOST_TEST(*std::get<1>(results) == "b");
  lines const expected{"a cancelled", "b done"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(a_race_against_the_clock_cancels_who_is_late) {
  lines log;
  calls c{log};
  auto a = [&] { return c.call("a", 1s); };
  // [race_sleep]
  auto against_the_clock = fanout::race(a, sleep(200ms));
  auto const first = co_await std::move(against_the_clock);
  bool const late = first.index == 1;
  // [end]
  BOOST_TEST(late);
  lines const expected{"a cancelled"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(the_gathers_that_lose_are_cancelled_with_all_their_children) {
  lines log;
  calls c{log};
  auto a1 = [&] { return c.call("a1", 10ms); };
  auto a2 = [&] { return c.call("a2", 1s); };
  auto b1 = [&] { return c.call("b1", 20ms); };
  auto b2 = [&] { return c.call("b2", 30ms); };
  // [first_success_gathers]
  auto either = fanout::first_success(gather(a1, a2), gather(b1, b2));
  auto const complete = co_await std::move(either);
  // [end]
  BOOST_TEST(complete.index == 1u);
  lines const expected{"a1 done", "b1 done", "b2 done", "a2 cancelled"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(what_is_shielded_inside_runs_on) {
  lines log;
  calls c{log};
  auto a = [&] { return c.call("a", 1s); };
  auto b = [&] { return c.call("b", 300ms); };
  bool late = false;
  try {
    // [shield]
    auto both = timeout(200ms, gather(a, fanout::shield(b)));
    co_await std::move(both);
    // [end]
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
  co_await sleep(1s);
  lines const expected{"a cancelled", "b done"};
  BOOST_TEST(log == expected, per_element());
}

FANOUT_TEST(a_group_in_a_group_is_a_task_of_the_outer_one) {
  lines log;
  calls c{log};
  // [groups]
  auto const inner = [&](fanout::task_group& group) -> awaitable<void> {
    group.create_task(c.call("inner", 1s));
    co_return;
  };
  auto const outer = [&](fanout::task_group& group) -> awaitable<void> {
    group.create_task(fanout::with_task_group(inner));
    group.create_task(c.call("outer", 10ms));
    co_return;
  };
  auto all = timeout(200ms, fanout::with_task_group(outer));
  // [end]
  bool late = false;
  try {
    co_await std::move(all);
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
  lines const expected{"outer done", "inner cancelled"};
  BOOST_TEST(log == expected, per_element());
}

// ---- race.md: a message that arrives in the turn in which the time ends

using channel = asio::experimental::channel<void(boost::system::error_code, int)>;

// A channel into which a message comes after 200 ms.
struct mail {
  explicit mail(asio::any_io_executor const& executor) : box(executor, 1), timer(executor) {
    timer.expires_at(begin + 200ms);
    timer.async_wait([this](boost::system::error_code e) {
      if (!e) sent = box.try_send(boost::system::error_code(), 7);
    });
  }

  bool empty() {
    return !box.try_receive([](boost::system::error_code, int) {});
  }

  channel box;
  virtual_clock::time_point begin = virtual_clock::now();
  asio::basic_waitable_timer<virtual_clock> timer;
  bool sent = false;
};

FANOUT_TEST(a_race_against_the_clock_may_lose_a_message) {
  mail m(co_await asio::this_coro::executor);
  auto against_the_clock =
      fanout::race(m.box.async_receive(asio::deferred), fanout::sleep_until(m.begin + 200ms));
  auto const first = co_await std::move(against_the_clock);
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(m.sent);
  BOOST_TEST(m.empty()); // it was received, and dropped
}

FANOUT_TEST(a_timeout_loses_no_message) {
  mail m(co_await asio::this_coro::executor);
  channel& box = m.box;
  // [timeout_receive]
  int const message = co_await timeout(200ms, box.async_receive(asio::deferred));
  // [end]
  BOOST_TEST(message == 7);

  mail n(co_await asio::this_coro::executor);
  auto all = gather(n.box.async_receive(asio::deferred), fanout::deadline(n.begin + 200ms),
                    fanout::return_exceptions);
  auto const received = co_await std::move(all);
  BOOST_TEST(std::get<0>(received).value() == 7);
}

FANOUT_TEST(a_race_that_returns_exceptions_loses_no_message) {
  mail m(co_await asio::this_coro::executor);
  channel& box = m.box;
  auto const sleep = [&](std::chrono::milliseconds d) { return fanout::sleep_until(m.begin + d); };
  // [race_receive]
  auto against_the_clock =
      fanout::race(box.async_receive(asio::deferred), sleep(200ms), fanout::return_exceptions);
  auto const end = co_await std::move(against_the_clock);
  auto const& [message, time] = end.value; // the message is here, whatever has won
  // [end]
  BOOST_TEST(end.index == 1u);
  BOOST_TEST(time.has_value());
  BOOST_TEST(message.value() == 7);
}

FANOUT_TEST(a_coroutine_that_goes_on_after_it_has_received_loses_the_message) {
  mail m(co_await asio::this_coro::executor);
  auto const go_on = [&]() -> awaitable<int> {
    int const message = co_await m.box.async_receive(asio::use_awaitable);
    co_await sleep(1ms); // throws, since the time has passed
    co_return message;
  };
  bool late = false;
  try {
    co_await timeout(200ms, go_on);
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
  BOOST_TEST(m.sent);
  BOOST_TEST(m.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual_composition
