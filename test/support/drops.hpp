//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_DROPS_HPP
#define FANOUT_TEST_SUPPORT_DROPS_HPP

// Every operation on one context, around every kind of child that another context may destroy.

#include "counted.hpp"
#include "outcome.hpp"
#include "zoo.hpp"

#include <fanout.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace fanout_test {

namespace asio = boost::asio;

/// Runs what is ready, and no timer.
inline void poll(asio::io_context& context) {
  context.restart();
  context.poll();
}

/// Waits for what never comes.
inline asio::awaitable<void> never() {
  counted const local;
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::deferred);
}

/// An operation of an object of another context than that of its handler: it owns the timer, which
/// goes with its context.
template <class Context>
auto timer_on(Context& context) {
  asio::deferred_t token;
  return asio::async_initiate<asio::deferred_t, void(boost::system::error_code)>(
      [&context](auto handler) {
        auto timer = std::make_unique<asio::steady_timer>(context, std::chrono::hours(1));
        auto& waiting = *timer;
        waiting.async_wait([timer = std::move(timer), handler = std::move(handler),
                            own = counted()](boost::system::error_code error) mutable {
          std::move(handler)(error);
        });
      },
      token);
}

inline std::string how_it_ended(std::exception_ptr const& error) {
  try {
    if (error) std::rethrow_exception(error);
  } catch (std::exception const& e) {
    return e.what();
  }
  return "value";
}

template <class T>
std::string how_it_ended(fanout::result<T> const& r) {
  return how_it_ended(r.has_error() ? r.error() : nullptr);
}

// ---- children

/// What children on a context are made of.
template <class Context>
struct dropped_children {
  explicit dropped_children(Context& c) : context(c) {}

  Context& context;
  std::optional<fanout::promise<void>> promise;
};

/// A kind of child: `make(children)` gives one.
template <class Make>
struct kind_of_child {
  char const* name;
  Make make;
};
template <class Make>
kind_of_child(char const*, Make) -> kind_of_child<Make>;

inline constexpr kind_of_child bound_coroutine{
    "a bound coroutine", [](auto& c) { return asio::bind_executor(c.context, never()); }};
inline constexpr kind_of_child bound_callable{
    "a bound callable",
    [](auto& c) { return asio::bind_executor(c.context, [] { return never(); }); }};
inline constexpr kind_of_child maker_of_bound_coroutine{
    "a callable that makes a bound coroutine", [](auto& c) {
      return [&c, own = counted()] { return asio::bind_executor(c.context, never()); };
    }};
inline constexpr kind_of_child bound_operation{
    "a bound operation",
    [](auto& c) { return asio::bind_executor(c.context, timer_on(c.context)); }};
inline constexpr kind_of_child operation_there{"an operation of an object there",
                                               [](auto& c) { return timer_on(c.context); }};
inline constexpr kind_of_child coroutine_here{
    "a coroutine here that waits for an object there", [](auto& c) {
      return [&c, own = counted()]() -> asio::awaitable<void> { co_await timer_on(c.context); };
    }};
inline constexpr kind_of_child task_there{
    "a task there", [](auto& c) { return fanout::create_task(c.context, never()); }};
inline constexpr kind_of_child promise_there{
    "a promise there", [](auto& c) { return c.promise.emplace(c.context).get_future(); }};
inline constexpr kind_of_child gather_there{"a gather there", [](auto& c) {
                                              std::vector<asio::awaitable<void>> two;
                                              two.push_back(never());
                                              two.push_back(never());
                                              return fanout::gather(c.context, std::move(two));
                                            }};

// ---- operations

/// An operation: `run(make)` awaits it around a child that `make` gives, and tells its end.
template <class Run>
struct verb {
  char const* name;
  std::string expected;
  Run run;
};
template <class Run>
verb(char const*, std::string, Run) -> verb<Run>;

// Each lambda has no captures, so it may go before its coroutine.
inline constexpr auto gathers = [](auto make) -> asio::awaitable<std::string> {
  co_await fanout::gather(make(), zoo::nothing_at_once());
  co_return "value";
};
inline constexpr auto gathers_results = [](auto make) -> asio::awaitable<std::string> {
  auto const all =
      co_await fanout::gather(make(), zoo::nothing_at_once(), fanout::return_exceptions);
  co_return how_it_ended(std::get<0>(all)) + ", " + how_it_ended(std::get<1>(all));
};
inline constexpr auto gathers_or_cancels = [](auto make) -> asio::awaitable<std::string> {
  co_await fanout::gather(never(), make(), fanout::cancel_on_error);
  co_return "value";
};
inline constexpr auto races = [](auto make) -> asio::awaitable<std::string> {
  co_await fanout::race(never(), make());
  co_return "value";
};
inline constexpr auto succeeds = [](auto make) -> asio::awaitable<std::string> {
  co_await fanout::first_success(make());
  co_return "value";
};
inline constexpr auto streams = [](auto make) -> asio::awaitable<std::string> {
  auto stream = fanout::as_completed(make(), zoo::nothing_at_once());
  std::string text;
  while (auto const one = co_await stream.next())
    text += std::to_string(one->index) + " " + how_it_ended(one->result) + ", ";
  co_return text + "over";
};
inline constexpr auto waits = [](auto make) -> asio::awaitable<std::string> {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<fanout::future<void>> const tasks(1, fanout::create_task(executor, make()));
  auto const ended = co_await fanout::wait(tasks, fanout::all_completed);
  co_return ended.done.size() == 1 && tasks[0].cancelled() ? "cancelled" : "?";
};
inline constexpr auto times_out = [](auto make) -> asio::awaitable<std::string> {
  co_await fanout::timeout(std::chrono::hours(1), make());
  co_return "value";
};
inline constexpr auto shields = [](auto make) -> asio::awaitable<std::string> {
  co_await fanout::shield(make());
  co_return "value";
};
inline constexpr auto groups = [](auto make) -> asio::awaitable<std::string> {
  fanout::task_group group(co_await asio::this_coro::executor);
  auto const task = group.create_task(make());
  co_await group.join();
  co_return task.cancelled() ? "joined, cancelled" : "joined";
};
inline constexpr auto runs_a_group = [](auto make) -> asio::awaitable<std::string> {
  auto f = [&make](fanout::task_group& group) -> asio::awaitable<void> {
    group.create_task(make());
    co_return;
  };
  co_await fanout::with_task_group(std::move(f));
  co_return "joined";
};
inline constexpr auto creates_a_task = [](auto make) -> asio::awaitable<std::string> {
  auto const executor = co_await asio::this_coro::executor;
  co_await fanout::create_task(executor, make());
  co_return "value";
};
inline constexpr auto gathers_a_name = [](auto make) -> asio::awaitable<std::string> {
  co_await fanout::gather(fanout::named("it", make()), fanout::with_index);
  co_return "value";
};
inline constexpr auto gathers_a_gather = [](auto make) -> asio::awaitable<std::string> {
  auto inner = fanout::gather(make(), zoo::nothing_at_once(), fanout::return_exceptions);
  auto const all = co_await fanout::gather(std::move(inner), zoo::nothing_at_once());
  co_return how_it_ended(std::get<0>(std::get<0>(all)));
};

/// Calls `f` with operations and kinds of children: every operation with a child of its own
/// executor and with one at home, every kind with the three operations that keep their children in
/// different ways. All of them with all would compile for minutes.
template <class F>
void for_each_operation(F const& f) {
  auto const& aborted = aborted_text();
  auto const each_verb = [&](auto const& kind) {
    f(verb{"gather", aborted, gathers}, kind);
    f(verb{"gather with results", aborted + ", value", gathers_results}, kind);
    f(verb{"gather that cancels", aborted, gathers_or_cancels}, kind);
    f(verb{"race", aborted, races}, kind);
    f(verb{"first_success", "0: " + aborted + ": all alternatives failed [fanout:3]", succeeds},
      kind);
    f(verb{"as_completed", "1 value, 0 " + aborted + ", over", streams}, kind);
    f(verb{"wait", "cancelled", waits}, kind);
    f(verb{"timeout", aborted, times_out}, kind);
    f(verb{"shield", aborted, shields}, kind);
    f(verb{"task_group", "joined, cancelled", groups}, kind);
    f(verb{"with_task_group", "joined", runs_a_group}, kind);
    f(verb{"create_task", aborted, creates_a_task}, kind);
    f(verb{"named", "child 0 'it': " + aborted, gathers_a_name}, kind);
    f(verb{"nested gather", aborted, gathers_a_gather}, kind);
  };
  auto const some_verbs = [&](auto const& kind) {
    f(verb{"gather with results", aborted + ", value", gathers_results}, kind);
    f(verb{"task_group", "joined, cancelled", groups}, kind);
    f(verb{"create_task", aborted, creates_a_task}, kind);
  };
  each_verb(bound_coroutine);
  each_verb(operation_there);
  some_verbs(bound_callable);
  some_verbs(maker_of_bound_coroutine);
  some_verbs(bound_operation);
  some_verbs(coroutine_here);
  some_verbs(task_there);
  some_verbs(promise_there);
  some_verbs(gather_there);
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_DROPS_HPP
