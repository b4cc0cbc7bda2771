// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Upstreams that speak HTTP/1.1.

#include "protocol.hpp"
#include "tracing.hpp"

#include <fanout/abortable.hpp>
#include <fanout/result.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr int looked_at = 8;

/// A server may close a connection between two requests, and learns of the second one too late.
bool is_hung_up(error_code const& e) {
  return e == http::error::end_of_stream || e == asio::error::connection_reset ||
         e == asio::error::broken_pipe;
}

std::string words_for(error_code const& e, std::size_t largest_body) {
  if (e == http::error::buffer_overflow) return "a chunk header or the trailer is too large";
  if (e == http::error::body_limit)
    return fmt::format("the answer is larger than {} bytes", largest_body);
  if (e == http::error::partial_message) return "the answer was cut off";
  if (is_hung_up(e)) return "closed without an answer";
  if (e.category() == make_error_code(http::error::bad_method).category())
    return fmt::format("the answer is not HTTP: {}", e.message());
  return e.message();
}

/// Whether bytes have come that nothing has asked for, or the end.
bool has_news(tcp::socket& socket) {
  char byte;
  error_code error;
  socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
  return error != asio::error::would_block;
}

/// JSON has no infinity (RFC 8259, 6), and what is larger than a double becomes one.
bool is_finite(boost::json::value const& v) {
  auto const all = [](auto const& values, auto const& of) {
    return std::ranges::all_of(values, [&](auto const& each) { return is_finite(of(each)); });
  };
  if (auto const* list = v.if_array()) return all(*list, [](auto const& e) { return e; });
  if (auto const* o = v.if_object()) return all(*o, [](auto const& e) { return e.value(); });
  return !v.is_double() || std::isfinite(v.get_double());
}

/// RFC 9110, 15.2: others follow on the same connection.
bool is_interim(unsigned status) { return status >= 100 && status < 200 && status != 101; }

class http_protocol final : public protocol {
  using parser = http::response_parser<http::string_body>;

public:
  http_protocol(address where, upstream_config const& of) : where_(std::move(where)), of_(of) {}

  asio::awaitable<boost::json::value> ask(question const& q) override;

private:
  struct connection {
    explicit connection(tcp::socket s) : socket(std::move(s)) {}

    tcp::socket socket;
    boost::beast::flat_buffer received{64 * 1024}; // a chunk header or a trailer may be endless
    bool has_answered = false; // the request that is under way, in part at least
  };
  struct reply {
    unsigned status = 0;
    std::string body;
    bool stays_open = false;
  };
  using request = http::request<http::empty_body>;

  asio::awaitable<std::string> get(request& asked, clock_type::time_point until);
  asio::awaitable<std::unique_ptr<connection>> connect();
  std::unique_ptr<connection> take_idle();
  asio::awaitable<reply> exchange_on(connection& c, request const& asked);
  asio::awaitable<void> read_message(connection& c, parser& p);
  void hand_on_time(request& asked, clock_type::time_point until) const;

  dialer where_;
  upstream_config const& of_;
  std::deque<std::unique_ptr<connection>> idle_; // the last one used is the first to be used again
};

asio::awaitable<boost::json::value> http_protocol::ask(question const& q) {
  request asked(http::verb::get, of_.target_for(q.symbol), 11);
  asked.set(http::field::host, where_.name());
  hand_on_trace(q.of, asked);
  std::string body;
  try {
    body = co_await get(asked, q.until);
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) throw;
    throw failure(words_for(e.code(), of_.body_bytes));
  }
  error_code error;
  auto value = boost::json::parse(body, error);
  if (error) throw failure("the answer is not JSON");
  if (!is_finite(value)) throw failure("a number of the answer is too large");
  co_return value;
}

/// The whole milliseconds that are left when the request is sent: a replica that is asked later has
/// less time.
void http_protocol::hand_on_time(request& asked, clock_type::time_point until) const {
  if (of_.timeout_header.empty()) return;
  auto const left = std::chrono::floor<std::chrono::milliseconds>(until - clock_type::now());
  asked.set(of_.timeout_header, std::to_string(std::max<long long>(left.count(), 0)));
}

/// The body of the answer. A connection that was used before and hangs up has not failed.
asio::awaitable<std::string> http_protocol::get(request& asked, clock_type::time_point until) {
  for (;;) {
    auto c = take_idle();
    bool const reused = c != nullptr;
    if (!c) c = co_await connect();
    hand_on_time(asked, until);
    reply got;
    try {
      got = co_await exchange_on(*c, asked);
    } catch (boost::system::system_error const& e) {
      if (reused && is_hung_up(e.code()) && !c->has_answered) continue;
      throw;
    }
    if (got.stays_open && idle_.size() < of_.limit) idle_.push_back(std::move(c));
    if (got.status != 200) throw failure(fmt::format("status {}", got.status));
    co_return std::move(got.body);
  }
}

asio::awaitable<std::unique_ptr<http_protocol::connection>> http_protocol::connect() {
  auto socket = co_await where_.connect();
  socket.non_blocking(true); // whether something has come is asked without waiting
  co_return std::make_unique<connection>(std::move(socket));
}

/// One that was quiet since its last answer: what comes without being asked for would be taken for
/// the next answer. Each time some of those are closed that were used the longest time ago, if
/// their server has closed them.
std::unique_ptr<http_protocol::connection> http_protocol::take_idle() {
  for (int n = 0; n < looked_at && !idle_.empty() && has_news(idle_.front()->socket); ++n)
    idle_.pop_front();
  while (!idle_.empty()) {
    auto c = std::move(idle_.back());
    idle_.pop_back();
    if (!has_news(c->socket)) return c;
  }
  return nullptr;
}

asio::awaitable<http_protocol::reply> http_protocol::exchange_on(connection& c,
                                                                 request const& asked) {
  c.has_answered = false;
  co_await fanout::abortable(http::async_write(c.socket, asked, asio::deferred));
  for (;;) {
    parser p;
    p.body_limit(of_.body_bytes);
    co_await read_message(c, p);
    auto const status = p.get().result_int();
    if (is_interim(status)) continue;
    if (p.get().count(http::field::transfer_encoding) > 0 && !p.chunked())
      throw failure("the Transfer-Encoding of the answer is not known");
    bool const stays_open = p.keep_alive() && c.received.size() == 0 && status >= 200;
    co_return reply{status, std::move(p.get().body()), stays_open};
  }
}

asio::awaitable<void> http_protocol::read_message(connection& c, parser& p) {
  try {
    co_await fanout::abortable(http::async_read(c.socket, c.received, p, asio::deferred));
    c.has_answered = true;
  } catch (boost::system::system_error const& e) {
    c.has_answered = c.has_answered || p.got_some();
    // To hang up in the middle of an answer is to fail.
    if (is_hung_up(e.code()) && c.has_answered)
      throw boost::system::system_error(http::error::partial_message);
    throw;
  }
}

} // namespace

std::unique_ptr<protocol> speak_http(address where, upstream_config const& of) {
  return std::make_unique<http_protocol>(std::move(where), of);
}
