// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What stands in the configuration file.

#ifndef FANOUT_EXAMPLE_GATEWAY_CONFIG_HPP
#define FANOUT_EXAMPLE_GATEWAY_CONFIG_HPP

#include "addresses.hpp"
#include "journal.hpp"
#include "service.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

/// The file cannot be read or followed; the text names it, and what in it is wrong.
struct bad_config : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class upstream_kind { http, grpc };

struct upstream_config {
  std::string name;
  upstream_kind kind = upstream_kind::http;
  std::string path;           // "/price?symbol={symbol}"
  std::string timeout_header; // tells how many milliseconds are left; empty: none
  std::vector<address> replicas;
  std::chrono::milliseconds hedge_after{50};
  std::size_t limit = 100; // symbols that may be asked for at once
  std::uint64_t body_bytes = 64 * 1024;

  std::string target_for(std::string const& symbol) const;
};

/// How the embedded upstreams behave.
struct demo_config {
  std::chrono::milliseconds fastest{5}, slowest{30}; // any time between them,
  std::chrono::milliseconds stuck{1000};             // or so long,
  double stuck_share = 0.03;                         // that often
  double failing_share = 0.02;                       // and so often an error
};

struct config {
  boost::asio::ip::tcp::endpoint listen{boost::asio::ip::address_v4::loopback(), 8080};
  boost::asio::ip::tcp::endpoint admin{boost::asio::ip::address_v4::loopback(), 8081}; // health
  std::chrono::milliseconds deadline{250};
  std::size_t max_symbols = 20;
  std::size_t requests = 1000; // worked on at once
  log_format log = log_format::text;
  server_settings server;
  std::vector<upstream_config> upstreams; // none: the embedded ones
  demo_config demo;
};

/// Throws bad_config.
config read_config(std::string const& file);

#endif
