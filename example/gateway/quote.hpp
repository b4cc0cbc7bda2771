// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What all upstreams say about some symbols.

#ifndef FANOUT_EXAMPLE_GATEWAY_QUOTE_HPP
#define FANOUT_EXAMPLE_GATEWAY_QUOTE_HPP

#include "admission.hpp"
#include "upstream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

/// What an upstream says about a symbol, or why it does not: failure, fanout::all_failed, or
/// fanout::deadline_exceeded. The same type as fanout::result<boost::json::value>.
using reading = boost::system::result<boost::json::value, std::exception_ptr>;

class quotes {
public:
  /// Refers to the upstreams, and to what knows whether there is time for hedges.
  quotes(std::vector<std::unique_ptr<upstream>> const& upstreams,
         std::chrono::milliseconds deadline, admission const& a);
  ~quotes();

  /// For each upstream, one reading for each symbol, in their order. It is there when the deadline
  /// has passed, with the answers until then. Throws operation_aborted when it is cancelled.
  boost::asio::awaitable<std::vector<std::vector<reading>>> read_all(
      std::vector<std::string> const& symbols, exchange const& e);

private:
  struct source; // an upstream, and how many may ask it at once

  boost::asio::awaitable<boost::json::value> read(source& from, question q);
  std::chrono::milliseconds head_start(source const& from) const;

  std::vector<std::unique_ptr<source>> sources_;
  std::chrono::milliseconds deadline_;
  admission const& admission_;
};

#endif
