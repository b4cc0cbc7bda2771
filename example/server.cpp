// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A TCP server that answers each line after asking three back ends at once, and drops the calls
// when the client leaves: answering one line and reading the next are two children of one gather,
// so the end of the stream is an error, and cancel_on_error carries it to the calls.
//
// server [PORT]: 0, the default, takes a free one. Ctrl-C ends it.

#include <fanout/gather.hpp>
#include <fanout/run.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio.hpp>

#include <fmt/format.h>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

// A call that takes 100 ms for each character: "x" is quick, a sentence is slow.
asio::awaitable<std::string> call(std::string name, std::string const& line) {
  co_await fanout::sleep(line.size() * 100ms);
  co_return fmt::format("{}({})", name, line);
}

asio::awaitable<void> answer(tcp::socket& socket, std::string line) {
  try {
    auto calls = fanout::gather(call("price", line), call("stock", line), call("news", line),
                                fanout::cancel_on_error);
    auto const all = co_await std::move(calls);
    auto const text =
        fmt::format("{} {} {}\n", std::get<0>(all), std::get<1>(all), std::get<2>(all));
    co_await asio::async_write(socket, asio::buffer(text), asio::deferred);
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) fmt::print(stderr, "cancelled: the calls for '{}'\n", line);
    throw;
  }
}

asio::awaitable<std::string> read_line(tcp::socket& socket, std::string& buffer) {
  auto input = asio::dynamic_buffer(buffer, 4096); // a longer line is an error
  auto const size = co_await asio::async_read_until(socket, input, '\n', asio::deferred);
  std::string line = buffer.substr(0, size - 1);
  buffer.erase(0, size);
  co_return line;
}

asio::awaitable<void> serve(tcp::socket socket) try {
  std::string buffer;
  for (std::string line = co_await read_line(socket, buffer);;) {
    auto both = fanout::gather(answer(socket, std::move(line)), read_line(socket, buffer),
                               fanout::cancel_on_error);
    auto next = co_await std::move(both);
    line = std::move(std::get<1>(next));
  }
} catch (boost::system::system_error const&) { // the end of the stream, as a rule
}

asio::awaitable<void> listen(std::uint16_t port) {
  auto const executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), port));
  fmt::print(stderr, "listening on port {}\n", acceptor.local_endpoint().port());
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::deferred);
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

int main(int argc, char** argv) try {
  fanout::run(listen(argc > 1 ? static_cast<std::uint16_t>(std::stoi(argv[1])) : 0));
} catch (fanout::interrupted const&) {
  fmt::print(stderr, "stopped\n");
} catch (std::exception const& e) {
  fmt::print(stderr, "server: {}\n", e.what());
  return 1;
}
