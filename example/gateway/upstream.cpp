// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "upstream.hpp"

#include <fanout/result.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <exception>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// A call is under way from its construction to its destruction. It was cancelled unless it says
/// how it has ended.
class call {
public:
  explicit call(upstream_metrics const& counts) : counts_(counts), outcome_(&counts.cancelled) {
    counts_.now.Increment();
  }
  call(call const&) = delete;
  ~call() {
    counts_.now.Decrement();
    outcome_->Increment();
  }

  void ok() { outcome_ = &counts_.ok; }
  void failed() { outcome_ = &counts_.failed; }

private:
  upstream_metrics counts_;
  prometheus::Counter* outcome_;
};

/// A server may close a connection between two requests, and learns of the second one too late.
bool is_hung_up(error_code const& e) {
  return e == http::error::end_of_stream || e == asio::error::connection_reset ||
         e == asio::error::broken_pipe;
}

std::string words_for(error_code const& e, std::size_t largest_body) {
  if (e == http::error::body_limit)
    return fmt::format("the answer is larger than {} bytes", largest_body);
  if (e == http::error::partial_message) return "the answer was cut off";
  if (is_hung_up(e)) return "closed without an answer";
  if (e.category() == make_error_code(http::error::bad_method).category())
    return fmt::format("the answer is not HTTP: {}", e.message());
  return e.message();
}

} // namespace

replica::replica(address where, upstream_config const& of, upstream_metrics const& counts)
    : where_(std::move(where)), of_(of), counts_(counts) {}

asio::awaitable<boost::json::value> replica::ask(std::string const& symbol) {
  call c(counts_);
  try {
    auto value = co_await ask_once(symbol);
    c.ok();
    co_return value;
  } catch (failure const&) {
    c.failed();
    throw;
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) throw;
    c.failed();
    throw failure(words_for(e.code(), of_.body_bytes));
  }
}

asio::awaitable<boost::json::value> replica::ask_once(std::string const& symbol) {
  request asked(http::verb::get, of_.target_for(symbol), 11);
  asked.set(http::field::host, where_.name);
  auto const body = co_await get(asked);
  error_code error;
  auto value = boost::json::parse(body, error);
  if (error) throw failure("the answer is not JSON");
  co_return value;
}

/// The body of the answer. A connection that was used before and hangs up has not failed.
asio::awaitable<std::string> replica::get(request const& asked) {
  for (;;) {
    std::unique_ptr<connection> c;
    bool const reused = !idle_.empty();
    if (reused) {
      c = std::move(idle_.back());
      idle_.pop_back();
    } else {
      c = co_await connect();
    }
    auto got = co_await exchange(*c, asked);
    if (reused && is_hung_up(got.error)) continue;
    if (got.error) throw boost::system::system_error(got.error);
    if (got.stays_open && idle_.size() < of_.limit) idle_.push_back(std::move(c));
    if (got.status != 200) throw failure(fmt::format("status {}", got.status));
    co_return std::move(got.body);
  }
}

asio::awaitable<std::unique_ptr<replica::connection>> replica::connect() {
  auto const executor = co_await asio::this_coro::executor;
  auto c = std::make_unique<connection>(tcp::socket(executor), boost::beast::flat_buffer());
  co_await c->socket.async_connect(where_.endpoint, asio::deferred);
  c->socket.set_option(tcp::no_delay(true));
  co_return c;
}

asio::awaitable<replica::reply> replica::exchange(connection& c, request const& asked) {
  auto const token = asio::as_tuple(asio::deferred);
  reply r;
  auto const [unsent, _] = co_await http::async_write(c.socket, asked, token); // trivial
  r.error = unsent;
  if (unsent) co_return r;

  http::response_parser<http::string_body> parser;
  parser.body_limit(of_.body_bytes);
  auto const [error, size] =
      co_await http::async_read(c.socket, c.received, parser, token); // trivial
  // To hang up in the middle of an answer is to fail.
  r.error = is_hung_up(error) && parser.got_some() ? http::error::partial_message : error;
  r.status = parser.get().result_int();
  r.stays_open = !error && parser.keep_alive() && c.received.size() == 0;
  r.body = std::move(parser.get().body());
  co_return r;
}

upstream::upstream(upstream_config const& c, metrics& m)
    : config(c), counts(m.of_upstream(c.name)) {
  for (auto const& where : c.replicas) replicas.emplace_back(where, c, counts);
}
