//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "play.hpp"

#include <fanout/error.hpp>
#include <fanout/sleep.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace trees {

namespace {

using shared_group = std::shared_ptr<fanout::task_group>;
using futures = std::vector<fanout::future<value>>;

/// Another place asks the group to end, at any moment.
void cancel_from_elsewhere(tree& t, node const& n, shared_group const& group) {
  auto const& places = t.around().places;
  if (places.empty() || n.knobs[1] % 4 != 0) return;
  auto request = [weak = std::weak_ptr(group)] {
    if (auto const g = weak.lock()) g->cancel();
  };
  asio::post(places[n.knobs[2] % places.size()].executor, std::move(request));
}

/// Starts the children as tasks, until the group takes no more.
asio::awaitable<void> fill(shared_tree t, node& n, shared_group group, futures& tasks) {
  auto const home = co_await asio::this_coro::executor;
  bool const waits = n.knobs[0] % 2 == 0;
  try {
    for (auto* c : n.children) {
      if (waits) co_await group->slot();
      tasks.push_back(
          group->create_task(asio::bind_executor(place_of(*t, *c, home), child{t, c}), "task"));
      count_callback(t, *c, tasks.back());
    }
  } catch (fanout::invalid_state const&) {
    // It is being cancelled, or a task has failed.
  }
}

/// After the end of the group.
void expect_tasks(tree& t, node const& n, futures const& tasks) {
  expect_nothing_left(t, n);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    node const& c = *n.children[i];
    expect(tasks[i].done(), t, n, "the group has ended, and a future of it has not");
    expect_same(t, c, tasks[i].outcome());
  }
}

/// Joins the group, or lets it go.
asio::awaitable<value> group(shared_tree t, node& n, shared_group g) {
  futures tasks;
  co_await fill(t, n, g, tasks);
  cancel_from_elsewhere(*t, n, g);
  // In a coroutine that was asked to end no further wait begins.
  auto const state = co_await asio::this_coro::cancellation_state;
  bool const waits = state.cancelled() == asio::cancellation_type::none;
  if (n.knobs[3] % 4 == 0 || !waits) co_return value_of(n);
  try {
    co_await g->join();
  } catch (...) {
    expect_tasks(*t, n, tasks);
    expect_known(*t, n, std::current_exception());
    throw;
  }
  expect_tasks(*t, n, tasks);
  co_return value_of(n);
}

asio::awaitable<value> group_that_fails(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto g = std::make_shared<fanout::task_group>(home, fanout::limit(1 + n.knobs[0] % 5));
  co_return co_await group(std::move(t), n, std::move(g));
}

asio::awaitable<value> group_that_keeps_going(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto count = [seen = std::make_shared<std::size_t>(0), t, &n](std::string const&,
                                                                std::exception_ptr const&) {
    expect(++*seen <= n.children.size(), *t, n, "more tasks have failed than there are");
  };
  auto g = std::make_shared<fanout::task_group>(home, fanout::keep_going,
                                                fanout::limit(1 + n.knobs[0] % 5),
                                                fanout::on_error(std::move(count)), fanout::eager);
  co_return co_await group(std::move(t), n, std::move(g));
}

/// The children are tasks that the function starts, some of them after a while.
asio::awaitable<value> function_with_group(shared_tree t, node& n) {
  auto body = [&t, &n](fanout::task_group& g) -> asio::awaitable<value> {
    for (auto* c : n.children) {
      g.create_task(child{t, c});
      if (n.knobs[0] % 2 == 0) co_await fanout::sleep<clock>(span(n.pause) / 8);
    }
    if (n.knobs[1] % 8 == 0) g.cancel();
    co_return value_of(n);
  };
  auto operation = fanout::with_task_group(std::move(body));
  value v;
  try {
    v = co_await std::move(operation);
  } catch (fanout::invalid_state const&) {
    // A task has failed before the next was created, which then is the error of the function.
    expect_nothing_left(*t, n);
    throw;
  } catch (...) {
    expect_nothing_left(*t, n);
    expect_known(*t, n, std::current_exception());
    throw;
  }
  expect_nothing_left(*t, n);
  co_return v;
}

} // namespace

asio::awaitable<value> groups(shared_tree t, node& n) {
  if (n.what == kind::group) return group_that_fails(std::move(t), n);
  if (n.what == kind::group_keeps_going) return group_that_keeps_going(std::move(t), n);
  return function_with_group(std::move(t), n);
}

} // namespace trees
