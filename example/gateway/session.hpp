// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// One connection of a client: requests in, answers out, in turn.

#ifndef FANOUT_EXAMPLE_GATEWAY_SESSION_HPP
#define FANOUT_EXAMPLE_GATEWAY_SESSION_HPP

#include "http.hpp"
#include "metrics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// How much a client may send, and how long it may take.
struct session_limits {
  std::uint32_t header_bytes = 8 * 1024;
  std::uint32_t body_bytes = 64 * 1024;
  std::chrono::milliseconds idle{60'000};    // between two requests
  std::chrono::milliseconds request{10'000}; // from the first byte of a request to its last
  std::chrono::milliseconds write{10'000};   // for the client to take an answer
};

class session {
public:
  session(boost::asio::ip::tcp::socket socket, session_limits const& limits, handler const& handle,
          metrics& counts);

  /// Throws boost::system::system_error, or fanout::deadline_exceeded, when there is nobody to talk
  /// to any more.
  boost::asio::awaitable<void> serve();

  /// No more requests: closes at once if there is none, else behind the answer.
  void stop();

private:
  using parser = http::request_parser<http::string_body>;
  using clock = std::chrono::steady_clock;

  boost::asio::awaitable<void> wait_for_request();
  boost::asio::awaitable<std::optional<answer>> read(parser& p);
  boost::asio::awaitable<bool> reply_to(request const& asked);
  boost::asio::awaitable<void> refuse(answer a);
  boost::asio::awaitable<void> write(answer a, bool without_body);

  boost::asio::ip::tcp::socket socket_;
  session_limits const& limits_;
  handler const& handle_;
  metrics& counts_;
  boost::beast::flat_buffer received_;
  bool idle_ = false;
  bool stopping_ = false;
};

/// {"error": "..."}
answer refusal(http::status status, std::string const& why);

#endif
