//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Everything that may stand as a child, and what `gather_result_t` says that it yields.

#include <fanout/concepts.hpp>
#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace compile_children {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::child;
using fanout::child_value_t;
using fanout::gather;
using fanout::gather_result_t;
using fanout::result;

using pool_executor = asio::thread_pool::executor_type;

struct no_default {
  explicit no_default(int);
};

awaitable<int> number();
awaitable<void> nothing();
awaitable<no_default> undefaulted();
awaitable<std::unique_ptr<int>> owned();
awaitable<int> get(int);

template <class... Values>
auto operation(asio::deferred_t token = {}) {
  return asio::async_initiate<asio::deferred_t, void(Values...)>([](auto&&) {}, token);
}

template <class... Values>
using operation_t = decltype(operation<Values...>());

using code = boost::system::error_code;
using function = awaitable<int> (*)();

// ---- what is a child, and what it yields

static_assert(std::is_same_v<child_value_t<awaitable<int>>, int>);
static_assert(std::is_same_v<child_value_t<awaitable<void, pool_executor>>, void>);
static_assert(std::is_same_v<child_value_t<function>, int>);
static_assert(std::is_same_v<child_value_t<std::function<awaitable<void>()>>, void>);
static_assert(std::is_same_v<child_value_t<operation_t<>>, void>);
static_assert(std::is_same_v<child_value_t<operation_t<code>>, void>);
static_assert(std::is_same_v<child_value_t<operation_t<code, int>>, int>);
static_assert(std::is_same_v<child_value_t<operation_t<int>>, int>);
static_assert(std::is_same_v<child_value_t<operation_t<std::exception_ptr, std::string const&>>,
                             std::string>);
static_assert(std::is_same_v<child_value_t<operation_t<code, int, char>>, std::tuple<int, char>>);
static_assert(std::is_same_v<child_value_t<operation_t<int, char>>, std::tuple<int, char>>);
static_assert(
    std::is_same_v<child_value_t<asio::executor_binder<awaitable<int>, pool_executor>>, int>);
static_assert(std::is_same_v<child_value_t<decltype(gather(number(), nothing()))>,
                             std::tuple<int, std::monostate>>);
static_assert(!child<int>);
static_assert(!child<std::string>);
static_assert(!child<std::function<int()>>);
static_assert(!child<std::function<awaitable<int>(int)>>);
static_assert(!child<std::vector<awaitable<int>>>);
static_assert(!child<asio::io_context&>);

// A callable that returns a callable is called once only.
static_assert(!child<std::function<function()>>);

// ---- what a gather yields

static_assert(std::is_same_v<gather_result_t<>, std::tuple<>>);
static_assert(std::is_same_v<gather_result_t<awaitable<int>, awaitable<void>>,
                             std::tuple<int, std::monostate>>);
static_assert(std::is_same_v<gather_result_t<asio::io_context&, awaitable<int>>, std::tuple<int>>);
static_assert(std::is_same_v<gather_result_t<awaitable<no_default>, awaitable<int>>,
                             fanout::values<no_default, int>>);
static_assert(std::is_same_v<gather_result_t<awaitable<std::unique_ptr<int>>>,
                             std::tuple<std::unique_ptr<int>>>);
static_assert(std::is_same_v<gather_result_t<awaitable<std::tuple<int, int>>, awaitable<int>>,
                             std::tuple<std::tuple<int, int>, int>>);
static_assert(std::is_same_v<gather_result_t<std::vector<awaitable<int>>>, std::vector<int>>);
static_assert(std::is_same_v<gather_result_t<std::vector<awaitable<void>>>, void>);
static_assert(
    std::is_same_v<gather_result_t<std::vector<awaitable<no_default>>>, std::vector<no_default>>);
static_assert(std::is_same_v<gather_result_t<std::vector<awaitable<bool>>>, std::vector<bool>>);
static_assert(
    std::is_same_v<gather_result_t<std::vector<awaitable<void>>, fanout::return_exceptions_t>,
                   std::vector<result<void>>>);
static_assert(
    std::is_same_v<gather_result_t<std::vector<awaitable<int>>, fanout::return_exceptions_t>,
                   std::vector<result<int>>>);
// A result cannot be default-constructed where its value cannot.
static_assert(
    std::is_same_v<gather_result_t<awaitable<int>, fanout::return_exceptions_t>,
                   std::conditional_t<std::is_default_constructible_v<result<int>>,
                                      std::tuple<result<int>>, fanout::values<result<int>>>>);
static_assert(std::is_same_v<gather_result_t<awaitable<no_default>, fanout::return_exceptions_t>,
                             fanout::values<result<no_default>>>);

// ---- every kind of child in a coroutine

awaitable<void> one_by_one(asio::io_context& other, asio::thread_pool& pool) {
  asio::steady_timer timer(other);
  auto lambda = [n = 1]() -> awaitable<int> { co_return n; };
  auto const constant = [] { return number(); };
  auto packaged = gather(lambda);
  function const pointer = number;

  co_await gather(number(), nothing(), undefaulted(), owned());
  co_await gather(lambda, constant, std::move(lambda), pointer, number, &number);
  co_await gather(timer.async_wait(asio::deferred), asio::post(asio::deferred),
                  [&timer] { return timer.async_wait(asio::deferred); });
  co_await gather(packaged, gather(packaged, number()), std::as_const(packaged));
  co_await gather(asio::bind_executor(pool, number()), asio::bind_executor(other, &number),
                  asio::bind_executor(pool.get_executor(), timer.async_wait(asio::deferred)),
                  [&pool] { return asio::bind_executor(pool, number()); });
  co_await gather(fanout::sleep(std::chrono::seconds(1)),
                  [] { return fanout::sleep(std::chrono::seconds(1)); });
  co_await gather(std::function<awaitable<int>()>(constant));
}

awaitable<void> ranges(std::vector<std::string> urls, std::istream& in) {
  using std::views::transform;
  std::array<function, 2> functions{number, number};
  std::vector const packaged(2, gather(&number));

  co_await gather(std::vector<awaitable<int>>());
  co_await gather(std::list<awaitable<void>>());
  co_await gather(std::array<awaitable<void>, 2>{nothing(), nothing()});
  co_await gather(functions);
  co_await gather(std::span(functions));
  co_await gather(std::as_const(functions));
  co_await gather(packaged);
  co_await gather(urls | transform([](std::string const&) { return number(); }));
  co_await gather(std::views::iota(0) | std::views::take(3) | transform(get));
  co_await gather(std::views::iota(0, 9) | std::views::filter([](int n) { return n > 2; }) |
                  transform(get));
  co_await gather(std::views::istream<int>(in) | transform(get));
  co_await gather(std::move(urls) | transform([](std::string const&) { return undefaulted(); }));
}

awaitable<void> awaitables_of_a_concrete_executor(asio::thread_pool& pool) {
  auto on_pool = []() -> awaitable<int, pool_executor> { co_return 1; };
  co_await gather(pool, on_pool());
  co_await gather(asio::bind_executor(pool, on_pool()), on_pool);
}

// ---- policies

struct counter { // of the user
  std::size_t* ends;
  void apply(fanout::rules&) const {}
  void ended(fanout::progress const&) { ++*ends; }
  void late_error(std::size_t, std::exception_ptr) {}
};

awaitable<void> policies() {
  std::size_t ends = 0;
  counter const mine{&ends};
  auto const told = [](fanout::progress const&) {};
  auto const late = [](std::size_t, std::exception_ptr const&) {};
  co_await gather(number(), fanout::limit(1), fanout::return_exceptions, fanout::cancel_on_error,
                  fanout::child_timeout(std::chrono::seconds(1)), fanout::on_progress(told), mine);
  co_await gather(number(), fanout::on_late_error(late), mine);
  co_await gather(std::vector<awaitable<void>>(), fanout::on_progress([](auto const&) {}),
                  fanout::limit(std::size_t(2)), fanout::cancel_on_error);
  co_await gather(number(), fanout::limit(2L));
}

} // namespace compile_children
