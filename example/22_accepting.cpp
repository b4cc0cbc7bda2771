//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A task group in a server, which may run for days: a connection that fails ends no other, at most
// so many are served at once, and the acceptor waits until there is room for one more.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

awaitable<std::string> read_line(tcp::socket& socket) {
  std::string line;
  auto const length =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n', asio::deferred);
  co_return line.substr(0, length - 1);
}

awaitable<void> serve(tcp::socket socket) {
  std::string line = co_await read_line(socket);
  if (line == "boom") throw std::runtime_error("somebody said boom");
  line += "!\n";
  co_await asio::async_write(socket, asio::buffer(line), asio::deferred);
}

// [server]
awaitable<void> accept(tcp::acceptor acceptor, int clients) {
  auto const log = [](std::string_view name, std::exception_ptr) {
    fmt::print("{} failed\n", name);
  };
  fanout::task_group connections(co_await asio::this_coro::executor, fanout::keep_going,
                                 fanout::on_error(log), fanout::limit(2));
  for (int i = 0; i < clients; ++i) {
    co_await connections.slot();
    auto socket = co_await acceptor.async_accept(asio::deferred);
    connections.create_task(serve(std::move(socket)), fmt::format("connection {}", i));
  }
  co_await connections.join();
}
// [end]

awaitable<std::string> say(tcp::endpoint to, std::string what) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(to, asio::deferred);
  what += '\n';
  co_await asio::async_write(socket, asio::buffer(what), asio::deferred);
  try {
    co_return co_await read_line(socket);
  } catch (boost::system::system_error const&) {
    co_return "no answer";
  }
}

awaitable<void> talk(tcp::endpoint to) {
  for (auto const* word : {"one", "boom", "three"}) fmt::print("{}\n", co_await say(to, word));
}

awaitable<void> async_main() {
  tcp::acceptor acceptor(co_await asio::this_coro::executor, {asio::ip::address_v4::loopback(), 0});
  auto const here = acceptor.local_endpoint();
  co_await fanout::gather(accept(std::move(acceptor), 3), talk(here), fanout::cancel_on_error);
}

int main() { fanout::run(async_main()); }
