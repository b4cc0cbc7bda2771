// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

#include <algorithm>

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> until_gone(tcp::socket& socket, boost::beast::flat_buffer& buffer,
                                 std::size_t most) {
  constexpr std::size_t at_once = 4096;
  auto const token = asio::as_tuple(asio::deferred);
  while (buffer.size() < most) {
    auto const space = buffer.prepare(std::min(at_once, most - buffer.size()));
    auto const [error, size] = co_await socket.async_read_some(space, token); // trivial
    buffer.commit(size);
    if (error) co_return;
  }
  // Reading more would be to keep whatever a client likes to send. The end of a stream is behind it
  // then, and only a reset can still be seen.
  co_await socket.async_wait(tcp::socket::wait_error, token);
}
