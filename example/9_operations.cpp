//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Children need not be coroutines: any Asio operation with the token `deferred` is one, and so is a
// callable that returns an awaitable or an operation. It is called when the child starts, and is
// kept until the child has ended, so that what a lambda captures stays alive.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

#include <string>
#include <tuple>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> async_main() {
  auto const executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket client(executor);

  // [operations]
  auto both = co_await fanout::gather(
      acceptor.async_accept(asio::deferred),
      client.async_connect(acceptor.local_endpoint(), asio::deferred), fanout::cancel_on_error);
  auto& [server, connected] = both; // a socket, and std::monostate
  // [end]

  // [callable]
  std::string const question = "how many?";
  std::string received(question.size(), ' ');
  auto ask = [&] { return asio::async_write(client, asio::buffer(question), asio::deferred); };
  auto hear = [&]() -> asio::awaitable<std::size_t> {
    co_return co_await asio::async_read(server, asio::buffer(received), asio::deferred);
  };
  auto const bytes = co_await fanout::gather(ask, hear, fanout::cancel_on_error);
  // [end]
  fmt::print("sent {}, got {}: {}\n", std::get<0>(bytes), std::get<1>(bytes), received);
}

int main() { fanout::run(async_main()); }
