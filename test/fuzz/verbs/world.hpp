//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_FUZZ_VERBS_WORLD_HPP
#define FANOUT_TEST_FUZZ_VERBS_WORLD_HPP

#include "program.hpp"

#include <fanout/future.hpp>
#include <fanout/limiter.hpp>
#include <fanout/task_group.hpp>
#include <fanout/testing.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace verbs {

namespace asio = boost::asio;
using clock = fanout::virtual_clock;
using std::chrono::milliseconds;

/// Every work yields the text of its value.
using value = std::string;
using running = asio::awaitable<value>;

/// A duration that no program lives to see, for time limits that are not given.
inline constexpr std::chrono::hours never{24};

/// A leaf that fails.
struct leaf_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The text of an error in a trace.
std::string text_of(std::exception_ptr const& error);

/// The text of a child's end in a trace.
std::string text_of(fanout::result<value> const& end);

/// What becomes of each work while a program runs.
struct work_state {
  int starts = 0;
  int ends = 0;
  bool failed = false; ///< its last end was an error
  long running_parts = 0;
  bool passed_a_turn = false;         ///< since it has begun; of operations with `eager`
  bool was_asked = false;             ///< in a first step, or something around it was
  asio::cancellation_signal requests; ///< for those from outside
};

/// One run of one program: its trace, and what must hold in every run.
class world {
public:
  world(program const& p, std::string broken_rule);

  program const& what;
  std::deque<work_state> states;
  std::deque<fanout::limiter> limiters;
  std::vector<long> held;                   ///< of each limiter, by what has started
  std::vector<fanout::limiter::guard> lost; ///< places that a broken rule keeps
  std::vector<std::string> trace;
  std::vector<std::string> violations;

  /// Whether this rule is broken on purpose.
  bool broken(std::string_view rule) const { return rule == broken_; }

  void say(std::string const& name, std::string const& text);
  void say(work const& w, std::string const& text) { say(std::to_string(w.id), text); }

  /// Whether something outside will ask this work to end.
  bool is_target(work const& w) const;

  void started(work const& w);
  void ended(work const& w, std::string const& end);
  void takes_place(std::size_t limiter);

  /// An operation with `eager` is about to be initiated.
  void watch_start(work const& w, asio::any_io_executor const& executor);

  /// The body of an operation with `eager`, or a child of it, starts.
  void check_start(work const& w);

  /// A group with `eager` has created a task.
  void check_task(work const& group, work const& task);

  /// A leaf asks a work to end, in its first step.
  void ask(int target);

  /// After the end of everything.
  void check_the_end();

private:
  work const* parent_of(work const& w) const {
    return w.parent < 0 ? nullptr : what.works[std::size_t(w.parent)];
  }
  work_state& state_of(work const& w) { return states[std::size_t(w.id)]; }
  void violated(std::string const& rule, work const& w);
  void check_that_parents_run(work const& w);
  bool starts_inside(work const& w) const;

  std::string broken_;
  clock::time_point begin_ = clock::now();
};

/// The group that a work stands in, if there is one: it gets the stragglers.
using scope = fanout::task_group const*;

/// Runs a work and writes its start and its end into the trace.
running run(world& all, work const& w, scope group);

// The operations, each with all that its policies may ask for.
running run_gather(world& all, work const& w, scope group);
running run_race(world& all, work const& w, scope group);
running run_first(world& all, work const& w, scope group);
running run_group(world& all, work const& w);
running run_stream(world& all, work const& w, scope group);

} // namespace verbs

#endif // FANOUT_TEST_FUZZ_VERBS_WORLD_HPP
