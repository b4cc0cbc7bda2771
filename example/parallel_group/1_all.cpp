//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Two operations at once, and what they yield.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> async_main() {
  auto const executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
  tcp::socket client(executor);

  // [all_fanout]
  auto const ended = co_await fanout::gather(
      acceptor.async_accept(asio::deferred),
      client.async_connect(acceptor.local_endpoint(), asio::deferred), fanout::cancel_on_error);
  auto const& [server, nothing] = ended;
  // [end]

  fmt::print("{}\n", server.remote_endpoint() == client.local_endpoint() ? "connected" : "?");
}

int main() { fanout::run(async_main()); }
