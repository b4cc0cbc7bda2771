// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// One connection of a client, from its first request to its last.

#ifndef FANOUT_EXAMPLE_GATEWAY_SESSION_HPP
#define FANOUT_EXAMPLE_GATEWAY_SESSION_HPP

#include "service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

class session {
  using clock = std::chrono::steady_clock;

public:
  session(boost::asio::ip::tcp::socket socket, std::string client, service& s);

  /// Throws boost::system::system_error, or fanout::deadline_exceeded, when there is no client to
  /// talk to any more.
  boost::asio::awaitable<void> serve();

  /// While it waits for a request: closes unless one has begun to come.
  void close_if_idle();

  /// Since when it waits for a request, if it does.
  clock::time_point idle_since() const { return idle_since_; }

  /// Whether bytes have come that were not read.
  bool has_input();

private:
  using parser = http::request_parser<http::string_body>;

  bool is_ending() const { return closing_ || service_.stopping || service_.crowded; }
  boost::asio::awaitable<bool> serve_one(parser& p);
  boost::asio::awaitable<bool> wait_for_request();
  boost::asio::awaitable<bool> wait_for_bytes();
  boost::asio::awaitable<std::optional<answer>> read(parser& p);
  boost::asio::awaitable<std::optional<answer>> receive_rest(parser& p);
  void parse_what_has_come(parser& p);
  void has_waited();
  boost::asio::awaitable<bool> reply_to(request const& asked);
  boost::asio::awaitable<answer> answer_for(exchange& e);
  boost::asio::awaitable<void> refuse(request const& asked, answer a);
  boost::asio::awaitable<void> write(answer a, bool without_body);
  boost::asio::awaitable<void> close_gently();
  std::string_view bytes() const;
  bool stays_open_after(request const& asked);
  bool take_what_has_come();
  void consume(std::size_t size);
  void note(request const& asked, std::string const& id, unsigned status, std::size_t bytes,
            clock::duration took);

  boost::asio::ip::tcp::socket socket_;
  std::string client_;
  service& service_;
  session_limits const& limits_;
  boost::beast::flat_buffer received_;    // bounded: a chunk header or a trailer may be endless
  std::optional<std::size_t> last_bytes_; // of those received: of the last requests to be answered
  clock::time_point idle_since_;
  bool closing_ = false;
};

#endif
