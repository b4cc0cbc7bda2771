//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// The code of the pages that limits times and prints does what is said there. tools/check-docs
// compares the regions with the pages.

#include <fanout/all_tasks.hpp>
#include <fanout/create_task.hpp>
#include <fanout/fmt.hpp>
#include <fanout/gather.hpp>
#include <fanout/promise.hpp>
#include <fanout/sleep.hpp>
#include <fanout/text.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace text_manual {

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;
using fanout::create_task;

// The pages name no clock; the tests take the virtual one.
auto sleep(std::chrono::milliseconds d) { return fanout::sleep<fanout::virtual_clock>(d); }

template <class D, class Child>
auto timeout(D d, Child child) {
  return fanout::timeout<fanout::virtual_clock>(d, std::move(child));
}

awaitable<std::string> get(std::string url) {
  co_await sleep(100ms * url.size());
  co_return "page of " + url;
}

awaitable<int> port(std::string text) {
  co_await sleep(1ms);
  co_return std::stoi(text);
}

BOOST_AUTO_TEST_SUITE(text_manual_test)

FANOUT_TEST(a_late_page_is_replaced) {
  // [timeout]
  std::string page;
  try {
    page = co_await timeout(2s, get("/a/very/slow/page/of/theirs"));
  } catch (fanout::deadline_exceeded const&) {
    page = "not today";
  }
  // [end]
  BOOST_TEST(page == "not today");
}

FANOUT_TEST(who_is_stuck_is_listed) {
  auto const executor = co_await asio::this_coro::executor;
  fanout::promise<std::string> config(executor);
  auto const loaded = config.get_future();
  loaded.set_name("config");
  auto const serve = [loaded]() -> awaitable<void> { co_await loaded; };
  auto const server = create_task(executor, serve, "server");
  auto const page = create_task(executor, get("/"), "page");
  co_await sleep(50ms);
  std::vector<std::string> lines;
  // [all tasks]
  for (auto const& task : fanout::all_tasks(executor)) lines.push_back(fmt::format("{}", task));
  // main: running for 50 ms
  // task 'server': running for 50 ms, waits for future 'config'
  // task 'page': running for 50 ms
  // [end]
  BOOST_REQUIRE(lines.size() == 3u);
  BOOST_TEST(lines[0].starts_with("main: running for "));
  BOOST_TEST(lines[1].starts_with("task 'server': running for "));
  BOOST_TEST(lines[1].ends_with(", waits for future 'config'"));
  BOOST_TEST(lines[2].starts_with("task 'page': running for "));
  config.set_value("x");
  co_await server;
  co_await page;
}

FANOUT_TEST(results_are_shown) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<std::string> printed;
  auto const print = [&printed](std::string text) { printed.push_back(std::move(text)); };
  // [show]
  auto const task = create_task(executor, port("8080"), "port");
  print(fmt::format("{}", task)); // future 'port' pending
  co_await task;
  print(fmt::format("{}", task)); // future 'port' = 8080

  std::vector<awaitable<int>> children;
  for (char const* text : {"80", "http", "443"}) children.push_back(port(text));
  auto const ports = co_await fanout::gather(std::move(children), fanout::return_exceptions);
  print(fmt::format("{}", fanout::show(ports))); // [80, std::invalid_argument('stoi'), 443]
  // [end]
  BOOST_TEST(printed[0] == "future 'port' pending");
  BOOST_TEST(printed[1] == "future 'port' = 8080");
  BOOST_TEST(printed[2] == "[80, std::invalid_argument('stoi'), 443]");
}

BOOST_AUTO_TEST_CASE(an_error_is_described_with_its_cause) {
  std::string text;
  // [describe]
  try {
    try {
      std::stoi("http");
    } catch (...) {
      std::throw_with_nested(std::runtime_error("no port"));
    }
  } catch (...) {
    text = fanout::describe(std::current_exception());
    // std::runtime_error: no port, because of std::invalid_argument: stoi
  }
  // [end]
  BOOST_TEST(text == "std::runtime_error: no port, because of std::invalid_argument: stoi");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace text_manual
