// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What is asked of each server.

#ifndef FANOUT_EXAMPLE_FETCH_REQUEST_HPP
#define FANOUT_EXAMPLE_FETCH_REQUEST_HPP

#include "target.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/span_body.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

class request {
public:
  using header = std::pair<std::string, std::string>;

  using message = boost::beast::http::request<boost::beast::http::span_body<char const>>;

  std::string method = "GET";
  std::vector<header> headers; // in place of those that every request has, or beside them
  std::shared_ptr<std::string const> data; // what a POST posts; may be null
  bool raw = false; // the body shall come as it is, and not be compressed on its way nor decoded

  /// Whether it does no harm to ask twice.
  bool is_idempotent() const;

  /// Whether a part of the body is what was asked for.
  bool asks_for_part() const;

  /// Goes on to another URL, as browsers and curl do: a POST may become a GET, and what was meant
  /// for one origin only stays there.
  void redirect(unsigned status, bool to_another_origin);

  /// As a server gets it; a proxy is told the whole URL. Refers to the data.
  message to(target const& server, bool whole_url) const;
};

/// What may stand in a header's name or be a method.
bool is_token(std::string_view text);

#endif
