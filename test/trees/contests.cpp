//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "play.hpp"

#include <fanout/as_completed.hpp>
#include <fanout/error.hpp>
#include <fanout/first_success.hpp>
#include <fanout/race.hpp>
#include <fanout/sleep.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace trees {

namespace {

void expect_winner(tree& t, node const& n, fanout::winner<value> const& w) {
  expect(w.index < n.children.size(), t, n, "the winner is none of its children");
  expect_same(t, *n.children[w.index], w.value);
}

template <class Operation>
asio::awaitable<value> one_winner(shared_tree t, node& n, Operation contest) {
  try {
    auto const winner = co_await std::move(contest);
    expect_nothing_left(*t, n);
    expect_winner(*t, n, winner);
  } catch (fanout::all_failed const&) {
    expect_nothing_left(*t, n);
    throw;
  } catch (...) {
    expect_nothing_left(*t, n);
    expect_known(*t, n, std::current_exception());
    throw;
  }
  co_return value_of(n);
}

asio::awaitable<value> race_results(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto race = fanout::race(bound_children_of(t, n, home), fanout::return_exceptions,
                           fanout::on_progress(ends_in_turn(t, n)), fanout::eager);
  try {
    auto const told = co_await std::move(race);
    expect(told.index < n.children.size(), *t, n, "the winner is none of its children");
    expect(told.value.size() == n.children.size(), *t, n, "there is not one result for each child");
    for (std::size_t i = 0; i < told.value.size(); ++i)
      expect_same(*t, *n.children[i], told.value[i]);
    expect_nothing_left(*t, n);
  } catch (...) {
    expect_nothing_left(*t, n);
    throw;
  }
  co_return value_of(n);
}

asio::awaitable<value> first_full(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto const wanted = 1 + n.knobs[0] % n.children.size();
  auto contest = fanout::first_success(
      bound_children_of(t, n, home), fanout::quorum(wanted),
      fanout::stagger<clock>(span(n.knobs[1] % 32)),
      fanout::child_timeout<clock>(4 * span(n.knobs[2]) + std::chrono::microseconds(1)));
  try {
    auto const winners = co_await std::move(contest);
    expect_nothing_left(*t, n);
    expect(winners.size() == wanted, *t, n, "there are not as many winners as were wanted");
    std::vector<std::size_t> indices;
    for (auto const& w : winners) {
      expect_winner(*t, n, w);
      indices.push_back(w.index);
    }
    std::ranges::sort(indices);
    expect(std::ranges::adjacent_find(indices) == indices.end(), *t, n, "a child has won twice");
  } catch (...) {
    expect_nothing_left(*t, n);
    throw;
  }
  co_return value_of(n);
}

/// Takes the next end, and gives up a wait that takes too long.
template <class Stream>
asio::awaitable<typename std::optional<typename Stream::value_type>> next_of(Stream& stream,
                                                                             unsigned patience) {
  std::optional<typename Stream::value_type> next;
  for (;;) {
    try {
      auto wait =
          fanout::timeout<clock>(span(patience) + std::chrono::microseconds(1), stream.next());
      next = co_await std::move(wait);
      break;
    } catch (fanout::deadline_exceeded const&) {
      patience = 255 - patience / 2;
    }
  }
  co_return next;
}

/// Takes some ends or all, and then leaves the stream: closed, or abandoned.
asio::awaitable<value> stream(shared_tree t, node& n) {
  auto const home = co_await asio::this_coro::executor;
  auto ends = fanout::as_completed(bound_children_of(t, n, home), fanout::limit(1 + n.knobs[0] % 6),
                                   fanout::on_progress(ends_in_turn(t, n)), fanout::eager);
  auto const wanted = n.knobs[1] % (n.children.size() + 2);
  std::vector<bool> seen(n.children.size());
  bool all_seen = false;
  while (!all_seen && static_cast<std::size_t>(std::ranges::count(seen, true)) < wanted) {
    auto const next = co_await next_of(ends, n.knobs[2]);
    all_seen = !next;
    if (all_seen) break;
    expect(next->index < seen.size() && !seen[next->index], *t, n, "an end was given twice");
    seen[next->index] = true;
    expect_same(*t, *n.children[next->index], next->result);
  }
  if (all_seen) {
    expect(std::ranges::count(seen, false) == 0, *t, n,
           "the stream is over, and an end is missing");
    expect_nothing_left(*t, n);
  } else if (n.knobs[3] % 2 == 0) {
    co_await ends.close();
    expect_nothing_left(*t, n);
  }
  co_return value_of(n);
}

} // namespace

asio::awaitable<value> contests(shared_tree t, node& n) {
  switch (n.what) {
  case kind::race_results: return race_results(std::move(t), n);
  case kind::first_plain: {
    auto contest = fanout::first_success(children_of(t, n), fanout::eager);
    return one_winner(std::move(t), n, std::move(contest));
  }
  case kind::first_full: return first_full(std::move(t), n);
  case kind::stream: return stream(std::move(t), n);
  default: {
    auto contest = fanout::race(children_of(t, n));
    return one_winner(std::move(t), n, std::move(contest));
  }
  }
}

} // namespace trees
