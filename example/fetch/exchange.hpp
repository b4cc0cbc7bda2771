// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// One request and its answer.

#ifndef FANOUT_EXAMPLE_FETCH_EXCHANGE_HPP
#define FANOUT_EXAMPLE_FETCH_EXCHANGE_HPP

#include "body.hpp"
#include "connection.hpp"
#include "request.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <optional>

class exchange {
public:
  using header = boost::beast::http::response<boost::beast::http::buffer_body>;

  exchange(connection& c, request::message const& asked, std::uint64_t largest_body)
      : connection_(c), asked_(asked), largest_body_(largest_body) {}

  /// Sends the request, and reads the answer but for its body.
  boost::asio::awaitable<boost::system::error_code> begin();

  /// Whether anything has come back. A request that failed before may as well not have been made.
  bool has_begun() const { return parser_ && parser_->got_some(); }

  /// What has been read.
  header const& head() const { return parser_->get(); }

  /// Throws like fail().
  boost::asio::awaitable<void> read_body(body& to);

  /// Throws failure if the body is too large, boost::system::system_error for everything else.
  [[noreturn]] void fail(boost::system::error_code const& error) const;

  /// Whether the connection can take another request.
  bool leaves_it_open() const;

private:
  using parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

  void new_answer();
  boost::system::error_code parse();
  void limit_body();

  connection& connection_;
  request::message const& asked_;
  std::uint64_t largest_body_;
  std::optional<parser> parser_;
  bool sent_ = false; // all of the request
};

#endif
