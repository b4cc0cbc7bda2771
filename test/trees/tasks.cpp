//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "play.hpp"

#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/run.hpp>
#include <fanout/shield.hpp>
#include <fanout/timeout.hpp>
#include <fanout/wait.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

namespace trees {

namespace {

asio::awaitable<value> time_limit(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  node& c = *n.children[0];
  auto inner = asio::bind_executor(place_of(*t, c, home), child{t, &c});
  auto operation = fanout::timeout<clock>(2 * span(n.pause), std::move(inner));
  try {
    auto const v = co_await std::move(operation);
    expect_nothing_left(*t, n);
    expect_same(*t, c, v);
  } catch (...) {
    expect_nothing_left(*t, n);
    expect_known(*t, n, std::current_exception());
    throw;
  }
  co_return value_of(n);
}

asio::awaitable<value> shielded(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  node& c = *n.children[0];
  auto inner = asio::bind_executor(place_of(*t, c, home), child{t, &c});
  auto operation = fanout::shield(std::move(inner));
  expect_same(*t, c, co_await std::move(operation));
  co_return value_of(n);
}

asio::awaitable<value> below_a_place(shared_tree t, node& n) {
  auto const place = co_await t->around().limiters[n.limiter].acquire();
  co_await run(t, *n.children[0]);
  co_return value_of(n);
}

/// One task: awaited, watched, cancelled or left alone.
asio::awaitable<value> task(shared_tree t, node& n) {
  node& c = *n.children[0];
  auto const f = start_task(t, c, co_await asio::this_coro::executor);
  count_callback(t, c, f);
  if (n.knobs[0] % 4 == 0) f.cancel();
  if (n.knobs[1] % 4 == 0) co_return value_of(n);
  auto const v = co_await f;
  expect_same(*t, c, v);
  co_return value_of(n);
}

asio::awaitable<value> tasks_waited_for(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  std::vector<fanout::future<value>> all;
  for (auto* c : n.children) all.push_back(start_task(t, *c, home));
  static constexpr std::array when{fanout::first_completed, fanout::first_exception,
                                   fanout::all_completed};
  auto const limit = 2 * span(n.pause);
  auto const some = co_await fanout::wait<clock>(all, when[n.knobs[0] % 3], limit);
  expect(some.done.size() + some.pending.size() == all.size(), *t, n, "a future has gone");
  if (n.knobs[1] % 2 == 0)
    for (auto const& f : some.pending) f.cancel();
  auto const ended = co_await fanout::wait<clock>(all, fanout::all_completed);
  expect(ended.pending.empty(), *t, n, "a future is pending after all have ended");
  for (std::size_t i = 0; i < all.size(); ++i) expect_same(*t, *n.children[i], all[i].outcome());
  co_return value_of(n);
}

/// Several wait for one task, some of them shielded.
asio::awaitable<value> one_for_all(shared_tree t, node& n) {
  node& c = *n.children[0];
  auto const f = start_task(t, c, co_await asio::this_coro::executor);
  count_callback(t, c, f);
  auto patient = fanout::shield(f);
  auto limited = fanout::timeout<clock>(2 * span(n.pause), fanout::shield(f));
  auto all =
      fanout::gather(f, std::move(patient), f, std::move(limited), fanout::return_exceptions);
  auto const told = co_await std::move(all);
  expect(f.done(), *t, n, "a wait for a future has ended before it");
  expect_same(*t, c, std::get<0>(told));
  expect_same(*t, c, std::get<2>(told));
  co_return value_of(n);
}

/// A loop of its own, which blocks this one.
asio::awaitable<value> runs(shared_tree t, node& n) {
  auto main = child{t, n.children[0]};
  value v;
  if (n.knobs[0] % 2 == 0) {
    v = fanout::run(main, {.threads = 1 + n.knobs[1] % 3, .signals = false});
  } else {
    asio::io_context context;
    v = fanout::run_on(context, main, [&context] { context.run(); });
  }
  expect_nothing_left(*t, n);
  expect_same(*t, *n.children[0], v);
  co_return value_of(n);
}

} // namespace

asio::awaitable<value> tasks(shared_tree t, node& n) {
  switch (n.what) {
  case kind::time_limit: return time_limit(std::move(t), n);
  case kind::shielded: return shielded(std::move(t), n);
  case kind::below_a_place: return below_a_place(std::move(t), n);
  case kind::tasks_waited_for: return tasks_waited_for(std::move(t), n);
  case kind::one_for_all: return one_for_all(std::move(t), n);
  case kind::runs: return runs(std::move(t), n);
  default: return task(std::move(t), n);
  }
}

} // namespace trees
