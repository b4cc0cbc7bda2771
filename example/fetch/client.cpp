// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "client.hpp"

#include "body.hpp"
#include "foreign_text.hpp"

#include <fanout/error.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr int most_redirects = 5;

/// Between its construction and its destruction a request is under way, however it ends.
class under_way {
public:
  under_way(std::size_t& now, std::size_t& most) : now_(now) { most = std::max(most, ++now_); }
  under_way(under_way const&) = delete;
  ~under_way() { --now_; }

private:
  std::size_t& now_;
};

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_good(answer const& a) { return a.status >= 200 && a.status < 400; }

answer answer_of(exchange::header const& head) {
  answer a;
  a.status = head.result_int();
  a.reason = shortened(head.reason());
  if (a.reason.empty()) a.reason = http::obsolete_reason(head.result());
  if (a.status < 200) a.reason = fmt::format("status {} is no answer", a.status);
  return a;
}

} // namespace

client::client(options const& o) : options_(o), idle_(o.limit) {
  if (!o.cafile.empty()) tls(); // who names a file wants to know if it is none
}

asio::awaitable<answer> client::get(job& j) {
  j.redirected_to.clear();
  target server = parse_url(j.url);
  request r = options_.asked;
  for (int redirects = 0;; ++redirects) {
    reply const answered = co_await ask(server, r, j);
    if (answered.location.empty()) {
      if (!is_good(answered.got)) throw bad_status(answered.got, answered.retry_after);
      co_return answered.got;
    }
    if (redirects == most_redirects)
      throw failure(fmt::format("redirected more than {} times", most_redirects));

    target next = parse_location(server, answered.location);
    r.redirect(answered.got.status, next.origin() != server.origin());
    server = std::move(next);
    j.redirected_to = server.url();
  }
}

/// The time that a request may take begins when it is its turn.
asio::awaitable<client::reply> client::ask(target const& server, request const& r, job const& j) {
  auto const place = co_await places_at(server.authority).acquire();
  under_way const here(now_, most_);
  try {
    co_return co_await fanout::timeout(options_.timeout, ask_at_once(server, r, j));
  } catch (fanout::deadline_exceeded const&) {
    std::chrono::duration<double> const seconds = options_.timeout;
    throw failure(fmt::format("timed out after {} s", seconds.count()));
  }
}

asio::awaitable<client::reply> client::ask_at_once(target const& server, request const& r,
                                                   job const& j) {
  auto const asked = r.to(server, options_.proxy && !server.tls);
  auto c = r.is_idempotent() ? idle_.take(server.origin()) : nullptr;
  for (;; c = nullptr) {
    bool const reused = c != nullptr;
    if (!c) c = co_await connect(server);
    exchange e(*c, asked, options_.max_body);
    auto const error = co_await e.begin();
    if (reused && is_hung_up(error) && !e.has_begun()) continue;
    if (error) e.fail(error);

    reply const answered = co_await finish(e, j);
    if (e.leaves_it_open()) idle_.put(server.origin(), std::move(c));
    co_return answered;
  }
}

asio::awaitable<client::reply> client::finish(exchange& e, job const& j) {
  reply r;
  r.got = answer_of(e.head());
  if (is_redirect(r.got.status)) r.location = e.head()[http::field::location];
  r.retry_after = e.head()[http::field::retry_after];

  body b(options_.max_body);
  b.decode(e.head()[http::field::content_encoding]);
  if (r.location.empty() && is_good(r.got) && !j.file.empty()) b.save(j.file);
  co_await e.read_body(b);
  b.finish();
  r.got.bytes = b.size();
  co_return r;
}

asio::awaitable<std::unique_ptr<connection>> client::connect(target const& server) {
  target const& first = options_.proxy ? *options_.proxy : server;
  auto const where = co_await names_.look_up(first.host, first.port);
  auto const executor = co_await asio::this_coro::executor;
  auto c = std::make_unique<connection>(executor);
  co_await c->connect(where);
  if (server.tls && options_.proxy) co_await tunnel(*c, server);
  if (server.tls) co_await c->start_tls(tls(), server.host);
  co_return c;
}

/// Has the proxy pass on all that follows, to this server and back.
asio::awaitable<void> client::tunnel(connection& c, target const& server) {
  http::request<http::empty_body> asked(http::verb::connect, server.authority, 11);
  asked.set(http::field::host, server.authority);
  co_await http::async_write(c, asked, asio::deferred);

  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  co_await http::async_read_header(c, c.received, parser, asio::deferred);
  auto const& head = parser.get();
  if (head.result_int() / 100 != 2)
    throw failure(
        fmt::format("the proxy refused: {} {}", head.result_int(), shortened(head.reason())));
  // Later it would be taken for what the server has said.
  if (c.received.size() > 0) throw failure("the proxy says more than it was asked");
}

asio::ssl::context& client::tls() {
  if (!tls_) tls_.emplace(tls_settings(options_.cafile, options_.insecure));
  return *tls_;
}

fanout::limiter& client::places_at(std::string const& host) {
  return places_.try_emplace(host, options_.per_host).first->second;
}
