// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the user asked for on the command line.

#ifndef FANOUT_EXAMPLE_FARM_OPTIONS_HPP
#define FANOUT_EXAMPLE_FARM_OPTIONS_HPP

#include "redis.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace farm {

enum class command { produce, work, status, collect };

struct produce_options {
  std::string from; // a file; "-" is stdin
  std::size_t chunk = 1000;
  std::uint64_t window = 10'000;
  std::optional<std::chrono::milliseconds> within; // from now on, until a job must have ended
};

struct work_options {
  std::string name;
  std::size_t places = 16;
  std::size_t per_host = places;
  std::size_t attempts = 3;
  std::chrono::milliseconds lease{30'000};
  std::chrono::milliseconds timeout{10'000}; // of a request
  std::chrono::milliseconds grace{60'000};   // for what runs when it is time to stop
  std::uint64_t max_body = 1024 * 1024;
  bool bodies = true; // are stored
  std::string cafile;
  bool insecure = false;
};

struct status_options {
  bool watch = false;
  bool json = false;
};

struct collect_options {
  std::string output; // a folder; empty: lines are printed
};

struct options {
  command what = command::status;
  redis_address redis;
  std::string farm = "farm";
  produce_options produce;
  work_options work;
  status_options status;
  collect_options collect;
};

/// Nothing if the user only wanted help, which has then been printed. Throws usage_error.
std::optional<options> parse_options(int argc, char const* const* argv);

} // namespace farm

#endif
