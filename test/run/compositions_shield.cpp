//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A shield inside and around other operations: what runs on.

#include <fanout/as_completed.hpp>
#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/race.hpp>
#include <fanout/shield.hpp>
#include <fanout/timeout.hpp>

#include "../support/compositions.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace compositions_shield {

using namespace zoo;
using namespace std::chrono_literals;
using fanout::cancel_on_error;
using fanout::first_success;
using fanout::gather;
using fanout::race;
using fanout::shield;
using fanout_test::diary;
using fanout_test::sleep;
using fanout_test::timeout;

BOOST_AUTO_TEST_SUITE(compositions_shield_test)

// ---- shield

FANOUT_TEST(a_shield_in_a_gather_ends_the_wait_and_not_the_child) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.failing("b", 10);
  stopwatch const passed;
  std::string failed;
  try {
    co_await gather(shield(a), b, cancel_on_error);
  } catch (oops const& e) {
    failed = e.what();
  }
  BOOST_TEST(failed == "b failed");
  BOOST_TEST(passed() == 10);
  BOOST_TEST(log.text() == "+b +a -b");
  co_await sleep_ms(100);
  BOOST_TEST(log.text() == "+b +a -b -a");
}

FANOUT_TEST(a_shield_in_a_race_or_a_first_success_runs_on_when_it_has_lost) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.child("b", 10);
  auto const c = log.child("c", 40);
  stopwatch const passed;
  auto const first = co_await race(shield(a), b);
  BOOST_TEST(first.index == 1u);
  auto const second = co_await first_success(throws_at_once("d"), shield(c), b);
  BOOST_TEST(second.index == 2u);
  BOOST_TEST(passed() == 20);
  BOOST_TEST(log.text() == "+b +a -b +b +c -b");
  co_await sleep_ms(100);
  BOOST_TEST(log.text() == "+b +a -b +b +c -b -a -c");
}

FANOUT_TEST(a_shield_in_a_timeout_ends_the_wait_in_time) {
  auto const begin = now_ms();
  bool late = false;
  try {
    co_await timeout(20ms, shield(deaf(50, 1)));
  } catch (fanout::deadline_exceeded const&) {
    late = true;
  }
  BOOST_TEST(late);
  BOOST_TEST(now_ms() - begin == 20);
}

FANOUT_TEST(a_shield_around_an_operation_protects_all_its_children) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.child("b", 30);
  auto const first = co_await race(shield(gather(a, b)), sleep(20ms));
  BOOST_TEST(first.index == 1u);
  co_await sleep_ms(100);
  BOOST_TEST(log.text() == "+a +b -b -a");
}

FANOUT_TEST(a_stream_that_goes_leaves_a_shielded_child_alone) {
  diary const log;
  auto const a = log.child("a", 50);
  auto const b = log.child("b", 60);
  auto const c = log.child("c", 10);
  {
    auto ends = fanout::as_completed(shield(a), b, c);
    auto const first = co_await ends.next();
    co_await ends.close();
    BOOST_TEST(first->index == 2u);
  }
  BOOST_TEST(log.text() == "+b +c +a -c !b");
  co_await sleep_ms(100);
  BOOST_TEST(log.text() == "+b +c +a -c !b -a");
}

// ---- streams of operations

FANOUT_TEST(a_stream_of_races_gives_a_winner_of_each) {
  auto ends =
      fanout::as_completed(race(after(30, 1), after(20, 2)), race(after(10, 3), after(40, 4)));
  auto const first = co_await ends.next();
  BOOST_TEST(first->index == 1u);
  BOOST_TEST(first->result.value().value == 3);
  auto const second = co_await ends.next();
  BOOST_TEST(second->result.value().index == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace compositions_shield
