//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// With Asio alone: two operations at once, and what became of each.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

asio::awaitable<void> async_main() {
  auto const executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
  tcp::socket client(executor);

  // [all_asio]
  auto const ended = co_await asio::experimental::make_parallel_group(
                         acceptor.async_accept(asio::deferred),
                         client.async_connect(acceptor.local_endpoint(), asio::deferred))
                         .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  auto const& [order, accept_error, server, connect_error] = ended;
  if (accept_error) throw boost::system::system_error(accept_error);
  if (connect_error) throw boost::system::system_error(connect_error);
  // [end]

  fmt::print("{}\n", server.remote_endpoint() == client.local_endpoint() ? "connected" : "?");
}

int main() {
  asio::io_context context;
  asio::co_spawn(context, async_main(), asio::detached);
  context.run();
}
