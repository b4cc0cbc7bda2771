// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Accepts connections, and ends them in order.

#ifndef FANOUT_EXAMPLE_GATEWAY_SERVER_HPP
#define FANOUT_EXAMPLE_GATEWAY_SERVER_HPP

#include "service.hpp"

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

class server {
public:
  server(boost::asio::ip::tcp::acceptor acceptor, service& s);

  /// Serves until it is cancelled. Then it stops accepting, closes what is idle, and waits for the
  /// requests that have begun to come.
  boost::asio::awaitable<void> run();

private:
  boost::asio::awaitable<void> accept_and_sweep();
  boost::asio::awaitable<void> close_what_is_idle();
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> wait_for_room();
  boost::asio::awaitable<void> accept_what_waits();
  boost::asio::awaitable<void> drain();
  boost::asio::awaitable<void> accept_the_rest();
  bool accept_one();
  bool has_room() const;
  bool close_longest_idle();

  boost::asio::ip::tcp::acceptor acceptor_;
  service& service_;
  fanout::task_group connections_;
  boost::system::error_code trouble_; // of the last attempt to accept
};

#endif
