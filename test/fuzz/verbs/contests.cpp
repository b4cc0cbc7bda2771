//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "policies.hpp"

#include <fanout/as_completed.hpp>
#include <fanout/first_success.hpp>
#include <fanout/race.hpp>

#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace verbs {

namespace {

std::string text_of_winner(std::size_t index, std::string const& end) {
  return std::to_string(index) + ":" + end;
}

template <class Operation>
running winner_of(Operation operation) {
  fanout::winner<value> const winner = co_await std::move(operation);
  co_return "<" + text_of_winner(winner.index, winner.value) + ">";
}

template <class Operation>
running winner_and_all_of(Operation operation) {
  auto const winner = co_await std::move(operation);
  std::string text;
  for (auto const& each : winner.value) text += (text.empty() ? "" : ",") + text_of(each);
  co_return "<" + text_of_winner(winner.index, "[" + text + "]") + ">";
}

template <class Operation>
running winners_of(Operation operation) {
  std::vector<fanout::winner<value>> const winners = co_await std::move(operation);
  std::string text;
  for (auto const& each : winners)
    text += (text.empty() ? "" : ",") + text_of_winner(each.index, each.value);
  co_return "<" + text + ">";
}

// A broken rule: the second end of a race decides.
running second_of_a_race(world& all, work const& w, scope group) {
  auto stream = fanout::as_completed(children_of(all, w, group));
  auto end = co_await stream.next();
  auto second = co_await stream.next();
  if (second) end = std::move(second);
  co_await stream.close();
  co_return "<" + text_of_winner(end->index, end->result.value()) + ">";
}

} // namespace

running run_race(world& all, work const& w, scope group) {
  if (all.broken("second_wins")) return second_of_a_race(all, w, group);
  return with_policies(all, w, [&](auto... policies) -> running {
    auto children = children_of(all, w, group);
    if (w.has("return_exceptions"))
      return winner_and_all_of(
          fanout::race(std::move(children), policies..., fanout::return_exceptions));
    return winner_of(fanout::race(std::move(children), policies...));
  });
}

running run_first(world& all, work const& w, scope group) {
  auto children = children_of(all, w, group);
  auto const basic = chosen_for(all, w);
  auto const each = child_timeout_for(all, w);
  auto const end = deadline_for(all, w);
  auto const quorum =
      fanout::quorum(w.setting("quorum").value_or(1) + (all.broken("quorum_plus_one") ? 1 : 0));
  if (auto const d = w.setting("stagger")) {
    auto const gap = fanout::stagger<clock>(milliseconds(all.broken("stagger_zero") ? 0 : *d));
    return with_start(all, w, [&](auto... start) -> running {
      return winners_of(
          fanout::first_success(std::move(children), basic, each, end, quorum, gap, start...));
    });
  }
  if (w.setting("quorum"))
    return with_start(all, w, [&](auto... start) -> running {
      return winners_of(
          fanout::first_success(std::move(children), basic, each, end, quorum, start...));
    });
  return with_policies(all, w, [&](auto... policies) -> running {
    return winner_of(fanout::first_success(std::move(children), policies...));
  });
}

} // namespace verbs
