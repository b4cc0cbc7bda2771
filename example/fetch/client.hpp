// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Gets one URL.

#ifndef FANOUT_EXAMPLE_FETCH_CLIENT_HPP
#define FANOUT_EXAMPLE_FETCH_CLIENT_HPP

#include "target.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

struct answer {
  unsigned status = 0;
  std::string reason; // "Not Found"
  std::size_t bytes = 0;
};

/// The server answered, and the answer is that there is nothing to get.
struct bad_status : std::runtime_error {
  explicit bad_status(answer a) : std::runtime_error(a.reason), got(std::move(a)) {}
  answer got;
};

/// Bodies beyond this are an error instead of a full memory.
inline constexpr std::size_t largest_body = 16 * 1024 * 1024;

/// Has no deadline anywhere: whoever awaits it gives it one.
class client {
public:
  /// Throws bad_url, bad_status, or boost::system::system_error.
  boost::asio::awaitable<answer> get(std::string url);

  /// Whether a name is still being resolved for someone who has stopped waiting: the destructor
  /// would wait for it.
  bool looking_up() const { return looking_up_ > 0; }

private:
  using endpoints = boost::asio::ip::tcp::resolver::results_type;

  boost::asio::awaitable<endpoints> look_up(target const& to);
  boost::asio::awaitable<endpoints> resolve(std::string host, std::string port);

  std::atomic<int> looking_up_ = 0;
  std::optional<boost::asio::thread_pool> names_; // threads only once there is a name; joined first
};

#endif
