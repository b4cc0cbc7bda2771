//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Whether a call is right can be asked: `requires { gather(x); }`. What the compiler says of calls
// that are wrong stands in test/compile_fail.

#include <fanout.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace compile_calls {

namespace asio = boost::asio;
using asio::awaitable;
using fanout::future;
using seconds = std::chrono::seconds;
using context = asio::io_context&;
using executor = asio::any_io_executor;

using child = awaitable<int>;
using callable = child (*)();
using operation = decltype(std::declval<asio::steady_timer&>().async_wait(asio::deferred));
using bound = asio::executor_binder<child, executor>;
using named = decltype(fanout::named("a", std::declval<child>()));
using children = std::vector<child>;
using owned = std::unique_ptr<int>;
using view =
    decltype(std::views::iota(0, 1) | std::views::transform(std::declval<child (*)(int)>()));

inline constexpr auto hears = [](std::size_t, std::exception_ptr) {};
using late = fanout::on_late_error<decltype(hears)>;
using limit = fanout::limit<std::size_t>;
using errors = fanout::return_exceptions_t;
using collected = fanout::collect<std::vector<fanout::failure>>;

// ---- the calls, of arguments that are declared only

template <class... Args>
concept gathers = requires { fanout::gather(std::declval<Args>()...); };
template <class... Args>
concept races = requires { fanout::race(std::declval<Args>()...); };
template <class... Args>
concept succeeds = requires { fanout::first_success(std::declval<Args>()...); };
template <class... Args>
concept streams = requires { fanout::as_completed(std::declval<Args>()...); };
template <class... Args>
concept times = requires { fanout::timeout(std::declval<Args>()...); };
template <class... Args>
concept shields = requires { fanout::shield(std::declval<Args>()...); };
template <class... Args>
concept names = requires { fanout::named(std::declval<Args>()...); };
template <class... Args>
concept creates = requires { fanout::create_task(std::declval<Args>()...); };
template <class... Args>
concept adds = requires(fanout::task_group& g) { g.create_task(std::declval<Args>()...); };
template <class... Args>
concept groups = requires { fanout::with_task_group(std::declval<Args>()...); };
template <class... Args>
concept makes_group = requires { fanout::task_group(std::declval<Args>()...); };
template <class... Args>
concept waits = requires { fanout::wait(std::declval<Args>()...); };
template <class... Args>
concept aborts = requires { fanout::abortable(std::declval<Args>()...); };
template <class... Args>
concept sleeps = requires { fanout::sleep(std::declval<Args>()...); };
template <class Operation, class Token>
concept takes = requires(Operation o, Token t) { std::move(o)(std::move(t)); };

// The type of a call can be asked for as well.
template <class A>
concept has_type =
    requires { typename std::type_identity_t<decltype(fanout::gather(std::declval<A>()))>; };

// ---- one by one, or a range; an executor first; policies last

static_assert(gathers<> && gathers<context> && gathers<executor, errors>);
static_assert(gathers<child> && gathers<child, callable, operation, bound, named, future<int>&>);
static_assert(gathers<context, child, child> && gathers<executor, child, limit, errors>);
static_assert(gathers<children> && gathers<context, children, limit> && gathers<view&, errors>);
static_assert(gathers<std::array<child, 2>> && gathers<std::span<future<int>>>);
static_assert(gathers<std::vector<future<int>>&> && gathers<std::vector<callable> const&>);
static_assert(gathers<child, late> && gathers<future<owned>>);
static_assert(has_type<child> && has_type<children>);

static_assert(!gathers<int> && !gathers<child, int> && !gathers<std::string> && !has_type<int>);
static_assert(!gathers<std::vector<int>> && !gathers<child (*)(int)>);
static_assert(!gathers<child&> && !gathers<children&> && !gathers<future<owned>&>);
static_assert(!gathers<std::span<child>> && !gathers<std::vector<future<owned>>&>);
static_assert(!gathers<awaitable<int&>> && !gathers<std::vector<awaitable<int&>>>);
static_assert(!gathers<child, children> && !gathers<children, children>);
static_assert(!gathers<child, context> && !gathers<child, errors, executor>);
static_assert(!gathers<asio::io_context>); // a context that goes at once
static_assert(!gathers<errors, child> && !gathers<child, limit, child> &&
              !gathers<child, limit, limit>);
static_assert(!gathers<child, fanout::keep_results_t> && !gathers<child, fanout::keep_going_t>);
static_assert(!gathers<child, collected> && !gathers<child, fanout::quorum>);
static_assert(!gathers<child, errors, fanout::with_index_t> && !gathers<child, errors, late>);
static_assert(!gathers<child, fanout::cancel_on_error_t, late>);
static_assert(!gathers<context, int> && !gathers<executor, child&>);

static_assert(races<child, callable> && races<context, children, errors> && races<view>);
static_assert(!races<int> && !races<child&> && !races<child, fanout::cancel_on_error_t>);
static_assert(!races<child, late> && !races<context, child, fanout::keep_going_t>);

static_assert(succeeds<child, child, fanout::quorum> && succeeds<executor, children, limit>);
static_assert(succeeds<children, fanout::stagger<>> && succeeds<view>);
static_assert(!succeeds<int> && !succeeds<child, errors> && !succeeds<child, late>);

static_assert(streams<child, child> && streams<context, children, limit> && streams<view>);
static_assert(!streams<int> && !streams<child, errors> && !streams<child, late>);
static_assert(!streams<child&> && !streams<child, fanout::with_index_t>);

// ---- around one child

static_assert(times<seconds, child> && times<context, seconds, callable> &&
              times<seconds, future<int>&>);
static_assert(!times<> && !times<seconds> && !times<int, child> && !times<child, seconds>);
static_assert(!times<seconds, child, child> && !times<seconds, child&> && !times<seconds, int>);

static_assert(shields<child> && shields<executor, operation> && shields<future<int>&>);
static_assert(!shields<> && !shields<int> && !shields<child&> && !shields<child, child>);

static_assert(names<char const*, child> && names<std::string, future<int>&>);
static_assert(!names<char const*, int> && !names<char const*, child&>);

static_assert(aborts<operation> && aborts<context, operation>);
static_assert(!aborts<> && !aborts<child> && !aborts<int> && !aborts<operation, operation>);

// ---- tasks

static_assert(creates<context, child> && creates<executor, named> &&
              creates<context, child, char const*>);
static_assert(!creates<child> && !creates<> && !creates<context> && !creates<context, int>);
static_assert(!creates<context, child&> && !creates<context, child, child>);

static_assert(adds<child> && adds<named, std::string> && adds<future<int>&>);
static_assert(!adds<> && !adds<int> && !adds<child&> && !adds<child, child>);

static_assert(makes_group<context> &&
              makes_group<executor, limit, fanout::keep_going_t, collected>);
static_assert(!makes_group<> && !makes_group<int> && !makes_group<context, errors>);
static_assert(!makes_group<context, int> && !makes_group<context, limit, limit>);

using body = child (*)(fanout::task_group&);
static_assert(groups<body> && groups<context, body, limit> && groups<body, fanout::keep_going_t>);
static_assert(!groups<> && !groups<callable> && !groups<body, errors> && !groups<body, int>);
static_assert(!groups<int (*)(fanout::task_group&)>);

// ---- waits and sleeps

using futures = std::vector<future<int>>;
using when = fanout::return_when;
static_assert(waits<futures&, when> && waits<context, futures, when, seconds>);
static_assert(waits<futures, when, std::chrono::steady_clock::time_point>);
static_assert(!waits<futures> && !waits<children, when> && !waits<futures, when, int>);
static_assert(!waits<futures, when, seconds, seconds> && !waits<when, futures>);

static_assert(sleeps<seconds> && sleeps<context, seconds>);
static_assert(!sleeps<int> && !sleeps<double> && !sleeps<context, int> && !sleeps<child>);

static_assert(!std::is_constructible_v<fanout::deadline<>, int>);
static_assert(!std::is_constructible_v<fanout::child_timeout<>, double>);
static_assert(!std::is_constructible_v<fanout::stagger<>, int>);

// ---- completion tokens

inline constexpr auto takes_result = [](std::exception_ptr, std::tuple<int>) {};
inline constexpr auto takes_code = [](boost::system::error_code, std::tuple<int>) {};
inline constexpr auto takes_nothing = [] {};
using takes_result_t = std::decay_t<decltype(takes_result)>;
using takes_code_t = std::decay_t<decltype(takes_code)>;
using takes_nothing_t = std::decay_t<decltype(takes_nothing)>;

using gathered = decltype(fanout::gather(std::declval<child>()));
using gathered_on = decltype(fanout::gather(std::declval<context>(), std::declval<child>()));
static_assert(takes<gathered_on, takes_result_t> && takes<gathered_on, asio::detached_t>);
static_assert(takes<gathered_on, asio::use_future_t<>> && takes<gathered, asio::deferred_t>);
static_assert(takes<gathered, asio::use_awaitable_t<>>);
static_assert(takes<gathered, asio::executor_binder<takes_result_t, executor>>);
static_assert(!takes<gathered_on, takes_code_t> && !takes<gathered_on, takes_nothing_t>);
static_assert(!takes<gathered_on, int>);
static_assert(!takes<gathered, takes_result_t> &&
              !takes<gathered, asio::detached_t>); // nowhere to run
static_assert(!takes<gathered, asio::use_future_t<>>);

using sleeping = decltype(fanout::sleep(std::declval<context>(), seconds(1)));
static_assert(takes<sleeping, asio::detached_t> && !takes<sleeping, takes_code_t>);
static_assert(takes<future<int>, asio::detached_t> && !takes<future<int>, takes_code_t>);

// A class with a group can be moved: clang 19 asked for the group's constructor to say whether it
// can.
struct with_group {
  fanout::task_group group;
};
static_assert(std::is_move_constructible_v<with_group>);
with_group moved(with_group from) { return from; }

} // namespace compile_calls
