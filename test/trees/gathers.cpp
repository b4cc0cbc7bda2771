//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "play.hpp"

#include <fanout/create_task.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/named.hpp>
#include <fanout/task_group.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <tuple>

namespace trees {

namespace {

// The error of an operation, whose siblings may run on unless it `leaves_nothing`.
void expect_good_error(tree& t, node const& n, std::exception_ptr const& error,
                       bool leaves_nothing) {
  if (!leaves_nothing) return;
  expect_nothing_left(t, n);
  expect_known(t, n, error);
}

/// Awaits an operation that yields the values of all children.
template <class Operation>
asio::awaitable<value> values(shared_tree t, node& n, Operation all, bool leaves_nothing) {
  std::vector<value> yielded;
  try {
    yielded = co_await std::move(all);
  } catch (...) {
    expect_good_error(*t, n, std::current_exception(), leaves_nothing);
    throw;
  }
  expect_nothing_left(*t, n);
  expect(yielded.size() == n.children.size(), *t, n, "there is not one value for each child");
  for (std::size_t i = 0; i < yielded.size(); ++i) expect_same(*t, *n.children[i], yielded[i]);
  co_return value_of(n);
}

/// Awaits an operation that yields the results of all children.
template <class Operation>
asio::awaitable<value> results(shared_tree t, node& n, Operation all) {
  std::vector<fanout::result<value>> yielded;
  try {
    yielded = co_await std::move(all);
  } catch (...) {
    expect_good_error(*t, n, std::current_exception(), true);
    throw;
  }
  expect_nothing_left(*t, n);
  expect(yielded.size() == n.children.size(), *t, n, "there is not one result for each child");
  for (std::size_t i = 0; i < yielded.size(); ++i) expect_same(*t, *n.children[i], yielded[i]);
  co_return value_of(n);
}

std::size_t places_for(node const& n) { return 1 + n.knobs[0] % 6; }

// Mostly long: a limit that strikes always would leave nothing else to be seen.
std::chrono::microseconds limit_of(node const& n, unsigned knob) {
  return n.knobs[knob] % 4 == 0 ? span(n.pause) + std::chrono::microseconds(1)
                                : std::chrono::microseconds(for_ever);
}

asio::awaitable<value> gather_full(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto late = [t, &n](std::size_t index, std::exception_ptr const& error) {
    expect(index < n.children.size() && error, *t, n, "a late error is none of a child");
    node const& c = *n.children[index];
    expect(c.started == c.ended, *t, n, "a late error of a child that runs");
  };
  auto all = fanout::gather(
      bound_children_of(t, n, home), fanout::limit(places_for(n)),
      fanout::child_timeout<clock>(limit_of(n, 1)), fanout::deadline<clock>(limit_of(n, 2)),
      fanout::on_progress(ends_in_turn(t, n)), fanout::on_late_error(std::move(late)));
  co_return co_await values(t, n, std::move(all), false);
}

// What is left over is cancelled with the group, or joined.
asio::awaitable<value> gather_stragglers(shared_tree t, node& n) {
  fanout::task_group group(co_await asio::this_coro::executor, fanout::keep_going);
  auto all = fanout::gather(children_of(t, n), fanout::stragglers(group));
  std::exception_ptr error;
  try {
    co_await values(t, n, std::move(all), false);
  } catch (...) {
    error = std::current_exception();
  }
  if (n.knobs[0] % 2 == 0) {
    co_await group.join();
    expect_nothing_left(*t, n);
    if (error) expect_known(*t, n, error);
  }
  if (error) std::rethrow_exception(error);
  co_return value_of(n);
}

asio::awaitable<value> results_full(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto enough = [&n](std::size_t index, std::exception_ptr const&) {
    return index + 1 == n.knobs[3] % 16 ? asio::cancellation_type::terminal
                                        : asio::cancellation_type::none;
  };
  std::vector<std::size_t> order;
  auto all = fanout::gather(
      bound_children_of(t, n, home), fanout::return_exceptions, fanout::keep_results,
      fanout::limit(t->around().limiters[n.limiter]), fanout::child_timeout<clock>(limit_of(n, 1)),
      fanout::deadline<clock>(limit_of(n, 2)), fanout::on_progress(ends_in_turn(t, n)),
      fanout::cancel_when(enough), fanout::completion_order(order));
  auto v = co_await results(t, n, std::move(all));
  std::ranges::sort(order);
  expect(std::ranges::adjacent_find(order) == order.end(), *t, n, "a child has ended twice");
  expect(order.size() <= n.children.size(), *t, n, "more children have ended than there are");
  co_return v;
}

asio::awaitable<value> all_or_nothing_full(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto all = fanout::gather(bound_children_of(t, n, home), fanout::cancel_on_error,
                            fanout::limit(t->around().limiters[n.limiter]),
                            fanout::deadline<clock>(limit_of(n, 1)),
                            fanout::on_progress(ends_in_turn(t, n)), fanout::eager);
  co_return co_await values(t, n, std::move(all), true);
}

/// Children of different kinds, given one by one: a coroutine, one with a place of its own, a task,
/// and an operation of Asio's.
asio::awaitable<value> mixed(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  node& first = *n.children[0];
  node& second = *n.children[1];
  node& third = *n.children[2];
  auto const task = start_task(t, third, home);
  asio::basic_waitable_timer<clock> timer(home, span(n.pause));
  auto wait = timer.async_wait(asio::deferred);
  auto named =
      fanout::named("second", asio::bind_executor(place_of(*t, second, home), child{t, &second}));
  auto all = fanout::gather(child{t, &first}, std::move(wait), std::move(named), task,
                            fanout::return_exceptions, fanout::eager);
  auto const told = co_await std::move(all);
  expect_nothing_left(*t, n);
  expect_same(*t, first, std::get<0>(told));
  expect_same(*t, second, std::get<2>(told));
  expect_same(*t, third, std::get<3>(told));
  co_return value_of(n);
}

} // namespace

asio::awaitable<value> gathers(shared_tree t, node& n) {
  switch (n.what) {
  case kind::gather_full: return gather_full(std::move(t), n);
  case kind::gather_stragglers: return gather_stragglers(std::move(t), n);
  case kind::results_plain: {
    auto all = fanout::gather(children_of(t, n), fanout::return_exceptions, fanout::eager);
    return results(std::move(t), n, std::move(all));
  }
  case kind::results_full: return results_full(std::move(t), n);
  case kind::all_or_nothing_plain: {
    auto all = fanout::gather(children_of(t, n), fanout::cancel_on_error);
    return values(std::move(t), n, std::move(all), true);
  }
  case kind::all_or_nothing_full: return all_or_nothing_full(std::move(t), n);
  case kind::results_until_error: {
    auto all = fanout::gather(children_of(t, n), fanout::return_exceptions, fanout::cancel_on_error,
                              fanout::limit(places_for(n)));
    return results(std::move(t), n, std::move(all));
  }
  case kind::mixed: return mixed(std::move(t), n);
  default: {
    auto all = fanout::gather(children_of(t, n));
    return values(std::move(t), n, std::move(all), false);
  }
  }
}

} // namespace trees
