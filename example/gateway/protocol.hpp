// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the replicas of upstreams are asked, and how.

#ifndef FANOUT_EXAMPLE_GATEWAY_PROTOCOL_HPP
#define FANOUT_EXAMPLE_GATEWAY_PROTOCOL_HPP

#include "addresses.hpp"
#include "config.hpp"
#include "http.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

/// There is no answer, and the text says why in words that a person understands.
struct failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What is asked, by all calls of one hedged read, and for whom.
struct question {
  std::string const& symbol;
  exchange const& of;
  std::chrono::steady_clock::time_point until; // the deadline
  bool answered = false;
};

/// The connections to one replica.
class protocol {
public:
  protocol() = default;
  protocol(protocol const&) = delete;
  protocol& operator=(protocol const&) = delete;
  virtual ~protocol() = default;

  /// Throws failure, or operation_aborted when it is cancelled: the server hears of that, and need
  /// not go on either.
  virtual boost::asio::awaitable<boost::json::value> ask(question const& q) = 0;
};

/// These refer to the configuration.
std::unique_ptr<protocol> speak_http(address where, upstream_config const& of);
std::unique_ptr<protocol> speak_grpc(address const& where, upstream_config const& of);

#endif
