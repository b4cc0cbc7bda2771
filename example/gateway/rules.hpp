// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// What RFC 9110 and RFC 9112 ask of a request, beyond what the parser looks at.

#ifndef FANOUT_EXAMPLE_GATEWAY_RULES_HPP
#define FANOUT_EXAMPLE_GATEWAY_RULES_HPP

#include "http.hpp"

#include <boost/beast/http/fields.hpp>

#include <optional>
#include <string>

using request_header = http::request_header<http::fields>;

/// The answer to a request that breaks a rule. The connection is closed after it: where the next
/// request begins cannot be told.
std::optional<answer> refuse_by_rules(request_header const& h);

/// To a request whose Transfer-Encoding cannot be read: what the parser refuses of it depends on
/// the version of Boost, and the answer must not.
answer refuse_coding();

/// Whether the client waits for "100 Continue" before it sends the body.
bool expects_continue(request_header const& h);

/// "/path?query" of a target in absolute form too, RFC 9112, 3.2.2.
std::string origin_form(std::string target);

/// Now, as in the field Date, RFC 9110, 5.6.7.
std::string http_date();

#endif
