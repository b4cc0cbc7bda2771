// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A service that the gateway asks, and the connections to it.

#ifndef FANOUT_EXAMPLE_GATEWAY_UPSTREAM_HPP
#define FANOUT_EXAMPLE_GATEWAY_UPSTREAM_HPP

#include "addresses.hpp"
#include "config.hpp"
#include "http.hpp"
#include "metrics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

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

/// One server of several that give the same answers.
class replica {
  using parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

public:
  replica(address where, upstream_config const& of, upstream_metrics const& counts);

  /// Throws failure, or operation_aborted when it is cancelled: the connection is closed then, so
  /// that the server need not go on either.
  boost::asio::awaitable<boost::json::value> ask(question& q);

private:
  struct connection {
    explicit connection(boost::asio::ip::tcp::socket s) : socket(std::move(s)) {}

    boost::asio::ip::tcp::socket socket;
    boost::beast::flat_buffer received{64 * 1024}; // a chunk header or a trailer may be endless
    bool has_answered = false; // the request that is under way, in part at least
  };
  struct reply {
    unsigned status = 0;
    std::string body;
    bool stays_open = false;
  };
  using request = boost::beast::http::request<boost::beast::http::empty_body>;

  boost::asio::awaitable<boost::json::value> ask_once(question const& q);
  boost::asio::awaitable<std::string> get(request const& asked);
  boost::asio::awaitable<std::unique_ptr<connection>> connect();
  std::unique_ptr<connection> take_idle();
  boost::asio::awaitable<reply> exchange_on(connection& c, request const& asked);
  boost::asio::awaitable<void> read_message(connection& c, parser& p);

  dialer where_;
  upstream_config const& of_;
  upstream_metrics counts_;
  std::deque<std::unique_ptr<connection>> idle_; // the last one used is the first to be used again
};

struct upstream {
  /// Refers to the configuration.
  upstream(upstream_config const& c, metrics& m);

  upstream_config const& config;
  upstream_metrics counts;
  std::deque<replica> replicas;
};

#endif
