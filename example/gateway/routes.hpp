// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What there is to ask the gateway for.

#ifndef FANOUT_EXAMPLE_GATEWAY_ROUTES_HPP
#define FANOUT_EXAMPLE_GATEWAY_ROUTES_HPP

#include "config.hpp"
#include "http.hpp"
#include "metrics.hpp"
#include "quote.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string_view>
#include <vector>

/// GET /quote?symbols=A,B,C, /healthz and /metrics.
class routes {
public:
  /// Refers to both.
  routes(config const& c, metrics& m);

  boost::asio::awaitable<answer> reply_to(request const& asked);

private:
  boost::asio::awaitable<answer> quote(request const& asked);

  config const& config_;
  metrics& metrics_;
  std::vector<std::unique_ptr<upstream>> upstreams_;
  quotes quotes_;
};

#endif
