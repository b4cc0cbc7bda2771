// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the user asked for on the command line.

#ifndef FANOUT_EXAMPLE_FETCH_OPTIONS_HPP
#define FANOUT_EXAMPLE_FETCH_OPTIONS_HPP

#include "request.hpp"
#include "target.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// The command line cannot be followed; the text says why, with the value in it.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct options {
  std::vector<std::string> urls;
  bool demo = false; // nothing was named: fetch from a server of our own

  std::size_t limit = 16;
  std::size_t per_host = limit;
  std::chrono::milliseconds timeout{10'000};
  std::optional<std::chrono::milliseconds> connect_timeout;   // beside the other
  std::chrono::milliseconds deadline = std::chrono::years(1); // never
  std::size_t retries = 0;
  bool fail_fast = false;

  request asked;

  std::string output; // a folder; empty: bodies are only counted
  std::string to;     // or the file for the one body; "-": it is printed
  std::uint64_t max_body = 16 * 1024 * 1024;
  bool json = false;
  bool jsonl = false;

  std::string cafile;
  bool insecure = false;
  std::optional<target> proxy;
};

inline bool prints_body(options const& o) { return o.to == "-"; }

/// Nothing if the user only wanted help or the version, which has then been printed.
std::optional<options> parse_options(int argc, char const* const* argv);

#endif
