// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The head of an answer: the line with the status, and the fields.

#ifndef FANOUT_EXAMPLE_FETCH_HEAD_HPP
#define FANOUT_EXAMPLE_FETCH_HEAD_HPP

#include "connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// Reads until a whole head is there, or something that cannot be one. `http::error::header_limit`
/// for one that does not fit in the buffer.
boost::asio::awaitable<boost::system::error_code> read_head(connection& c);

/// How long the head at the beginning of the text is, with its empty line; `npos` if it is not all
/// there. Looks for its end from `begin` on.
std::size_t find_end_of_head(std::string_view text, std::size_t begin = 0);

/// The head as a strict parser wants it: lines may end with LF alone, and the status may stand
/// without a reason. Nothing else is changed.
std::string mended(std::string_view head);

#endif
