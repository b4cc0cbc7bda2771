// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A service that the gateway asks.

#ifndef FANOUT_EXAMPLE_GATEWAY_UPSTREAM_HPP
#define FANOUT_EXAMPLE_GATEWAY_UPSTREAM_HPP

#include "addresses.hpp"
#include "config.hpp"
#include "metrics.hpp"
#include "protocol.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <deque>
#include <memory>

/// One server of several that give the same answers.
class replica {
public:
  replica(address where, upstream_config const& of, upstream_metrics const& counts);

  /// Counts what `protocol::ask` does.
  boost::asio::awaitable<boost::json::value> ask(question& q);

private:
  std::unique_ptr<protocol> protocol_;
  upstream_metrics counts_;
};

struct upstream {
  /// Refers to the configuration.
  upstream(upstream_config const& c, metrics& m);

  upstream_config const& config;
  upstream_metrics counts;
  std::deque<replica> replicas;
};

#endif
