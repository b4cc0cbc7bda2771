// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "session.hpp"

#include "rules.hpp"
#include "tracing.hpp"
#include "watch.hpp"

#include <fanout/abortable.hpp>
#include <fanout/error.hpp>
#include <fanout/race.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t at_once = 4096;
constexpr std::string_view empty_line = "\r\n";

/// Whether these bytes begin no request: there are none, or no more than an empty line and its
/// parts.
bool begins_no_request(std::string_view bytes) { return empty_line.starts_with(bytes); }

// In the log alone: nothing was sent.
constexpr unsigned client_closed_request = 499; // as nginx has it
constexpr unsigned cut_off = 0;

/// What to say to a client whose request cannot be read; nothing if the client has gone.
std::optional<answer> words_for(boost::system::error_code const& error) {
  if (error == http::error::header_limit)
    return refusal(http::status::request_header_fields_too_large, "the header is too large");
  if (error == http::error::bad_transfer_encoding) return refuse_coding();
  if (error == http::error::body_limit)
    return refusal(http::status::payload_too_large, "the body is too large");
  if (error == http::error::buffer_overflow)
    return refusal(http::status::bad_request, "the chunk header or the trailer is too large");
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return std::nullopt;
  if (error.category() != make_error_code(http::error::bad_method).category()) return std::nullopt;
  return refusal(http::status::bad_request, "the request is not HTTP: " + error.message());
}

/// In the list of the idle ones from its construction to its destruction.
class listed_as_idle {
public:
  listed_as_idle(std::list<session*>& all, session& one)
      : all_(all), here_(all.insert(all.end(), &one)) {}
  listed_as_idle(listed_as_idle const&) = delete;
  ~listed_as_idle() { all_.erase(here_); }

private:
  std::list<session*>& all_;
  std::list<session*>::iterator here_;
};

} // namespace

answer refusal(http::status status, std::string const& why) {
  answer a(status, 11);
  a.set(http::field::content_type, "application/json");
  a.body() = boost::json::serialize(boost::json::value{{"error", why}}) + '\n';
  return a;
}

session::session(tcp::socket socket, std::string client, service& s)
    : socket_(std::move(socket)), client_(std::move(client)), service_(s),
      limits_(s.settings.session), received_(limits_.header_bytes + at_once) {
  socket_.non_blocking(true); // what has come is read without waiting
}

asio::awaitable<void> session::serve() {
  bool open = true;
  while (open) { // GCC 12 would wait before it looks at the left side of an &&
    if (!co_await wait_for_request()) break;
    parser p;
    p.header_limit(limits_.header_bytes);
    p.body_limit(limits_.body_bytes);
    open = co_await serve_one(p);
  }
  if (!open || service_.stopping) co_await close_gently();
}

/// Whether the connection can take another request.
asio::awaitable<bool> session::serve_one(parser& p) {
  auto const start = clock::now();
  try {
    auto refused = co_await read(p);
    if (!refused) co_return co_await reply_to(p.get());
    co_await refuse(p.get(), std::move(*refused));
    co_return false;
  } catch (boost::system::system_error const& e) {
    if (!fanout::is_cancelled(e.code())) throw;
    ++service_.cut_off;
    note(p.get(), "-", cut_off, 0, clock::now() - start);
    throw;
  }
}

void session::close_if_idle() {
  closing_ = true;
  socket_.cancel();
}

bool session::has_input() {
  char byte;
  boost::system::error_code error;
  return socket_.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error) > 0;
}

/// Whether one begins. An empty line before it is skipped, RFC 9112, 2.2.
asio::awaitable<bool> session::wait_for_request() {
  while (begins_no_request(bytes())) {
    bool const came = co_await wait_for_bytes();
    if (!came) co_return false;
  }
  if (bytes().starts_with(empty_line)) consume(empty_line.size());
  co_return true;
}

/// Whether the connection can take another request after this one. When it is time to close, those
/// are answered first that have come by now, as far as they fit into the buffer: a client that
/// never pauses must not keep the connection.
bool session::stays_open_after(request const& asked) {
  if (!is_ending()) {
    last_bytes_.reset();
    return asked.keep_alive();
  }
  if (!last_bytes_) {
    take_what_has_come();
    last_bytes_ = received_.size();
  }
  return asked.keep_alive() && !begins_no_request(bytes().substr(0, *last_bytes_));
}

/// Whether anything has. It is not waited for.
bool session::take_what_has_come() {
  auto const space = std::min(at_once, received_.max_size() - received_.size());
  boost::system::error_code nothing_there;
  auto const size = socket_.read_some(received_.prepare(space), nothing_there);
  received_.commit(size);
  return size > 0;
}

void session::consume(std::size_t size) {
  received_.consume(size);
  if (last_bytes_) *last_bytes_ -= std::min(*last_bytes_, size);
}

std::string_view session::bytes() const {
  auto const all = received_.data();
  return {static_cast<char const*>(all.data()), all.size()};
}

/// When it is time to close, only what has come by then counts. The server ends a wait that takes
/// too long: it has the list.
asio::awaitable<bool> session::wait_for_bytes() {
  if (!is_ending()) {
    auto const space = received_.prepare(at_once);
    idle_since_ = clock::now();
    listed_as_idle const here(service_.idle, *this);
    auto const [error, size] = // trivial
        co_await socket_.async_read_some(space, asio::as_tuple(asio::deferred));
    received_.commit(size);
    if (!error) co_return true;
    if (!fanout::is_cancelled(error) || !is_ending()) throw boost::system::system_error(error);
  }
  co_return take_what_has_come();
}

/// Nothing, or the answer to a request that cannot be read. As a rule all of it has come already.
asio::awaitable<std::optional<answer>> session::read(parser& p) {
  try {
    boost::system::error_code error;
    consume(p.put(received_.data(), error));
    if (error && error != http::error::need_more) throw boost::system::system_error(error);
    if (p.is_done()) co_return refuse_by_rules(p.get());
    co_return co_await fanout::timeout(limits_.request, receive_rest(p));
  } catch (fanout::deadline_exceeded const&) {
    co_return refusal(http::status::request_timeout, "the request took too long");
  } catch (boost::system::system_error const& e) {
    auto words = words_for(e.code());
    if (!words) throw;
    co_return words;
  }
}

asio::awaitable<std::optional<answer>> session::receive_rest(parser& p) {
  if (!p.is_header_done()) {
    co_await fanout::abortable(http::async_read_header(socket_, received_, p, asio::deferred));
    has_waited();
  }
  if (auto refused = refuse_by_rules(p.get())) co_return refused;
  if (expects_continue(p.get()) && !p.is_done()) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(socket_, asio::buffer(go_on), asio::deferred);
  }
  if (!p.is_done()) {
    auto header = p.get().base();
    parse_what_has_come(p);
    if (!p.is_done()) {
      co_await fanout::abortable(http::async_read(socket_, received_, p, asio::deferred));
      has_waited();
    }
    p.get().base() = std::move(header); // trailers are no part of it, RFC 9110, 6.5.1
  }
  co_return std::nullopt;
}

void session::parse_what_has_come(parser& p) {
  boost::system::error_code error;
  for (std::size_t used = 1; used > 0 && !error && received_.size() > 0 && !p.is_done();) {
    used = p.put(received_.data(), error);
    consume(used);
  }
  if (error && error != http::error::need_more) throw boost::system::system_error(error);
}

/// When it is time to close, what comes behind a request that was not all there comes too late.
void session::has_waited() {
  if (is_ending()) last_bytes_ = 0;
}

/// Whether the connection can take another request.
asio::awaitable<bool> session::reply_to(request const& asked) {
  auto const start = clock::now();
  exchange e{asked, request_id(asked)};
  auto a = service_.handle.reply_at_once(asked);
  if (!a) a = co_await answer_for(e);
  if (e.client_left) {
    if (service_.counts) service_.counts->disconnects.Increment();
    note(asked, e.id, client_closed_request, 0, clock::now() - start);
    throw boost::system::system_error(asio::error::connection_reset);
  }

  bool const stays_open = stays_open_after(asked);
  a->version(asked.version());
  a->set("X-Request-Id", e.id);
  a->keep_alive(stays_open);
  if (service_.counts) service_.counts->answered(a->result_int(), clock::now() - start);
  note(asked, e.id, a->result_int(), a->body().size(), clock::now() - start);
  co_await write(std::move(*a), asked.method() == http::verb::head);
  co_return stays_open;
}

/// Whichever ends first ends the other: an answer the watch, a client that leaves everything that
/// is done for it, down to the last call to an upstream.
asio::awaitable<answer> session::answer_for(exchange& e) {
  auto const watch = [&]() -> asio::awaitable<void> {
    co_await until_gone(socket_, received_, limits_.header_bytes);
    auto const state = co_await asio::this_coro::cancellation_state;
    e.client_left = state.cancelled() == asio::cancellation_type::none; // else: by the answer
  };
  auto answering = fanout::race(service_.handle.reply(e), watch());
  auto first = co_await std::move(answering);
  co_return first.index == 0 ? std::get<answer>(std::move(first.value)) : answer();
}

asio::awaitable<void> session::refuse(request const& asked, answer a) {
  auto const id = request_id(asked);
  a.set("X-Request-Id", id);
  a.keep_alive(false);
  if (service_.counts) service_.counts->answered(a.result_int(), {});
  note(asked, id, a.result_int(), a.body().size(), {});
  co_await write(std::move(a), asked.method() == http::verb::head);
}

/// As a rule the system takes all of it at once, and there is nothing to wait for.
asio::awaitable<void> session::write(answer a, bool without_body) {
  a.set(http::field::date, http_date());
  a.prepare_payload();
  http::response_serializer<http::string_body> rest(a);
  rest.split(without_body);
  auto const is_written = [&] { return without_body ? rest.is_header_done() : rest.is_done(); };
  boost::system::error_code error;
  while (!error && !is_written()) http::write_some(socket_, rest, error);
  if (is_written()) co_return;
  if (error != asio::error::would_block) throw boost::system::system_error(error);
  if (without_body)
    co_await fanout::timeout(
        limits_.write, fanout::abortable(http::async_write_header(socket_, rest, asio::deferred)));
  else
    co_await fanout::timeout(limits_.write,
                             fanout::abortable(http::async_write(socket_, rest, asio::deferred)));
}

/// To close while the client sends would be to reset the connection, and the client might never see
/// the last answer (RFC 9112, 9.6). So what it sends is read and thrown away, for a while.
asio::awaitable<void> session::close_gently() {
  auto const drain = [this]() -> asio::awaitable<void> {
    received_.clear();
    auto const space = received_.prepare(at_once);
    for (;;) co_await socket_.async_read_some(space, asio::deferred); // until it throws
  };
  socket_.shutdown(tcp::socket::shutdown_send);
  co_await fanout::timeout(1s, drain());
}

void session::note(request const& asked, std::string const& id, unsigned status, std::size_t bytes,
                   clock::duration took) {
  if (!service_.log) return;
  auto const or_dash = [](std::string_view text) { return text.empty() ? "-" : text; };
  service_.log->access(
      {client_, or_dash(asked.method_string()), or_dash(asked.target()), id, status, bytes, took});
}
