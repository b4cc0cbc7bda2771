//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: race, who wins it and how it ends.

#include <fanout/race.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace races {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::limit;
using fanout::race;
using fanout::return_exceptions;
using fanout_test::aborted_text;
using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(races_test)

// ---- who wins

FANOUT_TEST(the_first_child_to_end_wins_and_the_rest_is_cancelled) {
  lines log;
  stopwatch const passed;
  auto const first =
      co_await race(logged(log, "a", 30, 1), logged(log, "b", 10, 2), logged(log, "c", 20, 3));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(first.value == 2);
  BOOST_TEST(passed() == 10);
  BOOST_TEST(log == (lines{"+a", "+b", "+c", "-b", "!a", "!c"}), per_element());
}

FANOUT_TEST(the_first_child_of_a_range_to_end_wins) {
  auto const first = co_await race(list(after(30, 1), after(20, 2), after(10, 3)));
  BOOST_TEST(first.index == 2u);
  BOOST_TEST(first.value == 3);
}

FANOUT_TEST(of_children_that_end_at_the_same_moment_the_one_that_started_first_wins) {
  auto const first = co_await race(after(10, 1), after(10, 2), after(10, 3));
  BOOST_TEST(first.index == 0u);
  BOOST_TEST(first.value == 1);
}

FANOUT_TEST(a_child_that_is_ready_at_once_keeps_the_later_ones_from_starting) {
  lines log;
  auto const first = co_await race(logged(log, "a", 10, 1), at_once(2), logged(log, "c", 10, 3));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
}

FANOUT_TEST(of_children_that_are_all_ready_at_once_the_first_argument_wins) {
  BOOST_TEST((co_await race(at_once(1), at_once(2))).value == 1);
  BOOST_TEST((co_await race(list(at_once(1), at_once(2)))).value == 1);
}

FANOUT_TEST(one_child_wins_alone) {
  auto const alone = co_await race(after(10, 1));
  BOOST_TEST(alone.index == 0u);
  BOOST_TEST(alone.value == 1);
  auto const in_a_range = co_await race(list(after(10, 2)));
  BOOST_TEST(in_a_range.value == 2);
}

FANOUT_TEST(the_race_ends_when_the_losers_have_cleaned_up) {
  stopwatch const passed;
  auto const first = co_await race(cleans_up(100, 30), after(10, 1));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(passed() == 40);
}

FANOUT_TEST(the_race_waits_for_a_loser_that_does_not_listen) {
  stopwatch const passed;
  BOOST_TEST((co_await race(after(10, 1), deaf(50, 2))).index == 0u);
  BOOST_TEST(passed() == 50);
}

FANOUT_TEST(a_loser_that_ends_with_a_value_or_with_an_error_of_its_own_changes_nothing) {
  BOOST_TEST((co_await race(swallows(50, 1), after(10, 2))).value == 2);
  BOOST_TEST((co_await race(converts(50, "mine"), after(10, 3))).value == 3);
}

FANOUT_TEST(losers_hear_one_request_and_it_is_terminal) {
  lines heard;
  BOOST_TEST((co_await race(hears(heard, "a", 50), after(10, 2), hears(heard, "c", 60))).index ==
             1u);
  BOOST_TEST(heard == (lines{"a:terminal", "c:terminal"}), per_element());
}

// ---- errors

FANOUT_TEST(an_error_that_comes_first_is_that_of_the_race) {
  lines log;
  stopwatch const passed;
  FANOUT_CHECK_THROWS(oops, "mine", co_await race(logged(log, "a", 30), throws_after(10, "mine")));
  BOOST_TEST(passed() == 10);
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
}

FANOUT_TEST(an_error_that_comes_later_is_dropped) {
  BOOST_TEST((co_await race(throws_after(20, "late"), after(10, 1))).value == 1);
}

FANOUT_TEST(what_the_losers_end_with_does_not_replace_the_error) {
  FANOUT_CHECK_THROWS(
      oops, "first",
      co_await race(converts(50, "second"), swallows(50, 1), throws_after(10, "first")));
}

FANOUT_TEST(a_child_that_fails_at_once_keeps_the_later_ones_from_starting) {
  lines log;
  FANOUT_CHECK_THROWS(
      oops, "mine",
      co_await race(logged(log, "a", 10), throws_at_once("mine"), logged(log, "c", 10)));
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
}

FANOUT_TEST(a_child_whose_initiation_throws_has_ended_first) {
  FANOUT_CHECK_THROWS(oops, "at initiation",
                      co_await race(after(10, 1), throwing_initiation("at initiation")));
}

FANOUT_TEST(a_child_that_throws_what_is_no_exception_object_ends_the_race_with_it) {
  int caught = 0;
  try {
    co_await race(after(10, 1), throws_a_number());
  } catch (int number) {
    caught = number;
  }
  BOOST_TEST(caught == 42);
}

FANOUT_TEST(a_child_that_is_cancelled_on_its_own_has_ended_with_operation_aborted) {
  FANOUT_CHECK_THROWS(
      boost::system::system_error, aborted_text(),
      co_await race(after(30, 1), completes_with(asio::error::operation_aborted, 0)));
}

FANOUT_TEST(with_index_tells_whose_error_it_is) {
  FANOUT_CHECK_THROWS(fanout::gather_error, "child 1: mine",
                      co_await race(after(30, 1), throws_after(10, "mine"), fanout::with_index));
}

// ---- nothing to race

BOOST_AUTO_TEST_CASE(nothing_to_race_is_an_invalid_argument_at_the_call) {
  auto const sentence = "fanout: there is no child that could win";
  FANOUT_CHECK_THROWS(std::invalid_argument, sentence, (void)race());
  FANOUT_CHECK_THROWS(std::invalid_argument, sentence, (void)race(return_exceptions));
  FANOUT_CHECK_THROWS(std::invalid_argument, sentence, (void)race(std::vector<awaitable<int>>()));
  asio::io_context context;
  FANOUT_CHECK_THROWS(std::invalid_argument, sentence, (void)race(context));
}

FANOUT_TEST(a_range_of_unknown_size_that_turns_out_to_be_empty_is_an_invalid_argument) {
  auto none = std::views::iota(0, 5) | std::views::filter([](int) { return false; }) |
              std::views::transform([](int i) { return after(10, i); });
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout: there is no child that could win",
                      co_await race(none));
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout: there is no child that could win",
                      co_await race(none, return_exceptions));
}

// ---- ranges

FANOUT_TEST(a_lazy_range_is_not_advanced_once_it_is_decided) {
  std::vector<int> made;
  auto const make = [&made](int i) {
    made.push_back(i);
    return i == 2 ? at_once(i) : after(10, i);
  };
  auto const first = co_await race(std::views::iota(0) | std::views::transform(make));
  BOOST_TEST(first.index == 2u);
  BOOST_TEST(made == (std::vector{0, 1, 2}), per_element());
}

FANOUT_TEST(with_a_limit_the_first_of_those_that_run_wins) {
  lines log;
  auto const first = co_await race(
      list(logged(log, "a", 20, 1), logged(log, "b", 10, 2), logged(log, "c", 1, 3)), limit(2));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(log == (lines{"+a", "+b", "-b", "!a"}), per_element());
}

FANOUT_TEST(an_element_that_throws_has_ended_first) {
  auto const make = [](int i) -> awaitable<int> {
    if (i == 1) throw oops("no child");
    return after(10, i);
  };
  FANOUT_CHECK_THROWS(oops, "no child",
                      co_await race(std::views::iota(0, 3) | std::views::transform(make)));
}

FANOUT_TEST(a_range_that_fails_by_itself_ends_the_race) {
  lines log;
  auto const keep = [](int i) {
    if (i == 1) throw oops("no range");
    return true;
  };
  auto const make = [&log](int i) { return logged(log, std::to_string(i), 10, i); };
  auto range = std::views::iota(0, 3) | std::views::filter(keep) | std::views::transform(make);
  FANOUT_CHECK_THROWS(oops, "no range", co_await race(range));
  BOOST_TEST(log == (lines{"+0", "!0"}), per_element());
  FANOUT_CHECK_THROWS(oops, "no range", co_await race(range, return_exceptions));
}

// ---- other policies

FANOUT_TEST(a_deadline_that_passes_first_decides) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      fanout::deadline_exceeded, "deadline exceeded",
      co_await race(after(30, 1), cleans_up(40, 10), fanout::deadline<virtual_clock>(20ms)));
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(a_value_that_comes_after_the_deadline_wins_if_it_is_the_first_end) {
  auto const first =
      co_await race(swallows(50, 1), deaf(60, 2), fanout::deadline<virtual_clock>(20ms));
  BOOST_TEST(first.index == 0u);
  BOOST_TEST(first.value == 1);
}

FANOUT_TEST(a_deadline_without_any_time_left_starts_nobody) {
  lines log;
  FANOUT_CHECK_THROWS(
      fanout::deadline_exceeded, "deadline exceeded",
      co_await race(logged(log, "a", 10), at_once(1), fanout::deadline<virtual_clock>(0ms)));
  BOOST_TEST(log.empty());
}

FANOUT_TEST(a_deadline_that_passes_while_the_losers_clean_up_changes_nothing) {
  auto const first =
      co_await race(after(10, 1), cleans_up(40, 50), fanout::deadline<virtual_clock>(30ms));
  BOOST_TEST(first.value == 1);
  FANOUT_CHECK_THROWS(oops, "mine",
                      co_await race(throws_after(10, "mine"), cleans_up(40, 50),
                                    fanout::deadline<virtual_clock>(30ms)));
}

FANOUT_TEST(a_child_that_exceeds_its_own_time_has_ended_first) {
  stopwatch const passed;
  FANOUT_CHECK_THROWS(
      fanout::deadline_exceeded, "deadline exceeded",
      co_await race(after(30, 1), after(40, 2), fanout::child_timeout<virtual_clock>(20ms)));
  BOOST_TEST(passed() == 20);
}

FANOUT_TEST(hooks_hear_of_every_end) {
  std::vector<std::size_t> order;
  lines told;
  auto const tell = [&told](fanout::progress const& p) {
    told.push_back(std::to_string(p.index) + ": " + std::to_string(p.ended) + " ended, " +
                   std::to_string(p.failed) + " failed");
  };
  co_await race(after(30, 1), after(10, 2), after(20, 3), fanout::completion_order(order),
                fanout::on_progress(tell));
  BOOST_TEST(order == (std::vector<std::size_t>{1, 0, 2}), per_element());
  BOOST_TEST(told ==
                 (lines{"1: 1 ended, 0 failed", "0: 2 ended, 1 failed", "2: 3 ended, 2 failed"}),
             per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace races
