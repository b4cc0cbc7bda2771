// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The names by which a request is found again in the logs of all the servers that work for it.

#ifndef FANOUT_EXAMPLE_GATEWAY_TRACING_HPP
#define FANOUT_EXAMPLE_GATEWAY_TRACING_HPP

#include "http.hpp"

#include <boost/beast/http/fields.hpp>

#include <string>

/// X-Request-Id of the request, if it has 1 to 128 visible characters, or a new one.
std::string request_id(request const& asked);

/// Hands on to an upstream: X-Request-Id, and traceparent and tracestate as they came
/// (https://www.w3.org/TR/trace-context/), unless they are not valid.
void hand_on_trace(exchange const& from, http::fields& to);

#endif
