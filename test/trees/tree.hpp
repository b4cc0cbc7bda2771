//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_TREES_TREE_HPP
#define FANOUT_TEST_TREES_TREE_HPP

// A tree of operations: what each node is, and what has become of it. About half of the operations
// take `eager`.

#include "choices.hpp"

#include <fanout/future.hpp>
#include <fanout/limiter.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace trees {

namespace asio = boost::asio;

/// What every node yields: memory of its own, so that a value that is used after its end is seen.
using value = std::string;

enum class kind : unsigned char {
  // leaves
  value_at_once,
  error_at_once,
  sleeps,
  fails,
  cleans_up,
  swallows,
  turns_into_error,
  deaf,
  waits_for_promise,
  holds_place,
  // inner nodes
  gather_plain,
  gather_full,
  gather_stragglers,
  results_plain,
  results_full,
  all_or_nothing_plain,
  all_or_nothing_full,
  results_until_error,
  mixed,
  race_plain,
  race_results,
  first_plain,
  first_full,
  stream,
  group,
  group_keeps_going,
  function_with_group,
  time_limit,
  shielded,
  below_a_place,
  task,
  tasks_waited_for,
  one_for_all,
  runs,
};

inline constexpr unsigned leaf_kinds = static_cast<unsigned>(kind::gather_plain);
inline constexpr unsigned inner_kinds = static_cast<unsigned>(kind::runs) + 1 - leaf_kinds;

char const* name_of(kind k);

/// How a node has ended.
enum class ending : unsigned char { none, value, error, cancelled, timed_out, destroyed };

inline constexpr unsigned endings = 6;

/// The error that a leaf throws by itself.
struct failure : std::runtime_error {
  explicit failure(std::size_t n)
      : runtime_error("node " + std::to_string(n) + " fails"), node(n) {}
  std::size_t node;
};

/// A request to end a task above, made by a node in the moment of its own end.
struct strike {
  std::size_t task;
  std::size_t from; ///< the place whose thread makes the request
  asio::cancellation_type type;
};

struct node {
  std::size_t id = 0;
  kind what = kind::value_at_once;
  bool confined = false;           ///< it must not wait for another place
  std::size_t place = 0;           ///< where it runs: 0 is where its parent does
  unsigned pause = 0;              ///< how long it sleeps, or until it acts
  std::size_t limiter = 0;         ///< which one it uses
  std::array<unsigned, 4> knobs{}; ///< decides the rest, each below 256
  std::optional<struct strike> strikes;
  std::vector<node*> children;

  std::atomic<unsigned> started{0};
  std::atomic<unsigned> ended{0};

  // Written by the node before its end, and read by the operation that has heard of that end. They
  // are not atomic: ThreadSanitizer says whether the library orders the one before the other.
  ending how = ending::none;
  value result;
  std::exception_ptr error;

  std::mutex mutex;
  std::optional<fanout::future<value>> handle; ///< of a task, for strikes
};

/// What a tree may use: made before the tree, and destroyed after it.
struct surroundings {
  /// Where nodes may run. Each context has a rank, and those of higher ranks are destroyed first:
  /// an operation may have children on its own context and on those. It may be left with children
  /// that have not started, and a strand must not outlive its context: so these are bound to a
  /// strand of their own context only.
  struct place {
    asio::any_io_executor executor;
    unsigned rank;
    bool strand;
  };
  std::vector<place> places;
  std::deque<fanout::limiter> limiters;
  bool may_block = false; ///< whether a node may run a loop of its own

  /// Set before contexts are destroyed with nodes on them.
  std::atomic<bool> cut{false};

  /// The order of starts and ends, where everything runs on one thread.
  std::string* trace = nullptr;
};

class tree {
public:
  /// Grows a tree from choices, with at most `most` nodes.
  tree(surroundings& s, choices& c, std::size_t most, std::string name);
  tree(tree const&) = delete;
  tree& operator=(tree const&) = delete;

  /// When nothing refers to it any more. Whatever has started must have ended by then.
  ~tree();

  node& root() { return nodes_.front(); }
  node& at(std::size_t id) { return nodes_[id]; }
  std::size_t size() const { return nodes_.size(); }
  surroundings& around() { return surroundings_; }
  std::string const& name() const { return name_; }
  std::atomic<unsigned>& callbacks_added() { return callbacks_added_; }
  std::atomic<unsigned>& callbacks_called() { return callbacks_called_; }

  /// Lists what has started and not ended.
  std::string pending();

private:
  class planner;

  surroundings& surroundings_;
  std::string name_;
  std::deque<node> nodes_;
  std::atomic<unsigned> callbacks_added_{0};
  std::atomic<unsigned> callbacks_called_{0};
};

/// What all trees have come to.
struct totals {
  std::atomic<unsigned long> trees_made{0};
  std::atomic<unsigned long> trees_gone{0};
  std::atomic<unsigned long> started{0};
  std::array<std::atomic<unsigned long>, endings> ended{};
  std::atomic<unsigned long> strikes{0};
};

totals& all_trees();

/// Reports a broken rule and aborts.
[[noreturn]] void broken(tree& t, node const& n, std::string const& rule);

inline void expect(bool holds, tree& t, node const& n, char const* rule) {
  if (!holds) broken(t, n, rule);
}

} // namespace trees

#endif // FANOUT_TEST_TREES_TREE_HPP
