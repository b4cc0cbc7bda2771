// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "client.hpp"

#include <fanout/shield.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

/// Each look-up that hangs keeps one of them.
constexpr std::size_t lookup_threads = 32;

struct counted_down {
  std::atomic<int>& count;
  ~counted_down() { --count; }
};

http::request<http::empty_body> request_to(target const& to) {
  http::request<http::empty_body> request(http::verb::get, to.request, 11);
  request.set(http::field::host, to.host_field);
  request.set(http::field::user_agent, "fanout-fetch");
  request.set(http::field::accept, "*/*");
  request.keep_alive(false);
  return request;
}

answer answer_of(http::response<http::string_body> const& response) {
  answer a;
  a.status = response.result_int();
  a.reason = response.reason();
  if (a.reason.empty()) a.reason = http::obsolete_reason(response.result());
  a.bytes = response.body().size();
  return a;
}

} // namespace

asio::awaitable<answer> client::get(std::string url) {
  target const to = parse_url(url);
  auto const endpoints = co_await look_up(to);
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await asio::async_connect(socket, endpoints, asio::deferred);

  auto const request = request_to(to);
  co_await http::async_write(socket, request, asio::deferred);

  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(largest_body);
  co_await http::async_read(socket, buffer, parser, asio::deferred);

  boost::system::error_code gone; // a server that closed first is no error: all has arrived
  socket.shutdown(tcp::socket::shutdown_both, gone);

  answer a = answer_of(parser.get());
  if (a.status < 200 || a.status >= 400) throw bad_status(std::move(a));
  co_return a;
}

/// The system's resolver blocks and cannot be stopped, so the wait for it is shielded: a deadline
/// ends the wait, and the look-up goes on by itself. It runs on threads of our own, since the one
/// thread that async_resolve has would let a name that hangs hold up all the names behind it.
asio::awaitable<client::endpoints> client::look_up(target const& to) {
  auto const port = std::to_string(to.port);
  boost::system::error_code no_address;
  auto const address = asio::ip::make_address(to.host, no_address);
  if (!no_address) co_return endpoints::create(tcp::endpoint(address, to.port), to.host, port);

  if (!names_) names_.emplace(lookup_threads);
  ++looking_up_;
  auto lookup = [this, host = to.host, port] { return resolve(host, port); };
  auto wait = fanout::shield(asio::bind_executor(names_->get_executor(), std::move(lookup)));
  co_return co_await std::move(wait);
}

asio::awaitable<client::endpoints> client::resolve(std::string host, std::string port) {
  counted_down const at_the_end{looking_up_};
  tcp::resolver resolver(co_await asio::this_coro::executor);
  co_return resolver.resolve(host, port, tcp::resolver::numeric_service);
}
