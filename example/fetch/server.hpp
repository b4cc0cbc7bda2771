// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A web server on the loopback interface with a route for each way a request can go.

#ifndef FANOUT_EXAMPLE_FETCH_SERVER_HPP
#define FANOUT_EXAMPLE_FETCH_SERVER_HPP

#include <boost/asio/thread_pool.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// Serves from its construction to its destruction, on a thread of its own.
class demo_server {
public:
  demo_server();
  demo_server(demo_server const&) = delete;
  demo_server& operator=(demo_server const&) = delete;
  ~demo_server();

  /// What there is to fetch.
  std::vector<std::string> urls() const;

private:
  boost::asio::thread_pool pool_{1};
  std::uint16_t port_ = 0;
};

#endif
