// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// How much time a caller has left, on the clock by which the work waits.

#ifndef FANOUT_EXAMPLE_QUOTES_TIME_LEFT_HPP
#define FANOUT_EXAMPLE_QUOTES_TIME_LEFT_HPP

#include <grpcpp/server_context.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

/// A caller that has set no deadline waits for a day.
inline std::chrono::steady_clock::time_point deadline_of(grpc::CallbackServerContext const& call) {
  using namespace std::chrono;
  constexpr nanoseconds longest = hours(24);
  nanoseconds const left = call.deadline() - system_clock::now();
  return steady_clock::now() + std::min(left, longest);
}

inline std::int64_t microseconds_left(std::chrono::steady_clock::time_point until) {
  using namespace std::chrono;
  return duration_cast<microseconds>(until - steady_clock::now()).count();
}

#endif
