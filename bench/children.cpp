//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// What children cost: gather and its peers, measured in one run. Without arguments it says how it
// is called.
//
// N children run at once; where they come in threes, N gathers of three run one after another.
// Counting allocations costs some ten instructions for each, in the figures of every contender.

#include "support/workloads.hpp"

#include "../test/support/launch.hpp"

#include <boost/version.hpp>

#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace bench {

using words = std::span<std::string const>;

std::vector<workload> make_workloads() {
  std::vector<workload> all;
  for (auto const make :
       {coroutine_workloads, few_workloads, nested_workloads, lazy_workloads, operation_workloads,
        cancellation_workloads, task_workloads, race_workloads, completion_workloads})
    for (auto& w : make()) all.push_back(std::move(w));
  return all;
}

std::vector<workload> const workloads = make_workloads();

workload const& find_workload(std::string_view name) {
  auto const found = std::ranges::find(workloads, name, &workload::name);
  if (found == workloads.end())
    throw std::invalid_argument("no such workload; see \"list\": " + std::string(name));
  return *found;
}

/// Those that are named, or all.
std::vector<workload const*> chosen(words names) {
  std::vector<workload const*> found;
  for (auto const& name : names) found.push_back(&find_workload(name));
  if (names.empty())
    for (auto const& w : workloads) found.push_back(&w);
  return found;
}

// ---- what there is

void print_about() {
#if defined(__clang__)
  std::printf("clang-%d", __clang_major__);
#else
  std::printf("gcc-%d", __GNUC__);
#endif
  std::printf("-boost-%d.%d%s\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
              fanout::detail::has_own_launch ? "" : "-co_spawn");
}

void print_list() {
  std::printf("workload\tcontender\tchildren\tdeterministic\n");
  for (auto const& w : workloads)
    for (auto const& c : w.contenders)
      std::printf("%s\t%s\t%zu\t%s\n", w.name, c.name, w.children,
                  w.is_deterministic() ? "yes" : "no");
}

// ---- the heap

void print_allocations(std::size_t n, words names) {
  std::printf("workload\tcontender\tallocations\tbytes\n");
  for (auto const* const w : chosen(names)) {
    if (!w->is_deterministic()) continue;
    check(*w, n);
    for (auto const& c : w->contenders) {
      auto const heap = run(*w, c, n, 1).taken.heap;
      auto const children = static_cast<double>(n * w->children);
      std::printf("%s\t%s\t%.4f\t%.2f\n", w->name, c.name,
                  static_cast<double>(heap.allocations) / children,
                  static_cast<double>(heap.bytes) / children);
    }
  }
}

void print_memory(std::size_t n) {
  std::printf("gather\tvalues\tpeak\tper child\n");
  for (auto const& m : measure_memory(n))
    std::printf("%s\t%s\t%zu\t%.2f\n", m.name, m.values, m.peak,
                static_cast<double>(m.peak) / static_cast<double>(n));
}

// ---- times

std::size_t n_rounds = 25;

double median(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// One turn of a contender, in nanoseconds per child.
double take_turn(workload const& w, contender const& c, std::size_t n) {
  constexpr std::size_t children_a_turn = 20'000, most_waits = 20;
  std::size_t const children = n * w.children;
  std::size_t repetitions = std::max<std::size_t>(1, children_a_turn / children);
  if (w.waits) repetitions = std::min(repetitions, most_waits);
  return run(w, c, n, repetitions).taken.nanoseconds / static_cast<double>(repetitions * children);
}

// The turns of one contender, in the order of the rounds.
using turns = std::vector<double>;

// In each round each workload has a turn, so that what happens to the machine happens to all of
// them; another one begins each time.
template <class TakeTurn>
std::vector<turns> take_turns(std::size_t n_players, TakeTurn take_turn_of) {
  std::vector<turns> taken(n_players);
  for (std::size_t round = 0; round < n_rounds; ++round)
    for (std::size_t turn = 0; turn < n_players; ++turn) {
      std::size_t const player = (round + turn) % n_players;
      taken[player].push_back(take_turn_of(player));
    }
  return taken;
}

// Ratios are made within a round, where both had the same conditions.
double median_ratio(turns const& ours, turns const& theirs) {
  std::vector<double> ratios;
  ratios.reserve(ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  return median(std::move(ratios));
}

void print_times(std::size_t n, words names) {
  std::printf("workload\tcontender\tnanoseconds\tratio\n");
  for (auto const* const w : chosen(names)) {
    check(*w, n);
    auto const taken = take_turns(
        w->contenders.size(), [&](std::size_t i) { return take_turn(*w, w->contenders[i], n); });
    for (std::size_t i = 0; i < taken.size(); ++i)
      std::printf("%s\t%s\t%.1f\t%.3f\n", w->name, w->contenders[i].name, median(taken[i]),
                  median_ratio(taken.front(), taken[i]));
  }
}

// What a child among many costs as a multiple of one among few.
void print_growth(std::size_t few, std::size_t many, words names) {
  std::printf("workload\tcontender\tratio\n");
  for (auto const* const w : chosen(names))
    for (auto const& c : w->contenders) {
      auto const taken =
          take_turns(2, [&](std::size_t i) { return take_turn(*w, c, i == 0 ? many : few); });
      std::printf("%s\t%s\t%.3f\n", w->name, c.name, median_ratio(taken[0], taken[1]));
    }
}

// ---- one contender alone

void run_one(std::string_view workload_name, std::string_view contender_name, std::size_t n,
             std::size_t repetitions) {
  auto const& w = find_workload(workload_name);
  auto const c = std::ranges::find(w.contenders, contender_name, &contender::name);
  if (c == w.contenders.end()) throw std::invalid_argument("no such contender; see \"list\"");
  run(w, *c, n, repetitions);
}

// ---- the command line

std::size_t to_number(std::string const& text) {
  std::size_t n = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n == 0)
    throw std::invalid_argument("not a positive number: " + text);
  return n;
}

// The heap keeps what it has: when it gives memory back to the system depends on too much.
// No other thread exists yet. NOLINTBEGIN(concurrency-mt-unsafe)
void keep_heap() {
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
}
// NOLINTEND(concurrency-mt-unsafe)

constexpr char const* usage = R"(usage: children [OPTION...] COMMAND
  about                          compiler, Boost, launch: the name of a file in bench/figures
  launch                         the version of Asio, and how children are launched with it
  list                           workloads, their contenders, children in each of the N things
  allocations N [WORKLOAD...]    calls of malloc and bytes per child
  memory N                       the most that is in use at one time, of lazy ranges of N
  times N [WORKLOAD...]          nanoseconds per child; the first contender's as a share of each
  growth FEW MANY [WORKLOAD...]  the time of a child among MANY as a multiple of one among FEW
  run WORKLOAD CONTENDER N REPETITIONS
                                 nothing but the work, for a profiler
options:
  --rounds N                     of times and growth; 25 unless given
  --seed-allocations N           so many more for each child of a first contender: shows that
  --seed-instructions N          gates notice
The tables are separated by tabs.
)";

// Takes options off the front.
words obey_options(words rest) {
  while (rest.size() >= 2 && rest[0].starts_with("--")) {
    std::size_t const n = to_number(rest[1]);
    if (rest[0] == "--rounds")
      n_rounds = n;
    else if (rest[0] == "--seed-allocations")
      seeded.allocations = n;
    else if (rest[0] == "--seed-instructions")
      seeded.instructions = n;
    else
      throw std::invalid_argument("no such option: " + rest[0]);
    rest = rest.subspan(2);
  }
  return rest;
}

bool obey(words given) {
  std::string const command = given.empty() ? "" : given[0];
  words const rest = given.subspan(given.empty() ? 0 : 1);
  if (command == "about" && rest.empty())
    print_about();
  else if (command == "launch" && rest.empty())
    std::puts(fanout_test::launch_in_words().c_str());
  else if (command == "list" && rest.empty())
    print_list();
  else if (command == "allocations" && !rest.empty())
    print_allocations(to_number(rest[0]), rest.subspan(1));
  else if (command == "memory" && rest.size() == 1)
    print_memory(to_number(rest[0]));
  else if (command == "times" && !rest.empty())
    print_times(to_number(rest[0]), rest.subspan(1));
  else if (command == "growth" && rest.size() >= 2)
    print_growth(to_number(rest[0]), to_number(rest[1]), rest.subspan(2));
  else if (command == "run" && rest.size() == 4)
    run_one(rest[0], rest[1], to_number(rest[2]), to_number(rest[3]));
  else
    return false;
  return true;
}

} // namespace bench

int main(int argc, char** argv) {
  bench::keep_heap();
  try {
    std::vector<std::string> const given(argv + 1, argv + argc);
    if (bench::obey(bench::obey_options(given))) return 0;
    std::fputs(bench::usage, stderr);
  } catch (std::exception const& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  return 2;
}
