//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "tree.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace trees {

char const* name_of(kind k) {
  static constexpr std::array names{"value_at_once",
                                    "error_at_once",
                                    "sleeps",
                                    "fails",
                                    "cleans_up",
                                    "swallows",
                                    "turns_into_error",
                                    "deaf",
                                    "waits_for_promise",
                                    "holds_place",
                                    "gather_plain",
                                    "gather_full",
                                    "gather_stragglers",
                                    "results_plain",
                                    "results_full",
                                    "all_or_nothing_plain",
                                    "all_or_nothing_full",
                                    "results_until_error",
                                    "mixed",
                                    "race_plain",
                                    "race_results",
                                    "first_plain",
                                    "first_full",
                                    "stream",
                                    "group",
                                    "group_keeps_going",
                                    "function_with_group",
                                    "time_limit",
                                    "shielded",
                                    "below_a_place",
                                    "task",
                                    "tasks_waited_for",
                                    "one_for_all",
                                    "runs"};
  static_assert(names.size() == leaf_kinds + inner_kinds);
  return names[static_cast<std::size_t>(k)];
}

totals& all_trees() {
  static totals all;
  return all;
}

void broken(tree& t, node const& n, std::string const& rule) {
  std::printf("%s, node %zu (%s): %s\n%s", t.name().c_str(), n.id, name_of(n.what), rule.c_str(),
              t.pending().c_str());
  std::fflush(stdout);
  std::abort();
}

/// Chooses what the nodes of a tree are.
class tree::planner {
public:
  planner(tree& t, choices& c, std::size_t most) : tree_(t), choices_(c), most_(most) {}

  /// What a node inherits.
  struct heritage {
    unsigned depth = 0;
    unsigned rank = 0;
    std::size_t limiter = 0;        ///< those before are held by nodes above: never wait for them
    bool confined = false;          ///< on a context of its own, which has no other place
    bool bound = true;              ///< it may have a place of its own
    bool alone = true;              ///< it is a task: that place may have any rank
    std::vector<std::size_t> tasks; ///< that are above
  };

  node& grow(heritage h) {
    node& n = tree_.nodes_.emplace_back();
    n.id = tree_.nodes_.size() - 1;
    n.what = choose_kind(h);
    n.place = choose_place(h);
    n.pause = choices_.below(256);
    for (auto& knob : n.knobs) knob = choices_.below(256);
    if (uses_limiter(n.what)) n.limiter = h.limiter++;
    n.strikes = choose_strike(h);
    if (h.alone) h.tasks.push_back(n.id);
    n.confined = h.confined;
    if (n.what == kind::runs) {
      // It blocks a thread: below it nothing may wait for what needs that thread.
      h.confined = true;
      h.limiter = tree_.surroundings_.limiters.size();
    }
    h.alone = starts_tasks(n.what);
    h.bound = h.alone || binds(n.what);
    ++h.depth;
    for (unsigned left = choose_children(n.what); left > 0; --left) n.children.push_back(&grow(h));
    return n;
  }

private:
  static bool uses_limiter(kind k) {
    return k == kind::holds_place || k == kind::below_a_place || k == kind::results_full ||
           k == kind::all_or_nothing_full;
  }

  /// Its children are tasks.
  static bool starts_tasks(kind k) {
    return k == kind::task || k == kind::tasks_waited_for || k == kind::one_for_all;
  }

  /// Its children may be bound to executors of their own.
  static bool binds(kind k) {
    switch (k) {
    case kind::gather_full:
    case kind::results_full:
    case kind::all_or_nothing_full:
    case kind::race_results:
    case kind::first_full:
    case kind::stream:
    case kind::group:
    case kind::time_limit:
    case kind::shielded: return true;
    default: return false;
    }
  }

  bool fits(kind k, heritage const& h) const {
    auto const& around = tree_.surroundings_;
    if (uses_limiter(k) && h.limiter >= around.limiters.size()) return false;
    return k != kind::runs || (around.may_block && !h.confined);
  }

  kind choose_kind(heritage const& h) {
    bool const inner = h.depth < 6 && tree_.nodes_.size() < most_ && !choices_.over() &&
                       choices_.below(8) >= h.depth;
    auto const k = static_cast<kind>(inner ? leaf_kinds + choices_.below(inner_kinds)
                                           : choices_.below(leaf_kinds));
    if (fits(k, h)) return k;
    return inner ? kind::results_plain : kind::sleeps;
  }

  // `h.rank` becomes that of the node.
  std::size_t choose_place(heritage& h) {
    auto const& places = tree_.surroundings_.places;
    if (places.empty() || h.confined || !h.bound) return 0;
    std::size_t const wish = choices_.below(2 * static_cast<unsigned>(places.size()));
    if (wish == 0 || wish > places.size()) return 0;
    auto const& wanted = places[wish - 1];
    bool const is_below = wanted.rank == h.rank || (wanted.rank > h.rank && !wanted.strand);
    if (!h.alone && !is_below) return 0;
    h.rank = wanted.rank;
    return wish;
  }

  std::optional<strike> choose_strike(heritage const& h) {
    if (h.tasks.empty() || choices_.below(4) != 0) return std::nullopt;
    static constexpr std::array types{
        asio::cancellation_type::terminal, asio::cancellation_type::terminal,
        asio::cancellation_type::partial, asio::cancellation_type::total};
    auto const task = h.tasks[choices_.below(static_cast<unsigned>(h.tasks.size()))];
    auto const places = static_cast<unsigned>(tree_.surroundings_.places.size());
    auto const from = places == 0 ? 0 : choices_.below(places);
    return strike{task, from, types[choices_.below(4)]};
  }

  unsigned choose_children(kind k) {
    if (static_cast<unsigned>(k) < leaf_kinds) return 0;
    switch (k) {
    case kind::time_limit:
    case kind::shielded:
    case kind::below_a_place:
    case kind::task:
    case kind::one_for_all:
    case kind::runs: return 1;
    case kind::mixed: return 3;
    default: return 1 + choices_.below(5);
    }
  }

  tree& tree_;
  choices& choices_;
  std::size_t most_;
};

tree::tree(surroundings& s, choices& c, std::size_t most, std::string name)
    : surroundings_(s), name_(std::move(name)) {
  planner(*this, c, most).grow({});
  ++all_trees().trees_made;
}

tree::~tree() {
  for (auto const& n : nodes_) {
    expect(n.started <= 1, *this, n, "it has started twice");
    expect(n.ended == n.started, *this, n, "it has started, and its end is lost");
    expect(n.how != ending::destroyed || surroundings_.cut, *this, n,
           "it was destroyed although all contexts are there");
  }
  expect(callbacks_called_ == callbacks_added_ || surroundings_.cut, *this, root(),
         "a callback of a future was not called once");
  ++all_trees().trees_gone;
}

std::string tree::pending() {
  std::string text;
  for (auto const& n : nodes_) {
    if (n.started == n.ended) continue;
    text += "  node " + std::to_string(n.id) + " (" + name_of(n.what) + ") has not ended; below it";
    for (auto const* child : n.children)
      text += " " + std::to_string(child->id) + (child->started == child->ended ? "" : "*");
    text += "\n";
  }
  return text;
}

} // namespace trees
