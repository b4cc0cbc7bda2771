// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Notices that a client has gone while its answer is being made.

#ifndef FANOUT_EXAMPLE_GATEWAY_WATCH_HPP
#define FANOUT_EXAMPLE_GATEWAY_WATCH_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>

/// Ends when the client has gone, or when it is cancelled. What the client sends meanwhile, its
/// next request for instance, is kept in the buffer, up to so many bytes.
///
/// A client that has shut down its sending half counts as gone, as with nginx and with Go's
/// net/http: the end of its stream is all that TCP tells of either.
boost::asio::awaitable<void> until_gone(boost::asio::ip::tcp::socket& socket,
                                        boost::beast::flat_buffer& buffer, std::size_t most);

#endif
