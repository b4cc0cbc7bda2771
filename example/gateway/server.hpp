// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Accepts connections, serves them, and lets them end.

#ifndef FANOUT_EXAMPLE_GATEWAY_SERVER_HPP
#define FANOUT_EXAMPLE_GATEWAY_SERVER_HPP

#include "http.hpp"
#include "metrics.hpp"
#include "session.hpp"

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_set>

struct server_settings {
  std::size_t connections = 1000;        // at once; more wait in the system's queue
  std::chrono::milliseconds grace{5000}; // for requests under way when it is time to stop
  session_limits session;
};

/// What connections use. Where a context is destroyed in the middle, after a second Ctrl-C, they
/// may be the last to go: this must outlive the context, and not only the server.
struct service {
  server_settings settings;
  handler handle;
  metrics counts;
  std::unordered_set<session*> open;
  bool stopping = false;
};

class server {
public:
  server(boost::asio::ip::tcp::acceptor acceptor, service& s);

  /// Serves until it is cancelled. Then it stops accepting, closes what is idle, and waits for the
  /// requests under way. Whether they have ended by themselves.
  boost::asio::awaitable<bool> run();

private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> accept_one_by_one();
  boost::asio::awaitable<bool> drain();

  boost::asio::ip::tcp::acceptor acceptor_;
  service& service_;
  fanout::task_group connections_;
};

#endif
