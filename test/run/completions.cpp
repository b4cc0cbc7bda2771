//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 5: as_completed, what comes out of a stream and in which order.

#include <fanout/as_completed.hpp>
#include <fanout/limiter.hpp>
#include <fanout/timeout.hpp>

#include "../support/completions.hpp"
#include "../support/coroutine_test.hpp"
#include "../support/zoo.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace completions {

using namespace zoo;
using namespace std::chrono_literals;
using boost::test_tools::per_element;
using fanout::as_completed;
using fanout::completed;
using fanout::completion_stream;
using fanout::limit;
using fanout_test::all_of;
using fanout_test::check_error;
using fanout_test::text_of;
using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(completions_test)

// ---- order

FANOUT_TEST(ends_come_in_the_order_of_time_with_the_index_of_the_argument) {
  auto const begin = now_ms();
  auto stream = as_completed(after(30, 1), after(10, 2), throws_after(20, "mine"));
  lines found;
  std::vector<long long> when;
  while (auto const next = co_await stream.next()) {
    found.push_back(text_of(*next));
    when.push_back(now_ms() - begin);
  }
  BOOST_TEST(found == (lines{"1: 2", "2: mine", "0: 1"}), per_element());
  BOOST_TEST(when == (std::vector<long long>{10, 20, 30}), per_element());
  BOOST_TEST(!(co_await stream.next()).has_value()); // for ever
}

FANOUT_TEST(ends_of_a_range_come_in_the_order_of_time) {
  auto const found =
      co_await all_of(as_completed(list(after(30, 1), throws_at_once("at once"), after(10, 3))));
  BOOST_TEST(found == (lines{"1: at once", "2: 3", "0: 1"}), per_element());
}

FANOUT_TEST(children_that_are_all_ready_at_once_come_in_the_order_of_the_arguments) {
  CHECK_ENDS(as_completed(at_once(1), throws_at_once("b"), at_once(3)), "0: 1", "1: b", "2: 3");
}

FANOUT_TEST(ends_at_the_same_moment_come_in_the_order_of_the_arguments) {
  CHECK_ENDS(as_completed(list(after(10, 1), after(10, 2), after(10, 3))), "0: 1", "1: 2", "2: 3");
}

FANOUT_TEST(nothing_ends_at_once) {
  auto const begin = now_ms();
  auto none = as_completed();
  static_assert(std::is_same_v<decltype(none), completion_stream<void>>);
  BOOST_TEST(!(co_await none.next()).has_value());
  BOOST_TEST((co_await all_of(as_completed(std::vector<awaitable<int>>()))).empty());
  auto filtered = std::views::iota(0, 5) | std::views::filter([](int) { return false; }) |
                  std::views::transform(at_once);
  BOOST_TEST((co_await all_of(as_completed(filtered))).empty());
  BOOST_TEST(now_ms() == begin);
}

FANOUT_TEST(very_many_children_come_one_by_one) {
  auto stream = as_completed(std::views::iota(0, 10'000) | std::views::transform(at_once));
  int sum = 0;
  while (auto const next = co_await stream.next()) sum += next->result.value();
  BOOST_TEST(sum == 9'999 * 10'000 / 2);
}

// ---- ranges and policies

FANOUT_TEST(a_range_is_advanced_lazily) {
  std::vector<int> made;
  auto const make = [&made](int i) {
    made.push_back(i);
    return after(10, i);
  };
  auto stream = as_completed(std::views::iota(0) | std::views::transform(make), limit(2));
  BOOST_TEST(made.empty());
  co_await stream.next();
  co_await stream.next();
  BOOST_TEST(made == (std::vector{0, 1, 2, 3}), per_element());
  co_await stream.close();
  BOOST_TEST(made.size() == 4u);
}

FANOUT_TEST(a_limit_holds_the_later_children_back) {
  auto const begin = now_ms();
  CHECK_ENDS(as_completed(list(after(30, 1), after(10, 2), after(10, 3), after(10, 4)), limit(2)),
             "1: 2", "2: 3", "0: 1", "3: 4");
  BOOST_TEST(now_ms() - begin == 30);
}

FANOUT_TEST(a_limit_may_be_shared) {
  auto const begin = now_ms();
  fanout::limiter one(1);
  auto stream = as_completed(list(after(10, 1), after(10, 2)), limit(one));
  auto other = as_completed(list(after(10, 3)), limit(one));
  co_await stream.next();
  BOOST_TEST(text_of(*co_await other.next()) == "0: 3");
  BOOST_TEST(now_ms() - begin == 30); // the other one's child came third
}

FANOUT_TEST(cancel_on_error_leaves_the_rest_aborted) {
  CHECK_ENDS(as_completed(list(after(30, 1), throws_after(10, "mine"), swallows(40, 3), after(5, 4),
                               after(1, 5)),
                          fanout::cancel_on_error, limit(4)),
             "3: 4", "4: 5", "1: mine", "0: aborted", "2: 3");
}

FANOUT_TEST(children_that_never_start_come_last) {
  CHECK_ENDS(as_completed(list(after(30, 1), throws_after(10, "mine"), after(1, 3), after(1, 4)),
                          fanout::cancel_on_error, limit(2)),
             "1: mine", "0: aborted", "2: aborted", "3: aborted");
  CHECK_ENDS(
      as_completed(throws_at_once("mine"), after(30, 1), after(1, 3), fanout::cancel_on_error),
      "0: mine", "1: aborted", "2: aborted");
}

FANOUT_TEST(cancel_when_may_end_it) {
  auto const enough = [](std::size_t, std::exception_ptr const& error) {
    return error ? asio::cancellation_type::none : asio::cancellation_type::terminal;
  };
  CHECK_ENDS(
      as_completed(throws_after(5, "a"), after(10, 2), after(20, 3), fanout::cancel_when(enough)),
      "0: a", "1: 2", "2: aborted");
}

FANOUT_TEST(a_deadline_counts_from_the_start_of_the_children) {
  auto stream =
      as_completed(after(10, 1), after(30, 2), fanout::deadline<virtual_clock>(20ms), limit(2));
  co_await sleep_ms(50);
  CHECK_ENDS(std::move(stream), "0: 1", "1: deadline exceeded");
}

FANOUT_TEST(children_that_a_deadline_keeps_from_being_started_come_last) {
  CHECK_ENDS(as_completed(list(after(30, 1), after(1, 2)), limit(1),
                          fanout::deadline<virtual_clock>(20ms)),
             "0: deadline exceeded", "1: deadline exceeded");
}

FANOUT_TEST(each_child_may_have_its_own_time) {
  CHECK_ENDS(as_completed(after(30, 1), after(10, 2), fanout::child_timeout<virtual_clock>(20ms)),
             "1: 2", "0: deadline exceeded");
}

FANOUT_TEST(hooks_hear_of_every_end) {
  std::vector<std::size_t> order;
  lines told;
  auto const tell = [&told](fanout::progress const& p) {
    told.push_back(std::to_string(p.index) + ": " + std::to_string(p.ended) + " ended, " +
                   std::to_string(p.failed) + " failed");
  };
  co_await all_of(as_completed(throws_after(20, "a"), after(10, 2), fanout::on_progress(tell),
                               fanout::completion_order(order)));
  BOOST_TEST(told == (lines{"1: 1 ended, 0 failed", "0: 2 ended, 1 failed"}), per_element());
  BOOST_TEST(order == (std::vector<std::size_t>{1, 0}), per_element());
}

// A hook that cannot be moved into the operation any more.
class stuck_hook {
public:
  explicit stuck_hook(bool& stuck) noexcept : stuck_(&stuck) {}
  stuck_hook(stuck_hook const& other) : stuck_(other.stuck_) {
    if (*stuck_) throw std::length_error("stuck");
  }
  stuck_hook& operator=(stuck_hook const&) = delete;

  void operator()(fanout::progress const&) const {}

private:
  bool* stuck_;
};

FANOUT_TEST(what_the_initiation_throws_is_the_end_of_a_wait) {
  auto const executor = co_await asio::this_coro::executor;
  bool stuck = false;
  auto in_a_wait = as_completed(at_once(1), fanout::on_progress(stuck_hook(stuck)));
  auto posted = as_completed(executor, at_once(1), fanout::on_progress(stuck_hook(stuck)));
  stuck = true;
  FANOUT_CHECK_THROWS(std::length_error, "stuck", (void)co_await in_a_wait.next());
  BOOST_TEST(!(co_await in_a_wait.next()).has_value());
  FANOUT_CHECK_THROWS(std::length_error, "stuck", (void)co_await posted.next());
  BOOST_TEST(!(co_await posted.next()).has_value());
}

BOOST_AUTO_TEST_CASE(wrong_arguments_throw_at_the_call) {
  FANOUT_CHECK_THROWS(std::invalid_argument,
                      "fanout::limit: at least one child must be able to run, not 0",
                      (void)as_completed(at_once(1), limit(0)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace completions
