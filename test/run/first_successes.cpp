//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: first_success and quorum, who wins and when nobody can any more.

#include <fanout/first_success.hpp>
#include <fanout/named.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/outcome.hpp"
#include "../support/zoo.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace first_successes {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::all_failed;
using fanout::first_success;
using fanout::limit;
using fanout::quorum;
using fanout::winner;
using fanout_test::check_aborted;
using fanout_test::check_error;
using deadline = fanout::deadline<virtual_clock>;
using child_timeout = fanout::child_timeout<virtual_clock>;
using indices = std::vector<std::size_t>;
using lines = std::vector<std::string>;

/// What an operation fails with.
template <class Operation>
awaitable<std::exception_ptr> error_of(Operation operation) {
  try {
    co_await std::move(operation);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

/// The failures in an `all_failed`.
std::vector<fanout::failure> failures_in(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (all_failed const& e) {
    return e.failures();
  } catch (...) {
    BOOST_ERROR("not an all_failed");
  }
  return {};
}

template <class Winners>
indices indices_of(Winners const& winners) {
  indices found;
  for (auto const& w : winners) found.push_back(w.index);
  return found;
}

BOOST_AUTO_TEST_SUITE(first_successes_test)

// ---- who wins

FANOUT_TEST(the_first_success_wins_and_the_rest_is_cancelled) {
  lines log;
  stopwatch const passed;
  auto const first = co_await first_success(throws_after(5, "early"), logged(log, "b", 30, 2),
                                            logged(log, "c", 10, 3), logged(log, "d", 20, 4));
  BOOST_TEST(first.index == 2u);
  BOOST_TEST(first.value == 3);
  BOOST_TEST(passed() == 10);
  BOOST_TEST(log == (lines{"+b", "+c", "+d", "-c", "!b", "!d"}), per_element());
}

FANOUT_TEST(the_first_success_of_a_range_wins) {
  auto const first =
      co_await first_success(list(throws_at_once("0"), after(20, 1), throws_after(5, "2")));
  BOOST_TEST(first.index == 1u);
  BOOST_TEST(first.value == 1);
}

FANOUT_TEST(a_success_at_once_keeps_the_later_ones_from_starting) {
  lines log;
  auto const first = co_await first_success(logged(log, "a", 10), throws_at_once("b"), at_once(3),
                                            logged(log, "d", 10));
  BOOST_TEST(first.index == 2u);
  BOOST_TEST(log == (lines{"+a", "!a"}), per_element());
}

FANOUT_TEST(it_ends_when_the_losers_have_cleaned_up) {
  stopwatch const passed;
  co_await first_success(cleans_up(100, 30), after(10, 1));
  BOOST_TEST(passed() == 40);
}

FANOUT_TEST(a_second_success_while_the_rest_ends_changes_nothing) {
  auto const first = co_await first_success(swallows(50, 1), after(10, 2));
  BOOST_TEST(first.index == 1u);
}

FANOUT_TEST(losers_hear_one_request_and_it_is_terminal) {
  lines heard;
  co_await first_success(hears(heard, "a", 50), throws_after(5, "b"), after(10, 3));
  BOOST_TEST(heard == lines{"a:terminal"}, per_element());
}

FANOUT_TEST(a_child_whose_initiation_throws_has_failed_like_any_other) {
  auto const first = co_await first_success(throwing_initiation("at initiation"), after(10, 1));
  BOOST_TEST(first.index == 1u);
}

FANOUT_TEST(children_of_several_types_give_a_variant) {
  auto const first =
      co_await first_success(throws_after(10, "a"), text_after(30, "two"), nothing_after(20));
  static_assert(
      std::is_same_v<decltype(first.value), std::variant<int, std::string, std::monostate>>);
  BOOST_TEST(first.index == 2u);
  BOOST_TEST(std::holds_alternative<std::monostate>(first.value));
}

FANOUT_TEST(values_that_only_move_or_have_no_default_come_through) {
  auto const moved = co_await first_success(moved_after(20, 1), moved_after(10, 2));
  BOOST_TEST(*moved.value.number == 2);
  winner<no_default> const undefaulted =
      co_await first_success(list(undefaulted_after(10, 1), undefaulted_after(20, 2)));
  BOOST_TEST(undefaulted.value.number == 1);
}

FANOUT_TEST(an_infinite_range_goes_on_until_somebody_succeeds) {
  auto const attempt = [](int i) {
    return i == 1000 ? after(1, i) : throws_at_once(std::to_string(i));
  };
  auto const first =
      co_await first_success(std::views::iota(0) | std::views::transform(attempt), limit(1));
  BOOST_TEST(first.index == 1000u);
}

// ---- when nobody can

FANOUT_TEST(if_all_fail_the_error_lists_them_in_the_order_in_which_they_failed) {
  stopwatch const passed;
  auto const error = co_await error_of(
      first_success(throws_after(20, "slow"), fanout::named("mirror", throws_after(10, "quick")),
                    throws_a_number(), completes_with(asio::error::eof, 0)));
  BOOST_TEST(passed() == 20);
  check_error<all_failed>(error,
                          "2: unknown exception; 3: " +
                              std::string(boost::system::system_error(asio::error::eof).what()) +
                              "; 1 'mirror': quick; 0: slow: all alternatives failed [fanout:3]");
  auto const failures = failures_in(error);
  BOOST_REQUIRE(failures.size() == 4u);
  BOOST_TEST(failures[0].index == 2u);
  BOOST_CHECK_THROW(std::rethrow_exception(failures[0].exception), int);
  BOOST_TEST(failures[1].index == 3u);
  BOOST_TEST(failures[2].index == 1u);
  BOOST_TEST(failures[2].name == "mirror");
  check_error<oops>(failures[2].exception, "quick");
  BOOST_TEST(failures[3].index == 0u);
  BOOST_TEST(failures[3].name == "");
  check_error<oops>(failures[3].exception, "slow");
}

FANOUT_TEST(if_all_of_a_range_fail_the_error_has_the_code_all_failed) {
  auto const error =
      co_await error_of(first_success(list(throws_after(10, "a"), throws_at_once("b"))));
  check_error<all_failed>(error, "1: b; 0: a: all alternatives failed [fanout:3]");
  try {
    std::rethrow_exception(error);
  } catch (boost::system::system_error const& e) {
    BOOST_TEST((e.code() == fanout::errc::all_failed));
  }
}

FANOUT_TEST(children_that_fail_at_once_all_start) {
  auto const error = co_await error_of(
      first_success(throws_at_once("a"), throws_at_once("b"), throws_at_once("c")));
  check_error<all_failed>(error, "0: a; 1: b; 2: c: all alternatives failed [fanout:3]");
}

FANOUT_TEST(an_all_failed_is_copied_with_its_list) {
  auto const error = co_await error_of(first_success(throws_at_once("a")));
  try {
    std::rethrow_exception(error);
  } catch (all_failed const& e) {
    all_failed const copy = e;
    BOOST_TEST(copy.failures().size() == 1u);
    BOOST_TEST(std::string(copy.what()) == e.what());
  }
}

FANOUT_TEST(a_child_that_is_cancelled_on_its_own_has_failed) {
  auto const error = co_await error_of(
      first_success(completes_with(asio::error::operation_aborted, 0), throws_at_once("b")));
  auto const failures = failures_in(error);
  BOOST_REQUIRE(failures.size() == 2u);
  BOOST_TEST(failures[1].index == 0u);
  check_aborted(failures[1].exception);
}

BOOST_AUTO_TEST_CASE(no_child_at_all_is_an_invalid_argument_at_the_call) {
  auto const sentence = "fanout: there is no child that could win";
  FANOUT_CHECK_THROWS(std::invalid_argument, sentence, (void)first_success());
  FANOUT_CHECK_THROWS(std::invalid_argument, sentence,
                      (void)first_success(std::vector<awaitable<int>>(), quorum(2)));
}

FANOUT_TEST(a_range_of_unknown_size_that_turns_out_to_be_empty_is_an_invalid_argument) {
  auto none = std::views::iota(0, 5) | std::views::filter([](int) { return false; }) |
              std::views::transform([](int i) { return after(10, i); });
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout: there is no child that could win",
                      co_await first_success(none));
}

FANOUT_TEST(a_range_that_fails_by_itself_ends_it) {
  lines log;
  auto const keep = [](int i) {
    if (i == 1) throw oops("no range");
    return true;
  };
  auto const make = [&log](int i) { return logged(log, std::to_string(i), 10, i); };
  auto range = std::views::iota(0, 3) | std::views::filter(keep) | std::views::transform(make);
  FANOUT_CHECK_THROWS(oops, "no range", co_await first_success(range));
  BOOST_TEST(log == (lines{"+0", "!0"}), per_element());
}

FANOUT_TEST(an_element_that_throws_has_failed_like_any_other) {
  auto const make = [](int i) -> awaitable<int> {
    if (i == 0) throw oops("no child");
    return after(10, i);
  };
  auto const first = co_await first_success(std::views::iota(0, 3) | std::views::transform(make));
  BOOST_TEST(first.index == 1u);
}

// ---- quorum

FANOUT_TEST(a_quorum_gives_the_winners_in_the_order_in_which_they_succeeded) {
  lines log;
  stopwatch const passed;
  auto const first = co_await first_success(list(logged(log, "a", 30, 1), logged(log, "b", 10, 2),
                                                 throws_after(15, "c"), logged(log, "d", 20, 4),
                                                 logged(log, "e", 40, 5)),
                                            quorum(2));
  static_assert(std::is_same_v<decltype(first), std::vector<winner<int>> const>);
  BOOST_TEST(passed() == 20);
  BOOST_TEST(indices_of(first) == (indices{1, 3}), per_element());
  BOOST_TEST(first[0].value == 2);
  BOOST_TEST(first[1].value == 4);
  BOOST_TEST(log == (lines{"+a", "+b", "+d", "+e", "-b", "-d", "!a", "!e"}), per_element());
}

FANOUT_TEST(a_quorum_of_one_is_a_list_of_one) {
  auto const first = co_await first_success(after(20, 1), text_after(10, "two"), quorum(1));
  BOOST_REQUIRE(first.size() == 1u);
  BOOST_TEST(first[0].index == 1u);
  BOOST_TEST(std::get<std::string>(first[0].value) == "two");
}

FANOUT_TEST(a_quorum_of_all_children_waits_for_all) {
  auto const first = co_await first_success(after(20, 1), after(10, 2), quorum(2));
  BOOST_TEST(indices_of(first) == (indices{1, 0}), per_element());
}

FANOUT_TEST(a_quorum_of_children_that_yield_nothing_or_only_move_or_have_no_default) {
  auto const nothing =
      co_await first_success(list(nothing_after(20), nothing_after(10)), quorum(2));
  BOOST_TEST(indices_of(nothing) == (indices{1, 0}), per_element());
  auto const moved =
      co_await first_success(list(moved_after(20, 1), moved_after(10, 2)), quorum(2));
  BOOST_TEST(*moved[0].value.number == 2);
  auto const undefaulted =
      co_await first_success(undefaulted_after(20, 1), undefaulted_after(10, 2), quorum(2));
  BOOST_TEST(undefaulted[1].value.number == 1);
}

FANOUT_TEST(with_all_ready_at_once_no_more_start_than_are_wanted) {
  std::vector<int> made;
  auto const make = [&made](int i) {
    made.push_back(i);
    return at_once(i);
  };
  auto const first =
      co_await first_success(std::views::iota(0) | std::views::transform(make), quorum(3));
  BOOST_TEST(indices_of(first) == (indices{0, 1, 2}), per_element());
  BOOST_TEST(made == (std::vector{0, 1, 2}), per_element());
}

FANOUT_TEST(it_fails_as_soon_as_the_quorum_is_out_of_reach) {
  lines log;
  stopwatch const passed;
  auto const error = co_await error_of(
      first_success(list(after(5, 0), throws_after(10, "b"), throws_after(20, "c"),
                         logged(log, "d", 30), cleans_up(40, 10)),
                    quorum(4)));
  BOOST_TEST(passed() == 30);
  check_error<all_failed>(error, "1: b; 2: c: all alternatives failed [fanout:3]");
  BOOST_TEST(log == (lines{"+d", "!d"}), per_element());
}

FANOUT_TEST(children_that_a_limit_holds_back_count_as_possible_successes) {
  auto const first = co_await first_success(
      list(throws_after(10, "a"), throws_after(20, "b"), after(5, 3), after(5, 4)), quorum(2),
      limit(2));
  BOOST_TEST(indices_of(first) == (indices{2, 3}), per_element());
}

FANOUT_TEST(children_that_a_limit_holds_back_do_not_start_once_the_quorum_is_out_of_reach) {
  lines log;
  auto const error = co_await error_of(first_success(
      list(throws_after(10, "a"), throws_after(20, "b"), logged(log, "c", 50), logged(log, "d", 5)),
      quorum(3), limit(2)));
  BOOST_TEST(log == (lines{"+c", "!c"}), per_element());
  check_error<all_failed>(error, "0: a; 1: b: all alternatives failed [fanout:3]");
}

BOOST_AUTO_TEST_CASE(a_quorum_that_is_no_number_of_children_is_an_invalid_argument) {
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::quorum: at least one child must succeed, not 0", quorum(0));
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::quorum: at least one child must succeed, not -1", quorum(-1));
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout::quorum: of 2 children not 3 can succeed",
                      (void)first_success(after(1, 1), after(1, 2), quorum(3)));
}

FANOUT_TEST(a_range_of_unknown_size_with_fewer_children_than_the_quorum_is_an_invalid_argument) {
  lines log;
  auto two = std::views::iota(0, 5) | std::views::filter([](int i) { return i < 2; }) |
             std::views::transform([&log](int i) { return logged(log, std::to_string(i), 10); });
  FANOUT_CHECK_THROWS(std::invalid_argument, "fanout::quorum: of 2 children not 3 can succeed",
                      co_await first_success(two, quorum(3)));
  BOOST_TEST(log == (lines{"+0", "+1", "!0", "!1"}), per_element());
}

// ---- deadlines

FANOUT_TEST(a_deadline_ends_it_with_deadline_exceeded) {
  stopwatch const passed;
  auto const error = co_await error_of(
      first_success(throws_after(5, "a"), after(30, 2), cleans_up(40, 10), deadline(20ms)));
  check_error<fanout::deadline_exceeded>(error, "deadline exceeded");
  BOOST_TEST(passed() == 30);
}

FANOUT_TEST(a_success_after_the_deadline_wins) {
  auto const first = co_await first_success(swallows(50, 1), after(60, 2), deadline(20ms));
  BOOST_TEST(first.index == 0u);
}

FANOUT_TEST(failures_of_all_before_the_deadline_are_all_failed) {
  auto const error =
      co_await error_of(first_success(throws_after(5, "a"), throws_after(6, "b"), deadline(20ms)));
  check_error<all_failed>(error, "0: a; 1: b: all alternatives failed [fanout:3]");
}

FANOUT_TEST(a_deadline_that_passes_while_the_rest_cleans_up_changes_nothing) {
  auto const first = co_await first_success(after(10, 1), cleans_up(40, 50), deadline(30ms));
  BOOST_TEST(first.index == 0u);
  auto const error = co_await error_of(first_success(throws_after(5, "a"), throws_after(10, "b"),
                                                     cleans_up(40, 50), quorum(2), deadline(30ms)));
  check_error<all_failed>(error, "0: a; 1: b: all alternatives failed [fanout:3]");
}

FANOUT_TEST(a_child_that_exceeds_its_own_time_has_failed) {
  auto const first = co_await first_success(after(30, 1), after(15, 2), child_timeout(20ms));
  BOOST_TEST(first.index == 1u);
  auto const error =
      co_await error_of(first_success(after(30, 1), throws_after(5, "b"), child_timeout(20ms)));
  check_error<all_failed>(error, "1: b; 0: deadline exceeded: all alternatives failed [fanout:3]");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace first_successes
