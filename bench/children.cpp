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

#include "../test/support/allocations.hpp"
#include "support/contenders.hpp"
#include "support/workloads.hpp"

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

// The first contender is gather; the others are what it is compared with.
workload const workloads[] = {
    {"immediate", // children that return at once
     {{"gather", gather<immediate>},
      {"in_a_row", in_a_row<immediate>},
      {"parallel_group", parallel_group<immediate>},
      {"by_hand", by_hand<immediate>}}},
    {"immediate_cancellable", // the same where somebody can cancel
     {{"gather", gather<immediate>},
      {"in_a_row", in_a_row<immediate>},
      {"parallel_group", parallel_group<immediate>},
      {"by_hand", by_hand_with_signals<immediate>}},
     connected::yes},
    {"hop", // one post in each child
     {{"gather", gather<hop>},
      {"in_a_row", in_a_row<hop>},
      {"parallel_group", parallel_group<hop>},
      {"by_hand", by_hand<hop>}}},
    {"hop_cancellable",
     {{"gather", gather<hop>},
      {"in_a_row", in_a_row<hop>},
      {"parallel_group", parallel_group<hop>},
      {"by_hand", by_hand_with_signals<hop>}},
     connected::yes},
    {"three_immediate",
     {{"gather", three_gathered<immediate>},
      {"in_a_row", three_in_a_row<immediate>},
      {"parallel_group", three_in_parallel_group<immediate>},
      {"operators", three_by_operators<immediate>}},
     connected::no,
     3},
    {"three_hop",
     {{"gather", three_gathered<hop>},
      {"in_a_row", three_in_a_row<hop>},
      {"parallel_group", three_in_parallel_group<hop>},
      {"operators", three_by_operators<hop>}},
     connected::no,
     3},
    {"limit_immediate", // 64 at once, made as they start
     {{"gather", lazy_limited<immediate>},
      {"unlimited", lazy_unlimited<immediate>},
      {"in_a_row", lazy_in_a_row<immediate>}}},
    {"limit_hop",
     {{"gather", lazy_limited<hop>},
      {"unlimited", lazy_unlimited<hop>},
      {"in_a_row", lazy_in_a_row<hop>}}},
    {"operations", // waits on timers, no coroutine
     {{"gather", operations_gathered},
      {"parallel_group", operations_in_parallel_group},
      {"by_hand", operations_by_hand}}},
};

void print_about() {
#if defined(__clang__)
  std::printf("clang-%d", __clang_major__);
#else
  std::printf("gcc-%d", __GNUC__);
#endif
  std::printf("-boost-%d.%d\n", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000);
}

void print_list() {
  for (auto const& w : workloads)
    for (auto const& c : w.contenders) std::printf("%s\t%s\n", w.name, c.name);
}

void print_allocations(std::size_t n) {
  std::printf("workload\tcontender\tallocations\tbytes\n");
  for (auto const& w : workloads) {
    check(w, n);
    for (auto const& c : w.contenders) {
      auto const heap = run(w, c, n, 1).taken.heap;
      double const children = static_cast<double>(n * w.children);
      std::printf("%s\t%s\t%.4f\t%.2f\n", w.name, c.name,
                  static_cast<double>(heap.allocations) / children,
                  static_cast<double>(heap.bytes) / children);
    }
  }
}

// ---- times

double median(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The rounds of one contender, in nanoseconds per child.
using rounds = std::vector<double>;

// In each round every contender has its turn, so that what happens to the machine happens to all of
// them; another one begins each time.
std::vector<rounds> measure(workload const& w, std::size_t n) {
  constexpr std::size_t n_rounds = 25, children_a_turn = 20'000;
  std::size_t const children = n * w.children;
  std::size_t const repetitions = std::max<std::size_t>(1, children_a_turn / children);
  std::size_t const n_contenders = w.contenders.size();
  std::vector<rounds> taken(n_contenders);
  for (std::size_t round = 0; round < n_rounds; ++round) {
    for (std::size_t turn = 0; turn < n_contenders; ++turn) {
      std::size_t const i = (round + turn) % n_contenders;
      double const nanoseconds = run(w, w.contenders[i], n, repetitions).taken.nanoseconds;
      taken[i].push_back(nanoseconds / static_cast<double>(repetitions * children));
    }
  }
  return taken;
}

// Ratios are made within a round, where both had the same conditions.
double median_ratio(rounds const& ours, rounds const& theirs) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  return median(std::move(ratios));
}

void print_times(std::size_t n, std::span<std::string const> names) {
  std::printf("workload\tcontender\tnanoseconds\tratio\n");
  for (auto const& w : workloads) {
    if (!names.empty() && std::ranges::find(names, w.name) == names.end()) continue;
    check(w, n);
    auto const taken = measure(w, n);
    for (std::size_t i = 0; i < taken.size(); ++i)
      std::printf("%s\t%s\t%.1f\t%.3f\n", w.name, w.contenders[i].name, median(taken[i]),
                  median_ratio(taken.front(), taken[i]));
  }
}

// ---- one contender alone

void run_one(std::string_view workload_name, std::string_view contender_name, std::size_t n,
             std::size_t repetitions) {
  for (auto const& w : workloads)
    for (auto const& c : w.contenders)
      if (w.name == workload_name && c.name == contender_name) {
        run(w, c, n, repetitions);
        return;
      }
  throw std::invalid_argument("no such contender; see \"list\"");
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
void keep_heap() {
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
}

constexpr char usage[] = R"(usage:
  children about                   compiler and Boost: the name of a file in bench/figures
  children list                    workloads and their contenders
  children allocations N           calls of malloc and bytes per child
  children times N [WORKLOAD...]   nanoseconds per child; gather's as a share of each peer's
  children run WORKLOAD CONTENDER N REPETITIONS
                                   nothing but the work, for a profiler
The tables are separated by tabs.
)";

bool obey(std::vector<std::string> const& words) {
  std::string const command = words.empty() ? "" : words[0];
  if (command == "about" && words.size() == 1)
    print_about();
  else if (command == "list" && words.size() == 1)
    print_list();
  else if (command == "allocations" && words.size() == 2)
    print_allocations(to_number(words[1]));
  else if (command == "times" && words.size() >= 2)
    print_times(to_number(words[1]), std::span(words).subspan(2));
  else if (command == "run" && words.size() == 5)
    run_one(words[1], words[2], to_number(words[3]), to_number(words[4]));
  else
    return false;
  return true;
}

} // namespace bench

int main(int argc, char** argv) {
  bench::keep_heap();
  try {
    if (bench::obey({argv + 1, argv + argc})) return 0;
    std::fputs(bench::usage, stderr);
  } catch (std::exception const& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  return 2;
}
