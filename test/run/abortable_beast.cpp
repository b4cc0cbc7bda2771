//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Contract 2, section 4, with an operation that does forget cancellations. Time is real here.

#include <fanout/abortable.hpp>
#include <fanout/run.hpp>
#include <fanout/timeout.hpp>

#include "../support/coroutine_test.hpp"
#include "../support/threads.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/none.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace abortable_beast {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using fanout::abortable;
using fanout::deadline_exceeded;
using fanout::timeout;
using namespace std::chrono_literals;

// Accepts one connection, sends a beginning, and then the same again and again without a pause,
// until the connection is closed.
class never_stops {
public:
  never_stops(std::string head, std::string part)
      : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
        thread_([this, head = std::move(head), part = std::move(part)] { serve(head, part); }) {}
  ~never_stops() { thread_.join(); }

  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

private:
  void serve(std::string const& head, std::string const& part) {
    error_code error;
    tcp::socket peer(context_);
    acceptor_.accept(peer, error);
    asio::write(peer, asio::buffer(head), error);
    while (!error) asio::write(peer, asio::buffer(part), error);
  }

  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

// Starts an operation on a connection, and closes it afterwards.
template <class Operation>
void cut_off(std::string head, std::string part, Operation operation) {
  never_stops const server(std::move(head), std::move(part));
  auto client = [&]() -> awaitable<void> {
    tcp::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect(server.endpoint(), asio::deferred);
    auto const begin = std::chrono::steady_clock::now();
    FANOUT_CHECK_THROWS(deadline_exceeded, deadline_exceeded().what(), co_await operation(socket));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < fanout_test::patience));
  };
  fanout::run(client);
}

std::string const many(32768, 'a');

BOOST_AUTO_TEST_SUITE(abortable_beast_test)

BOOST_AUTO_TEST_CASE(a_peer_that_never_stops_does_not_hold_up_the_reading_of_a_message) {
  cut_off("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "8000\r\n" + many + "\r\n",
          [](tcp::socket& socket) -> awaitable<void> {
            boost::beast::flat_buffer buffer;
            http::response_parser<http::string_body> parser;
            parser.body_limit(boost::none);
            // [abortable]
            auto read = fanout::abortable(http::async_read(socket, buffer, parser, asio::deferred));
            co_await fanout::timeout(50ms, std::move(read));
            // [end]
          });
}

BOOST_AUTO_TEST_CASE(nor_that_of_a_header) {
  cut_off("HTTP/1.1 200 OK\r\nName: ", many, [](tcp::socket& socket) -> awaitable<void> {
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(1u << 31);
    auto read = abortable(http::async_read_header(socket, buffer, parser, asio::deferred));
    co_await timeout(50ms, std::move(read));
  });
}

BOOST_AUTO_TEST_CASE(nor_that_of_a_line) {
  cut_off("", many, [](tcp::socket& socket) -> awaitable<void> {
    std::string line;
    auto read =
        abortable(asio::async_read_until(socket, asio::dynamic_buffer(line), "\n", asio::deferred));
    co_await timeout(50ms, std::move(read));
  });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace abortable_beast
