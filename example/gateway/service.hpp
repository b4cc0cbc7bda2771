// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What all connections to one port share.

#ifndef FANOUT_EXAMPLE_GATEWAY_SERVICE_HPP
#define FANOUT_EXAMPLE_GATEWAY_SERVICE_HPP

#include "http.hpp"
#include "journal.hpp"
#include "metrics.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>

class session;

/// How much a client may send, and how long it may take.
struct session_limits {
  std::uint32_t header_bytes = 8 * 1024;
  std::uint32_t body_bytes = 64 * 1024;
  std::chrono::milliseconds idle{60'000};    // between two requests
  std::chrono::milliseconds request{10'000}; // from the first byte of a request to its last
  std::chrono::milliseconds write{10'000};   // for the client to take an answer
};

struct server_settings {
  std::size_t connections = 1000;        // at once; more wait in the system's queue
  std::chrono::milliseconds delay{0};    // from "not ready" to the end of accepting
  std::chrono::milliseconds grace{5000}; // for requests under way when it is time to stop
  session_limits session;
};

/// Where a context is destroyed in the middle, after a second Ctrl-C, connections may be the last
/// to go: this must outlive the context, and not only the server.
struct service {
  server_settings settings;
  handler handle;
  metrics* counts = nullptr; // null: nothing is counted
  journal* log = nullptr;    // null: nothing is told
  std::size_t connections = 0;
  std::size_t cut_off = 0;  // requests that were cancelled at the end of the grace
  std::list<session*> idle; // those that wait for a request, the longest first
  bool crowded = false;     // others wait for a connection to end
  bool ready = true;        // whether more requests may be sent here
  bool stopping = false;    // no more requests than have come by now
};

#endif
