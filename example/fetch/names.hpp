// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Where hosts are.

#ifndef FANOUT_EXAMPLE_FETCH_NAMES_HPP
#define FANOUT_EXAMPLE_FETCH_NAMES_HPP

#include <fanout/future.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

/// Looks each name up once, for all requests.
class names {
public:
  using endpoints = boost::asio::ip::tcp::resolver::results_type;

  /// Throws boost::system::system_error.
  boost::asio::awaitable<endpoints> look_up(std::string const& host, std::uint16_t port);

  /// Whether a name is still being looked up for a request that has stopped waiting: the destructor
  /// would wait for it.
  bool busy() const { return busy_ > 0; }

private:
  struct found {
    boost::system::error_code error;
    endpoints where;
  };

  fanout::future<found> start(std::string const& host, std::string const& port);
  boost::asio::awaitable<found> resolve(std::string host, std::string port);

  std::unordered_map<std::string, fanout::future<found>> lookups_;
  std::atomic<int> busy_ = 0;
  std::optional<boost::asio::thread_pool> threads_; // only once there is a name; joined first
};

#endif
