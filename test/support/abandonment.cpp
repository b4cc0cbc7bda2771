//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Where tests are cut, and how many cuts there were. The cuts of each test are made in a process of
// their own, so that a crash ends only these, and a leak is known to be theirs.

#include "sanitizers.hpp"

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <new>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(FANOUT_TEST_ADDRESS_SANITIZER)
#include <sanitizer/lsan_interface.h>
#endif

namespace fanout_test {

// As in abandonment.hpp, which includes the library; this file is compiled without it.
bool abandons();
void for_each_cut(std::size_t steps, std::function<void(std::size_t)> const& cut);

namespace {

namespace ut = boost::unit_test;

struct counts {
  std::size_t tests = 0;
  std::size_t cuts = 0;
  std::size_t most_steps = 0; // of one test
  std::size_t sampled = 0;    // tests that were not cut after every step
  std::size_t stopped = 0;    // tests that took too long
};

counts all;

/// What the process that makes the cuts tells the other one, also when it crashes.
struct told {
  std::size_t cuts = 0;  // that were begun
  std::size_t after = 0; // the last one, in steps
  bool stopped = false;  // it took too long
};

// After every step up to 300, and after 100 of the others.
std::vector<std::size_t> cuts_of(std::size_t steps) {
  constexpr std::size_t every = 300, more = 100;
  std::size_t const others = std::min(steps, every + more);
  std::vector<std::size_t> cuts;
  for (std::size_t k = 0; k < others; ++k)
    cuts.push_back(k < every ? k : every + (steps - every) * (k - every) / (others - every));
  return cuts;
}

bool leaks() {
#if defined(FANOUT_TEST_ADDRESS_SANITIZER)
  return __lsan_do_recoverable_leak_check() != 0;
#else
  return false;
#endif
}

bool has_failed() {
  auto const id = ut::framework::current_test_case().p_id;
  return ut::results_collector.results(id).p_assertions_failed.get() != 0;
}

void make_cuts(std::vector<std::size_t> const& cuts, std::function<void(std::size_t)> const& cut,
               told& tell) {
  constexpr std::clock_t most = 5; // seconds of the processor
  auto const begin = std::clock();
  for (std::size_t const k : cuts) {
    if ((tell.stopped = std::clock() - begin > most * CLOCKS_PER_SEC)) break;
    ++tell.cuts;
    tell.after = k;
    BOOST_TEST_CONTEXT("cut after " << k << " steps") { BOOST_CHECK_NO_THROW(cut(k)); }
  }
  BOOST_TEST(!leaks());
}

/// Makes the cuts in a process of its own, which nothing may leave: neither an exception, nor a
/// signal, which Boost.Test would make one of.
[[noreturn]] void make_cuts_and_exit(std::vector<std::size_t> const& cuts,
                                     std::function<void(std::size_t)> const& cut, told& tell) {
  for (int const number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(number, SIG_DFL);
  make_cuts(cuts, cut, tell);
  std::fflush(nullptr);
  _exit(has_failed() ? 1 : 0);
}

/// Tells the counts at the end.
struct abandonment_report {
  ~abandonment_report() {
    if (!abandons()) return;
    std::printf("abandonment: %zu tests, %zu cuts, at most %zu steps, %zu tests sampled, %zu "
                "stopped\n",
                all.tests, all.cuts, all.most_steps, all.sampled, all.stopped);
  }
};

BOOST_TEST_GLOBAL_FIXTURE(abandonment_report);

} // namespace

bool abandons() {
  static bool const set = std::getenv("FANOUT_ABANDON") != nullptr;
  return set;
}

void for_each_cut(std::size_t steps, std::function<void(std::size_t)> const& cut) {
  auto const cuts = cuts_of(steps);
  void* const shared =
      mmap(nullptr, sizeof(told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  BOOST_REQUIRE(shared != MAP_FAILED);
  told& heard = *new (shared) told();
  std::fflush(nullptr);
  pid_t const child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) make_cuts_and_exit(cuts, cut, heard);
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0, "after " << heard.cuts << " of " << cuts.size()
                                   << " cuts, the last after " << heard.after << " of " << steps
                                   << " steps");
  ++all.tests;
  all.cuts += heard.cuts;
  all.most_steps = std::max(all.most_steps, steps);
  all.sampled += cuts.size() < steps;
  all.stopped += heard.stopped;
  munmap(shared, sizeof(told));
}

} // namespace fanout_test
