// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What the parts of the gateway call a request and an answer.

#ifndef FANOUT_EXAMPLE_GATEWAY_HTTP_HPP
#define FANOUT_EXAMPLE_GATEWAY_HTTP_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>

namespace http = boost::beast::http;

using request = http::request<http::string_body>;
using answer = http::response<http::string_body>;

/// Answers a request, which lives as long as that takes. Cancelled if the client leaves.
using handler = std::function<boost::asio::awaitable<answer>(request const&)>;

#endif
