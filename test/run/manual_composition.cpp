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

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual_composition
