//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The code of docs/futures.md that stands in no example does what is said there.
// tools/check-docs compares the regions with the page.

#include <fanout/create_task.hpp>
#include <fanout/error.hpp>
#include <fanout/future.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/shield.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace manual_futures {

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;
using boost::test_tools::per_element;

// In virtual time, under the name of the manual.
constexpr auto timeout = []<class... Args>(Args&&... args) {
  return fanout::timeout<fanout::virtual_clock>(std::forward<Args>(args)...);
};

// Takes as many milliseconds as the URL has characters.
awaitable<std::string> get(std::string url) {
  co_await fanout::sleep<fanout::virtual_clock>(url.size() * 1ms);
  if (url.ends_with("?")) throw std::runtime_error(url);
  co_return "page " + url;
}

// [cache]
// The first call for a URL starts its request; further calls share the same future.
class cache {
public:
  explicit cache(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  fanout::future<std::string> page(std::string const& url) {
    auto const known = pages_.find(url);
    if (known != pages_.end()) return known->second;
    return pages_.emplace(url, fanout::create_task(executor_, get(url), url)).first->second;
  }

private:
  asio::any_io_executor executor_;
  std::map<std::string, fanout::future<std::string>> pages_;
};
// [end]

BOOST_AUTO_TEST_SUITE(manual_futures_test)

FANOUT_TEST(a_cache_of_futures_asks_once) {
  cache pages(co_await asio::this_coro::executor);
  auto const a = pages.page("a/page"), b = pages.page("a/page");
  BOOST_TEST(co_await a == "page a/page");
  BOOST_TEST(&a.result() == &b.result());
}

FANOUT_TEST(a_value_that_cannot_be_copied_is_taken) {
  auto const executor = co_await asio::this_coro::executor;
  // [take]
  auto load = []() -> awaitable<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  auto number = fanout::create_task(executor, load);
  std::unique_ptr<int> const mine = co_await std::move(number);
  // [end]
  BOOST_TEST(*mine == 7);
}

FANOUT_TEST(errors_that_nobody_looked_at_are_told) {
  std::vector<std::string> log;
  // [unhandled]
  auto const before = fanout::set_unhandled_error_handler(
      [&log](std::string_view name, std::exception_ptr) { log.push_back(std::string(name)); });
  fanout::create_task(co_await asio::this_coro::executor, get("a?"), "forgotten");
  // [end]
  co_await fanout::sleep<fanout::virtual_clock>(10ms);
  fanout::set_unhandled_error_handler(before);
  BOOST_TEST(log == std::vector<std::string>{"forgotten"}, per_element());
}

FANOUT_TEST(a_promise_of_nothing_is_an_event) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<std::string> log;
  // [event]
  fanout::promise<void> ready(executor);
  auto const event = ready.get_future();
  auto const client = [&](std::string name, std::chrono::milliseconds patience) -> awaitable<void> {
    co_await timeout(patience, fanout::shield(event));
    log.push_back(name + " begins");
  };
  // [end]
  auto const server = [&]() -> awaitable<void> {
    co_await fanout::sleep<fanout::virtual_clock>(10ms);
    // [set]
    ready.set_value(); // event.done() from now on, and nothing waits any more
    // [end]
  };
  auto all = fanout::gather(client("a", 5ms), client("b", 1s), server, fanout::return_exceptions);
  auto const ended = co_await std::move(all);
  BOOST_TEST(fanout::is_timed_out(std::get<0>(ended)));
  co_await client("c", 1ms);
  BOOST_TEST(log == (std::vector<std::string>{"b begins", "c begins"}), per_element());
}

FANOUT_TEST(without_a_shield_one_that_gives_up_cancels_the_event_for_all) {
  auto const executor = co_await asio::this_coro::executor;
  fanout::promise<void> ready(executor);
  auto const event = ready.get_future();
  auto both = fanout::gather(timeout(5ms, event), event, fanout::return_exceptions);
  auto const ended = co_await std::move(both);
  BOOST_TEST(fanout::is_timed_out(std::get<0>(ended)));
  BOOST_TEST(fanout::is_cancelled(std::get<1>(ended)));
  BOOST_TEST(!ready.set_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual_futures
