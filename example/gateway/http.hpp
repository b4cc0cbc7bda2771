// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The messages of HTTP as the gateway uses them, and one exchange of them.

#ifndef FANOUT_EXAMPLE_GATEWAY_HTTP_HPP
#define FANOUT_EXAMPLE_GATEWAY_HTTP_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <optional>
#include <string>

namespace http = boost::beast::http;

using request = http::request<http::string_body>;
using answer = http::response<http::string_body>;

/// A request, and what else is known while it is answered.
struct exchange {
  request const& asked;
  std::string id;           // of the client, or one of our own
  bool client_left = false; // before the answer
};

struct handler {
  /// An answer that takes no time, if that is what the request gets.
  std::function<std::optional<answer>(request const&)> reply_at_once;

  /// Any other answer. The exchange lives as long as that takes. Cancelled if the client leaves.
  std::function<boost::asio::awaitable<answer>(exchange const&)> reply;
};

/// {"error": "..."}
answer refusal(http::status status, std::string const& why);

#endif
