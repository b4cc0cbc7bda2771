// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What stands on the command line.

#ifndef FANOUT_EXAMPLE_QUOTES_OPTIONS_HPP
#define FANOUT_EXAMPLE_QUOTES_OPTIONS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class command { source, serve, ask, count };

/// NAME=HOST:PORT[,HOST:PORT...]
struct source_option {
  std::string name;
  std::vector<std::string> replicas;
};

struct options {
  command what = command::ask;
  std::string where;                // of ask and count: HOST:PORT
  std::vector<std::string> symbols; // of ask
  std::uint16_t port = 0;           // 0: one that is free
  std::vector<source_option> sources;
  std::size_t limit = 100;                   // calls at once
  std::chrono::milliseconds deadline{1000};  // of ask and count
  std::chrono::milliseconds hedge_after{50}; // then the next replica is asked too
  std::chrono::milliseconds reserve{10};     // for the answer to travel
  std::chrono::milliseconds take{5};         // that long a source takes
  bool log = false;
};

/// Nothing if all that was wanted was help, which has been printed. Throws usage_error.
std::optional<options> parse_options(int argc, char const* const* argv);

#endif
