// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Which request gets which answer.

#ifndef FANOUT_EXAMPLE_GATEWAY_ROUTES_HPP
#define FANOUT_EXAMPLE_GATEWAY_ROUTES_HPP

#include "admission.hpp"
#include "config.hpp"
#include "health.hpp"
#include "quote.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <vector>

/// GET /quote?symbols=A,B,C, and what `health` answers.
class routes {
public:
  /// Refers to all three. The places that requests have go last where the context is destroyed in
  /// the middle: what counts them must outlive it.
  routes(config const& c, service const& s, admission& a);

  /// Refers to this.
  handler handle() const;

private:
  std::optional<answer> reply_at_once(request const& asked) const;
  boost::asio::awaitable<answer> quote(exchange const& e, admission::place) const;

  config const& config_;
  health health_;
  admission& admission_;
  std::vector<std::unique_ptr<upstream>> upstreams_;
  std::unique_ptr<quotes> quotes_;
};

#endif
