// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "server.hpp"

#include <fanout/sleep.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

using milliseconds = std::chrono::milliseconds;
using route = asio::awaitable<void> (*)(tcp::socket&, milliseconds);

asio::awaitable<void> answer_with(tcp::socket& socket, http::status status, std::string body) {
  http::response<http::string_body> response(status, 11, std::move(body));
  response.set(http::field::content_type, "text/plain");
  response.keep_alive(false);
  response.prepare_payload();
  co_await http::async_write(socket, response, asio::deferred);
}

asio::awaitable<void> after(tcp::socket& socket, milliseconds delay) {
  co_await fanout::sleep(delay);
  auto const length = static_cast<std::size_t>(100 + 3 * delay.count());
  co_await answer_with(socket, http::status::ok, std::string(length, '.'));
}

/// Two megabytes in chunks, with a pause now and then.
asio::awaitable<void> large(tcp::socket& socket, milliseconds pause) {
  http::response<http::empty_body> response(http::status::ok, 11);
  response.keep_alive(false);
  response.chunked(true);
  http::response_serializer<http::empty_body> head(response);
  co_await http::async_write_header(socket, head, asio::deferred);

  std::string const part(64 * 1024, '#');
  for (int i = 0; i < 32; ++i) {
    if (i % 8 == 7) co_await fanout::sleep(pause);
    co_await asio::async_write(socket, http::make_chunk(asio::buffer(part)), asio::deferred);
  }
  co_await asio::async_write(socket, http::make_chunk_last(), asio::deferred);
}

asio::awaitable<void> missing(tcp::socket& socket, milliseconds delay) {
  co_await fanout::sleep(delay);
  co_await answer_with(socket, http::status::not_found, "there is nothing here\n");
}

asio::awaitable<void> error(tcp::socket& socket, milliseconds delay) {
  co_await fanout::sleep(delay);
  co_await answer_with(socket, http::status::internal_server_error, "something broke\n");
}

/// Promises a body, sends half of it and closes.
asio::awaitable<void> half(tcp::socket& socket, milliseconds delay) {
  http::response<http::empty_body> response(http::status::ok, 11);
  std::string const part(10'000, '#');
  response.content_length(2 * part.size());
  http::response_serializer<http::empty_body> head(response);
  co_await http::async_write_header(socket, head, asio::deferred);
  co_await asio::async_write(socket, asio::buffer(part), asio::deferred);
  co_await fanout::sleep(delay);
}

/// Says nothing until the client has had enough.
asio::awaitable<void> never(tcp::socket& socket, milliseconds) {
  co_await socket.async_wait(tcp::socket::wait_read, asio::deferred);
}

struct entry {
  std::string_view name;
  route serve;
};

constexpr std::array<entry, 6> routes{{
    {"after", after},
    {"large", large},
    {"error", error},
    {"half", half},
    {"never", never},
    {"missing", missing}, // also for every other path
}};

constexpr std::array<std::string_view, 22> paths{
    "/after/20",  "/after/350", "/never",     "/after/420",   "/large/15",  "/after/500",
    "/after/45",  "/missing",   "/after/560", "/after/390",   "/after/30",  "/half/80",
    "/after/610", "/after/470", "/after/60",  "/error/120",   "/after/330", "/after/25",
    "/large/40",  "/after/440", "/after/75",  "/missing/200",
};

/// "/after/350" -> the route of that name, 350 ms.
std::pair<route, milliseconds> find_route(std::string_view path) {
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  auto const name = path.substr(0, path.find('/'));
  long delay = 0;
  if (name.size() < path.size())
    for (char digit : path.substr(name.size() + 1, 4))
      delay = delay * 10 + (digit >= '0' && digit <= '9' ? digit - '0' : 0);

  auto const* found = std::ranges::find(routes, name, &entry::name);
  return {found == routes.end() ? missing : found->serve, milliseconds(delay)};
}

asio::awaitable<void> serve(tcp::socket socket) {
  try {
    boost::beast::flat_buffer buffer;
    http::request<http::empty_body> request;
    co_await http::async_read(socket, buffer, request, asio::deferred);
    auto const [route, delay] = find_route(request.target());
    co_await route(socket, delay);
    socket.shutdown(tcp::socket::shutdown_send);
  } catch (boost::system::system_error const&) {
    // The client left: there is nothing to tell.
  }
}

asio::awaitable<void> accept(tcp::acceptor acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::deferred);
    auto const executor = socket.get_executor();
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

} // namespace

demo_server::demo_server() {
  tcp::acceptor acceptor(pool_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  port_ = acceptor.local_endpoint().port();
  asio::co_spawn(pool_, accept(std::move(acceptor)), asio::detached);
}

demo_server::~demo_server() {
  pool_.stop();
  pool_.join();
}

std::vector<std::string> demo_server::urls() const {
  std::vector<std::string> urls;
  urls.reserve(paths.size());
  for (auto path : paths) urls.push_back(fmt::format("http://127.0.0.1:{}{}", port_, path));
  return urls;
}
