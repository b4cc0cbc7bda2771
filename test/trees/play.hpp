//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_TREES_PLAY_HPP
#define FANOUT_TEST_TREES_PLAY_HPP

// Runs a tree: one function for each family of nodes, and what they share.

#include "tree.hpp"

#include <fanout/result.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#if defined(FANOUT_TREES_IN_VIRTUAL_TIME)
#include <fanout/testing.hpp>
#endif

namespace trees {

#if defined(FANOUT_TREES_IN_VIRTUAL_TIME)
using clock = fanout::virtual_clock;
#else
using clock = std::chrono::steady_clock;
#endif

using shared_tree = std::shared_ptr<tree>;

/// A while: `n`, below 256, says how long. Short enough for thousands of nodes a second.
inline std::chrono::microseconds span(unsigned n) { return std::chrono::microseconds(n * 4); }
inline constexpr std::chrono::hours for_ever{10};

/// Runs a node to its end, and keeps account of it.
asio::awaitable<value> run(shared_tree t, node& n);

// What a node does, by family; in the files of the same name.
asio::awaitable<value> leaf(shared_tree t, node& n);
asio::awaitable<value> gathers(shared_tree t, node& n);
asio::awaitable<value> contests(shared_tree t, node& n);
asio::awaitable<value> groups(shared_tree t, node& n);
asio::awaitable<value> tasks(shared_tree t, node& n);

/// A child, as a callable.
struct child {
  shared_tree tree;
  node* n;
  asio::awaitable<value> operator()() const { return run(tree, *n); }
};

using bound_child = asio::executor_binder<child, asio::any_io_executor>;

inline value value_of(node const& n) { return "the value of node " + std::to_string(n.id); }

std::vector<child> children_of(shared_tree const& t, node& n);

/// Children on their own places, those without one at `home`.
std::vector<bound_child> bound_children_of(shared_tree const& t, node& n,
                                           asio::any_io_executor const& home);

asio::any_io_executor place_of(tree& t, node const& n, asio::any_io_executor const& home);

/// Starts a node as a task.
fanout::future<value> start_task(shared_tree const& t, node& n, asio::any_io_executor const& home);

/// Expects that a future ends: what it calls then holds the tree.
void count_callback(shared_tree const& t, node const& n, fanout::future<value> const& f);

/// Makes the request of a node that is about to end.
void make_strike(shared_tree const& t, strike const& s);

// ---- rules

/// Nothing below an operation runs any more.
void expect_nothing_left(tree& t, node const& n);

/// What an operation tells of a child that has ended, or was never started, is what the child did.
void expect_same(tree& t, node const& child, fanout::result<value> const& told);

/// The error that an operation ends with comes from a child, or is a cancellation or a time limit.
void expect_known(tree& t, node const& n, std::exception_ptr const& error);

/// Expects that the ends of children are told one by one; the calls are not locked.
class ends_in_turn {
public:
  ends_in_turn(shared_tree t, node const& n) : tree_(std::move(t)), node_(&n) {}

  template <class Progress>
  void operator()(Progress const& p) {
    expect(p.ended == ++ended_, *tree_, *node_, "an end was told twice, or not in turn");
    expect(p.ended <= p.started, *tree_, *node_, "more children have ended than have started");
  }

private:
  shared_tree tree_;
  node const* node_;
  std::size_t ended_ = 0;
};

} // namespace trees

#endif // FANOUT_TEST_TREES_PLAY_HPP
