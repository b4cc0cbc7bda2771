//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A tree of gathers with N leaves, each gather of ten: of 1,000 leaves it has three levels.

#include "../support/contenders.hpp"
#include "../support/workloads.hpp"

#include <vector>

namespace bench {

namespace {

/// The leaves below one gather: numbers from `first` on.
struct leaves {
  int first, n;

  bool is_lowest() const { return n <= 10; }
  leaves part(int k) const {
    int const begin = part_begin(k);
    return {first + begin, part_begin(k + 1) - begin};
  }
  int part_begin(int k) const { return static_cast<int>(static_cast<long long>(n) * k / 10); }
};

inline leaves all_leaves(workspace const& w) { return {0, static_cast<int>(w.size)}; }

template <child_function* Child>
std::vector<asio::awaitable<int>> lowest(leaves l) {
  std::vector<asio::awaitable<int>> made;
  made.reserve(static_cast<std::size_t>(l.n));
  for (int i = 0; i < l.n; ++i) made.push_back(Child(l.first + i));
  return made;
}

// ---- gather

template <child_function* Child>
asio::awaitable<sum> tree_gathered(leaves l) {
  if (l.is_lowest()) co_return sum_of(co_await fanout::gather(lowest<Child>(l)));
  std::vector<asio::awaitable<sum>> branches;
  branches.reserve(10);
  for (int k = 0; k < 10; ++k) branches.push_back(tree_gathered<Child>(l.part(k)));
  co_return sum_of(co_await fanout::gather(std::move(branches)));
}

template <child_function* Child>
asio::awaitable<sum> nested_gathered(workspace& w) {
  return tree_gathered<Child>(all_leaves(w));
}

// ---- one after another

template <child_function* Child>
asio::awaitable<sum> tree_in_a_row(leaves l) {
  sum total = 0;
  if (l.is_lowest()) {
    for (auto& child : lowest<Child>(l)) total += co_await std::move(child);
    co_return total;
  }
  std::vector<asio::awaitable<sum>> branches;
  branches.reserve(10);
  for (int k = 0; k < 10; ++k) branches.push_back(tree_in_a_row<Child>(l.part(k)));
  for (auto& branch : branches) total += co_await std::move(branch);
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> nested_in_a_row(workspace& w) {
  return tree_in_a_row<Child>(all_leaves(w));
}

// ---- parallel_group

template <child_function* Child>
asio::awaitable<sum> tree_of_groups(leaves l) {
  auto const executor = co_await asio::this_coro::executor;
  if (l.is_lowest()) {
    auto const leaf = [&l](int i) { return Child(l.first + i); };
    co_return co_await all_of_group(spawning(executor, static_cast<std::size_t>(l.n), leaf));
  }
  auto const branch = [&l](int k) { return tree_of_groups<Child>(l.part(k)); };
  co_return co_await all_of_group(spawning(executor, 10, branch));
}

template <child_function* Child>
asio::awaitable<sum> nested_parallel_group(workspace& w) {
  return tree_of_groups<Child>(all_leaves(w));
}

template <child_function* Child>
std::vector<contender> contenders() {
  return {{"gather", nested_gathered<Child>},
          {"in_a_row", nested_in_a_row<Child>},
          {"parallel_group", nested_parallel_group<Child>}};
}

} // namespace

std::vector<workload> nested_workloads() {
  return {
      {.name = "nested_immediate", .contenders = contenders<immediate>()},
      {.name = "nested_hop", .contenders = contenders<hop>()},
  };
}

} // namespace bench
