// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A service that the gateway asks, and the connections to it.

#ifndef FANOUT_EXAMPLE_GATEWAY_UPSTREAM_HPP
#define FANOUT_EXAMPLE_GATEWAY_UPSTREAM_HPP

#include "config.hpp"
#include "metrics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// There is no answer, and the text says why in words that a person understands.
struct failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One server of several that give the same answers.
class replica {
public:
  replica(address where, upstream_config const& of, upstream_metrics const& counts);

  /// Asks about a symbol. Throws failure, or operation_aborted when it is cancelled: the connection
  /// is closed then, so that the server need not go on either.
  boost::asio::awaitable<boost::json::value> ask(std::string const& symbol);

private:
  struct connection {
    boost::asio::ip::tcp::socket socket;
    boost::beast::flat_buffer received;
  };
  struct reply {
    boost::system::error_code error; // the connection has failed before a word was said
    unsigned status = 0;
    std::string body;
    bool stays_open = false;
  };
  using request = boost::beast::http::request<boost::beast::http::empty_body>;

  boost::asio::awaitable<boost::json::value> ask_once(std::string const& symbol);
  boost::asio::awaitable<std::string> get(request const& asked);
  boost::asio::awaitable<std::unique_ptr<connection>> connect();
  boost::asio::awaitable<reply> exchange(connection& c, request const& asked);

  address where_;
  upstream_config const& of_;
  upstream_metrics counts_;
  std::vector<std::unique_ptr<connection>> idle_; // the last one used is the first to be used again
};

struct upstream {
  /// Refers to the configuration.
  upstream(upstream_config const& c, metrics& m);

  upstream_config const& config;
  upstream_metrics counts;
  std::deque<replica> replicas;
};

#endif
