//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_PROCESS_HPP
#define FANOUT_TEST_SUPPORT_PROCESS_HPP

// Test cases that run in a process of their own, since it dies of them or keeps what they leave.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace fanout_test {

/// How a process has ended, and what it has printed.
struct process_end {
  int exit_code = -1; // -1 if a signal has ended it
  int signal = 0;
  std::string output;
};

/// Runs a disabled test case of this program, as "suite/case", in a process of its own. It is told
/// `scenario` by `this_scenario()`.
inline process_end run_case(char const* name, std::string const& scenario) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return {};
  std::string const filter = std::string("--run_test=") + name;
  pid_t const child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    setenv("FANOUT_SCENARIO", scenario.c_str(), 1);
    unsetenv("FANOUT_LAST_CASE");
    execl("/proc/self/exe", "fanout_tests", filter.c_str(), "--report_level=no",
          "--log_level=nothing", nullptr);
    _exit(127);
  }
  close(ends[1]);
  process_end end;
  std::array<char, 256> text{};
  for (ssize_t n; (n = read(ends[0], text.data(), text.size())) > 0;)
    end.output.append(text.data(), static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

inline std::string this_scenario() {
  char const* const scenario = std::getenv("FANOUT_SCENARIO");
  return scenario ? scenario : "";
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_PROCESS_HPP
