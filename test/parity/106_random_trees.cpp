//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Twelve small random trees of gathers: values, errors, return_exceptions by chance. Prints each
// tree, what awaiting its root gives, and which leaves have ended then. All leaves run to their
// end.

#include "support.hpp"

#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace parity::p106_random_trees {

unsigned long long state = 20240607;

int rnd(int n) {
  state = (state * 1103515245 + 12345) % 2147483648;
  return static_cast<int>((state >> 16) % n);
}

struct node;
using leaves = std::vector<node*>;

struct node {
  node(int depth, leaves& all) {
    if (depth == 0 || (depth < 2 && rnd(3) == 0)) {
      ident = static_cast<int>(all.size());
      fails = rnd(4) == 0;
      all.push_back(this);
    } else {
      collect = rnd(2) == 0;
      auto const n = 2 + rnd(2);
      for (int i = 0; i < n; ++i) kids.push_back(std::make_unique<node>(depth - 1, all));
    }
  }

  std::string text() const {
    if (kids.empty()) return fmt::format("{}{}@{}", fails ? "e" : "v", ident, delay);
    std::string inner;
    for (auto const& k : kids) inner += (inner.empty() ? "" : " ") + k->text();
    return fmt::format("{}({})", collect ? "T" : "F", inner);
  }

  int ident = 0;
  bool fails = false;
  bool collect = false;
  int delay = 0;
  std::vector<std::unique_ptr<node>> kids;
};

/// What awaiting a node gives: a number, or a list of the same with errors in it.
struct value {
  int number = 0;
  std::optional<std::vector<fanout::result<value>>> list;
};

std::string text(value const& x) {
  if (!x.list) return show(x.number);
  std::string inner;
  for (auto const& each : *x.list)
    inner += (inner.empty() ? "" : ", ") + (each ? text(*each) : show(each.error()));
  return "[" + inner + "]";
}

/// A tree and what its leaves have ended with so far. Leaves outlive a gather that has failed: each
/// shares all of it.
struct tree {
  tree() {
    leaves all;
    root = std::make_unique<node>(2, all);
    std::vector<int> delays(all.size());
    std::iota(delays.begin(), delays.end(), 1);
    for (auto i = static_cast<int>(delays.size()) - 1; i > 0; --i)
      std::swap(delays[i], delays[rnd(i + 1)]);
    for (std::size_t i = 0; i < all.size(); ++i) all[i]->delay = delays[i];
    states.assign(all.size(), '?');
  }

  std::unique_ptr<node> root;
  std::string states;
};

awaitable<value> leaf(std::shared_ptr<tree> t, node const& n) {
  co_await sleep(6 * n.delay * U);
  t->states[n.ident] = n.fails ? 'e' : 'v';
  if (n.fails) throw ValueError(fmt::format("e{}", n.ident));
  co_return value{n.ident, {}};
}

awaitable<value> start(std::shared_ptr<tree> t, node const& n) {
  if (n.kids.empty()) co_return co_await leaf(t, n);
  std::vector<awaitable<value>> kids;
  for (auto const& k : n.kids) kids.push_back(start(t, *k));
  value v;
  v.list.emplace();
  if (n.collect) {
    v.list = co_await gather(std::move(kids), return_exceptions);
  } else {
    auto values = co_await gather(std::move(kids));
    for (auto& each : values) v.list->emplace_back(std::move(each));
  }
  co_return v;
}

awaitable<std::string> run_tree() {
  auto const t = std::make_shared<tree>();
  std::string out;
  try {
    out = text(co_await start(t, *t->root));
  } catch (ValueError const& e) {
    out = "raises " + show(e);
  }
  auto const at_end = t->states;
  co_await sleep((6 * t->states.size() + 12) * U);
  co_return fmt::format("{} -> {} | at that time {} | later {}", t->root->text(), out, at_end,
                        t->states);
}

awaitable<void> async_main() {
  auto const lines = co_await gather(std::views::iota(0, 12) |
                                     std::views::transform([](int) { return run_tree(); }));
  for (auto const& line : lines) log(line);
}

program const entry("106_random_trees", [] { run_virtual(async_main()); });

} // namespace parity::p106_random_trees
