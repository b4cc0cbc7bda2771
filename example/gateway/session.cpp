// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "session.hpp"

#include "watch.hpp"

#include <fanout/error.hpp>
#include <fanout/race.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/system_error.hpp>

#include <utility>
#include <variant>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// What to say to a client whose request cannot be read; nothing if there is nobody to hear it.
std::optional<answer> words_for(boost::system::error_code const& error) {
  if (error == http::error::header_limit)
    return refusal(http::status::request_header_fields_too_large, "the header is too large");
  if (error == http::error::body_limit)
    return refusal(http::status::payload_too_large, "the body is too large");
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return std::nullopt;
  if (error.category() != make_error_code(http::error::bad_method).category()) return std::nullopt;
  return refusal(http::status::bad_request, "the request is not HTTP: " + error.message());
}

} // namespace

answer refusal(http::status status, std::string const& why) {
  answer a(status, 11);
  a.set(http::field::content_type, "application/json");
  a.body() = boost::json::serialize(boost::json::value{{"error", why}}) + '\n';
  return a;
}

session::session(tcp::socket socket, session_limits const& limits, handler const& handle,
                 metrics& counts)
    : socket_(std::move(socket)), limits_(limits), handle_(handle), counts_(counts) {}

asio::awaitable<void> session::serve() {
  for (bool open = true; open;) {
    if (received_.size() == 0) co_await wait_for_request();
    parser p;
    p.header_limit(limits_.header_bytes);
    p.body_limit(limits_.body_bytes);
    auto refused = co_await read(p);
    if (refused) co_return co_await refuse(std::move(*refused));
    open = co_await reply_to(p.get());
  }
}

void session::stop() {
  stopping_ = true;
  if (idle_) socket_.cancel();
}

asio::awaitable<void> session::wait_for_request() {
  if (stopping_) throw boost::system::system_error(asio::error::operation_aborted);
  auto const space = received_.prepare(4096);
  idle_ = true;
  auto const size =
      co_await fanout::timeout(limits_.idle, socket_.async_read_some(space, asio::deferred));
  idle_ = false;
  received_.commit(size);
}

asio::awaitable<std::optional<answer>> session::read(parser& p) {
  try {
    co_await fanout::timeout(limits_.request,
                             http::async_read(socket_, received_, p, asio::deferred));
    co_return std::nullopt;
  } catch (fanout::deadline_exceeded const&) {
    co_return refusal(http::status::request_timeout, "the request took too long");
  } catch (boost::system::system_error const& e) {
    auto words = words_for(e.code());
    if (!words) throw;
    co_return words;
  }
}

/// Whether the connection can take another request.
asio::awaitable<bool> session::reply_to(request const& asked) {
  auto const start = clock::now();
  // Whichever ends first ends the other: an answer the watch, a client that leaves everything that
  // is done for it, down to the last call to an upstream.
  auto answering =
      fanout::race(handle_(asked), until_gone(socket_, received_, limits_.header_bytes));
  auto first = co_await std::move(answering);
  if (first.index == 1) {
    counts_.disconnects.Increment();
    co_return false;
  }

  auto& a = std::get<answer>(first.value);
  bool const stays_open = asked.keep_alive() && !stopping_;
  a.version(asked.version());
  a.keep_alive(stays_open);
  counts_.answered(a.result_int(), clock::now() - start);
  co_await write(std::move(a), asked.method() == http::verb::head);
  co_return stays_open;
}

/// The last answer to a client that may still be sending. To close at once would be to reset the
/// connection, and the client might never see the answer.
asio::awaitable<void> session::refuse(answer a) {
  a.keep_alive(false);
  counts_.answered(a.result_int(), {});
  co_await write(std::move(a), false);
  socket_.shutdown(tcp::socket::shutdown_send);
  received_.clear();
  auto const token = asio::as_tuple(asio::deferred);
  auto const drain = [this, token]() -> asio::awaitable<void> {
    auto const space = received_.prepare(4096);
    for (bool more = true; more;) {
      auto const [error, size] = co_await socket_.async_read_some(space, token); // trivial
      more = !error;
    }
  };
  co_await fanout::timeout(std::chrono::seconds(1), drain());
}

asio::awaitable<void> session::write(answer a, bool without_body) {
  a.prepare_payload();
  if (without_body) {
    http::response<http::empty_body> head(std::move(a.base()));
    co_await fanout::timeout(limits_.write, http::async_write(socket_, head, asio::deferred));
  } else {
    co_await fanout::timeout(limits_.write, http::async_write(socket_, a, asio::deferred));
  }
}
