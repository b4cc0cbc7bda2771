// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "upstream.hpp"

#include "tracing.hpp"

#include <fanout/abortable.hpp>
#include <fanout/result.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using clock = std::chrono::steady_clock;

constexpr int looked_at = 8;

/// A call is under way from its construction to its destruction. It was cancelled unless something
/// else is known.
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

  void ok() { has_ended(counts_.ok); }
  void failed() { has_ended(counts_.failed); }

  void cancelled(question const& q) {
    if (q.answered)
      outcome_ = &counts_.hedge_lost;
    else if (q.of.client_left)
      outcome_ = &counts_.client_left;
    else if (clock::now() >= q.until)
      outcome_ = &counts_.timed_out;
  }

private:
  void has_ended(prometheus::Counter& how) {
    outcome_ = &how;
    counts_.seconds.Observe(std::chrono::duration<double>(clock::now() - start_).count());
  }

  upstream_metrics counts_;
  prometheus::Counter* outcome_;
  clock::time_point const start_ = clock::now();
};

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

} // namespace

replica::replica(address where, upstream_config const& of, upstream_metrics const& counts)
    : where_(std::move(where)), of_(of), counts_(counts) {}

asio::awaitable<boost::json::value> replica::ask(question& q) {
  call c(counts_);
  try {
    auto value = co_await ask_once(q);
    c.ok();
    q.answered = true;
    co_return value;
  } catch (failure const&) {
    c.failed();
    throw;
  } catch (boost::system::system_error const& e) {
    if (fanout::is_cancelled(e.code())) {
      c.cancelled(q);
      throw;
    }
    c.failed();
    throw failure(words_for(e.code(), of_.body_bytes));
  }
}

asio::awaitable<boost::json::value> replica::ask_once(question const& q) {
  request asked(http::verb::get, of_.target_for(q.symbol), 11);
  asked.set(http::field::host, where_.name());
  hand_on_trace(q.of, asked);
  auto const body = co_await get(asked);
  error_code error;
  auto value = boost::json::parse(body, error);
  if (error) throw failure("the answer is not JSON");
  if (!is_finite(value)) throw failure("a number of the answer is too large");
  co_return value;
}

/// The body of the answer. A connection that was used before and hangs up has not failed.
asio::awaitable<std::string> replica::get(request const& asked) {
  for (;;) {
    auto c = take_idle();
    bool const reused = c != nullptr;
    if (!c) c = co_await connect();
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

asio::awaitable<std::unique_ptr<replica::connection>> replica::connect() {
  auto socket = co_await where_.connect();
  socket.non_blocking(true); // whether something has come is asked without waiting
  co_return std::make_unique<connection>(std::move(socket));
}

/// One that was quiet since its last answer: what comes without being asked for would be taken for
/// the next answer. Each time some of those are closed that were used the longest time ago, if
/// their server has closed them.
std::unique_ptr<replica::connection> replica::take_idle() {
  for (int n = 0; n < looked_at && !idle_.empty() && has_news(idle_.front()->socket); ++n)
    idle_.pop_front();
  while (!idle_.empty()) {
    auto c = std::move(idle_.back());
    idle_.pop_back();
    if (!has_news(c->socket)) return c;
  }
  return nullptr;
}

asio::awaitable<replica::reply> replica::exchange_on(connection& c, request const& asked) {
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

asio::awaitable<void> replica::read_message(connection& c, parser& p) {
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

upstream::upstream(upstream_config const& c, metrics& m)
    : config(c), counts(m.of_upstream(c.name)) {
  for (auto const& where : c.replicas) replicas.emplace_back(where, c, counts);
}
