//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The code of the pages about policies that stands in no example does what is said there.
// tools/check-docs compares the regions with the pages.

#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/experimental/cancellation_condition.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "../support/coroutine_test.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace manual_policies {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::gather;
using fanout::virtual_clock;
using namespace std::chrono_literals;
using boost::test_tools::per_element;

// Takes as many milliseconds as the URL has characters.
awaitable<std::string> get(std::string url) {
  co_await fanout::sleep<virtual_clock>(url.size() * 1ms);
  if (url.ends_with("?")) throw std::runtime_error(url);
  co_return "page " + url;
}

BOOST_AUTO_TEST_SUITE(manual_policies_test)

// ---- gather.md

FANOUT_TEST(a_condition_decides_when_the_rest_is_cancelled) {
  std::vector<std::string> const urls{"a?", "bbb", "cccc?", "ddddd", "eeeeee"};
  // [cancel_when]
  int successes = 0;
  auto const two_are_enough = [&](std::size_t, std::exception_ptr const& error) {
    if (!error) ++successes;
    return successes == 2 ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  };
  auto const pages =
      co_await gather(urls | std::views::transform(get), fanout::cancel_when(two_are_enough),
                      fanout::return_exceptions);
  // [end]
  std::vector<bool> there;
  for (auto const& page : pages) there.push_back(page.has_value());
  std::vector<bool> const expected{false, true, false, true, false};
  BOOST_TEST(there == expected, per_element());
  BOOST_TEST(fanout::is_cancelled(pages[4]));
}

FANOUT_TEST(the_conditions_of_asio_are_accepted) {
  std::vector<std::string> const urls{"a?", "bbb", "cccc"};
  // [cancel_when_asio]
  auto const pages =
      co_await gather(urls | std::views::transform(get), fanout::return_exceptions,
                      fanout::cancel_when(asio::experimental::wait_for_one_success()));
  // [end]
  BOOST_TEST(pages[1].value() == "page bbb");
  BOOST_TEST(fanout::is_cancelled(pages[2]));
}

FANOUT_TEST(results_survive_an_outer_cancellation) {
  std::vector<std::string> const urls{"a", "bbb", "cccccc"};
  asio::cancellation_signal stop;
  auto stopper = [&]() -> awaitable<void> {
    co_await fanout::sleep<virtual_clock>(4ms);
    stop.emit(asio::cancellation_type::terminal);
  };
  auto work = [&]() -> awaitable<void> {
    // [keep_results]
    auto all =
        gather(urls | std::views::transform(get), fanout::return_exceptions, fanout::keep_results);
    auto const pages =
        co_await std::move(all)(asio::bind_cancellation_slot(stop.slot(), asio::use_awaitable));
    // the pages that had come when stop.emit() was called, and operation_aborted for the others
    // [end]
    BOOST_TEST(pages[1].value() == "page bbb");
    BOOST_TEST(fanout::is_cancelled(pages[2]));
  };
  co_await gather(work, stopper, fanout::cancel_on_error);
}

FANOUT_TEST(the_order_of_completion_is_told) {
  std::vector<std::string> const urls{"ccc", "a", "bb"};
  // [completion_order]
  std::vector<std::size_t> order;
  auto const pages =
      co_await gather(urls | std::views::transform(get), fanout::completion_order(order));
  // [end]
  std::vector<std::size_t> const expected{1, 2, 0};
  BOOST_TEST(order == expected, per_element());
}

FANOUT_TEST(children_that_answer_at_once_take_no_turn) {
  bool turned = false;
  asio::post(co_await asio::this_coro::executor, [&turned] { turned = true; });
  auto const cached_user = [](int number) -> awaitable<std::string> {
    co_return "user " + std::to_string(number);
  };
  auto const cached_cart = [](int number) -> awaitable<int> { co_return number; };
  int const id = 7;
  // [eager]
  auto const answers = co_await gather(cached_user(id), cached_cart(id), fanout::eager);
  auto const& [user, cart] = answers;
  // [end]
  BOOST_TEST(user == "user 7");
  BOOST_TEST(cart == 7);
  BOOST_TEST(!turned);
  co_await fanout::sleep<virtual_clock>(1ms);
}

// ---- limiter.md

FANOUT_TEST(a_permit_can_be_tried_for) {
  fanout::limiter host(1);
  std::string said;
  // [try_acquire]
  auto permit = host.try_acquire();
  if (!permit) said = "busy";
  permit.release(); // or at the end of the block
  // [end]
  BOOST_TEST(said.empty());
  BOOST_TEST(static_cast<bool>(host.try_acquire()));
  co_return;
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual_policies
