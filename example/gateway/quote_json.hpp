// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Readings as the client gets them.

#ifndef FANOUT_EXAMPLE_GATEWAY_QUOTE_JSON_HPP
#define FANOUT_EXAMPLE_GATEWAY_QUOTE_JSON_HPP

#include "http.hpp"
#include "quote.hpp"

#include <string>
#include <vector>

/// {"complete": false, "symbols": {"A": {"price": {"status": "ok", "value": ...},
///                                       "news": {"status": "timed out"}}}}
///
/// 200 if there is anything at all, else 504.
answer to_answer(std::vector<std::vector<reading>> const& all,
                 std::vector<std::unique_ptr<upstream>> const& upstreams,
                 std::vector<std::string> const& symbols);

#endif
