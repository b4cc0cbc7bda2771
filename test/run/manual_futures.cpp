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
#include <fanout/sleep.hpp>

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
#include <utility>
#include <vector>

namespace manual_futures {

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;
using boost::test_tools::per_element;

// Takes as many milliseconds as the URL has characters.
awaitable<std::string> get(std::string url) {
  co_await fanout::sleep<fanout::virtual_clock>(url.size() * 1ms);
  if (url.ends_with("?")) throw std::runtime_error(url);
  co_return "page " + url;
}

// [cache]
// Whoever asks first starts the request; everybody else waits for the same one.
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace manual_futures
