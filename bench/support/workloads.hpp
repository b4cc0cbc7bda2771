//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_WORKLOADS_HPP
#define FANOUT_BENCH_SUPPORT_WORKLOADS_HPP

// What there is to measure, how it is run, and what is read off while it runs.

#include "../../test/support/allocations.hpp"
#include "children.hpp"

#include <cstddef>
#include <vector>

namespace bench {

/// One way to do the work of a workload.
struct contender {
  char const* name;
  asio::awaitable<sum> (*repetition)(workspace&);
};

/// Whether what is measured can be cancelled.
enum class connected { no, yes };

/// Where it runs.
enum class home {
  context, // an io_context of one thread, or a pool
  run,     // a context of `fanout::run`, of one thread
  strand,  // a strand of a pool of two threads
};

struct workload {
  char const* name;
  std::vector<contender> contenders; // the first is ours, the others are what it is compared with
  connected slot = connected::no;
  std::size_t children = 1; // in each of the n things that a repetition does
  std::size_t threads = 1;
  home where = home::context;
  bool waits = false; // for the clock: takes time in which nothing works

  bool is_on_one_thread() const { return threads == 1 && where != home::strand; }

  /// Whether allocations and instructions are the same in each run.
  bool is_deterministic() const { return is_on_one_thread() && !waits; }
};

/// What a number of repetitions took.
struct cost {
  double nanoseconds = 0;
  fanout_test::heap_use heap;
};

struct run_result {
  sum total = 0; // of what the children yielded
  cost taken;
};

/// What is done in addition for each child of the first contender: only for showing that whoever
/// looks at the figures notices.
struct seeded_slowness {
  std::size_t allocations = 0;
  std::size_t instructions = 0;
};
// An option of the program, set before anything runs.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
inline seeded_slowness seeded;

/// Runs the repetitions, and one before them that is not counted: it fills caches and pools.
run_result run(workload const& w, contender const& c, std::size_t n, std::size_t repetitions);

/// Throws if the contenders do not yield the same: one that does other work than the first would be
/// compared with nothing.
void check(workload const& w, std::size_t n);

// One function for each file in workloads/.
std::vector<workload> coroutine_workloads();
std::vector<workload> few_workloads();
std::vector<workload> nested_workloads();
std::vector<workload> lazy_workloads();
std::vector<workload> operation_workloads();
std::vector<workload> cancellation_workloads();
std::vector<workload> task_workloads();
std::vector<workload> race_workloads();
std::vector<workload> completion_workloads();

/// The most memory in use at one time while something runs.
struct memory_use {
  char const* name;
  char const* values; // what the children yield
  std::size_t peak;   // bytes, beyond what was in use before
};

/// Of n children of a lazy range, with a limit of 64 and without.
std::vector<memory_use> measure_memory(std::size_t n);

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_WORKLOADS_HPP
