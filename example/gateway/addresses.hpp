// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// From the name of a server to a connection.

#ifndef FANOUT_EXAMPLE_GATEWAY_ADDRESSES_HPP
#define FANOUT_EXAMPLE_GATEWAY_ADDRESSES_HPP

#include <fanout/future.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

struct address {
  std::string name; // "localhost:9001"
  std::string host, port;
  endpoints known; // by turns of one family and the other
};

/// "host:port" or "[::1]:port", which it looks up: before anything waits for it. Throws
/// std::invalid_argument.
address parse_address(std::string const& text);

/// "127.0.0.1:80" or "[::1]:80".
std::string text_of(boost::asio::ip::tcp::endpoint const& e);

/// Connects to a server by its name.
class dialer {
public:
  explicit dialer(address where) : where_(std::move(where)) {}

  /// Tries all addresses, RFC 8305, and looks the name up again when all have failed. What is told
  /// if there is none that can be reached is why the first cannot. Throws
  /// boost::system::system_error. The name is looked up in a thread, which cannot be cancelled: the
  /// wait for it can.
  boost::asio::awaitable<boost::asio::ip::tcp::socket> connect();

  std::string const& name() const { return where_.name; }

private:
  boost::asio::awaitable<boost::asio::ip::tcp::socket> connect_to_any(endpoints all);
  boost::asio::awaitable<void> look_up_again();

  address where_;
  std::optional<fanout::future<endpoints>> looking_up_;
  std::chrono::steady_clock::time_point looked_up_;
};

#endif
