// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "exchange.hpp"

#include "head.hpp"
#include "job.hpp"

#include <fanout/abortable.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/none.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::uint32_t largest_head = 64 * 1024;

/// It may become a thousand times as much, and nothing else can happen until that is written.
constexpr std::size_t largest_to_decode = 1024;

/// "100 Continue" and the like, of which any number may stand before the answer.
bool is_preliminary(unsigned status) { return status / 100 == 1 && status != 101; }

/// Whether the line that begins a chunk goes on and on. Newer versions of Beast give up on one
/// after some KiB, and say the same of it as of a line that is malformed.
bool is_endless_chunk_line(boost::system::error_code const& e, beast::flat_buffer const& received) {
  if (e != http::error::bad_chunk_extension) return false;
  auto const line = beast::buffers_to_string(received.data());
  return line.find("\r\n", 2) == line.npos; // the first two may be the end of the chunk before
}

} // namespace

asio::awaitable<boost::system::error_code> exchange::begin() {
  auto const [not_sent, _] = co_await fanout::abortable( // trivial
      http::async_write(connection_, asked_, asio::as_tuple(asio::deferred)));
  if (not_sent && !is_hung_up(not_sent)) co_return not_sent;
  sent_ = !not_sent; // a server that has heard enough may have answered and left
  for (;;) {
    new_answer();
    auto const not_read = co_await read_head(connection_);
    auto const not_parsed = parse();
    if (not_parsed == http::error::need_more && not_read) co_return not_read;
    if (not_parsed || !is_preliminary(head().result_int())) co_return not_parsed;
  }
}

void exchange::new_answer() {
  parser_.emplace();
  parser_->header_limit(largest_head);
  parser_->body_limit(boost::none); // of an answer that is no good the status counts
  parser_->skip(asked_.method() == http::verb::head);
}

/// What is there already. `need_more` if that is too little to go on.
boost::system::error_code exchange::parse() {
  auto& received = connection_.received;
  boost::system::error_code error = http::error::need_more;
  if (received.size() > 0) received.consume(parser_->put(received.data(), error));
  return error;
}

void exchange::limit_body() {
  auto const length = parser_->content_length();
  if (length && *length > largest_body_) throw failure(too_large(largest_body_));
  // That of a body without chunks and length is counted in bytes that have come, however often.
  if (parser_->chunked()) parser_->body_limit(largest_body_);
}

asio::awaitable<void> exchange::read_body(body& to) {
  auto& part = connection_.part;
  if (!parser_->is_done()) limit_body();
  auto const size = to.decodes() ? largest_to_decode : part.size();
  parser_->eager(true);
  for (bool first = true; !parser_->is_done(); first = false) {
    auto& space = parser_->get().body();
    space.data = part.data();
    space.size = size;
    // Often all has come with the head. After that others have their turn between two parts.
    boost::system::error_code error = first ? parse() : http::error::need_more;
    if (error == http::error::need_more)
      std::tie(error, std::ignore) = co_await fanout::abortable(http::async_read(
          connection_, connection_.received, *parser_, asio::as_tuple(asio::deferred)));
    if (error && error != http::error::need_buffer) fail(error);
    to.write(part.data(), size - space.size);
  }
}

void exchange::fail(boost::system::error_code const& error) const {
  if (error == http::error::body_limit) throw failure(too_large(largest_body_));
  if (is_endless_chunk_line(error, connection_.received))
    throw boost::system::system_error(http::error::header_limit);
  if (!is_hung_up(error)) throw boost::system::system_error(error);
  throw boost::system::system_error(has_begun() ? http::error::partial_message
                                                : http::error::end_of_stream);
}

bool exchange::leaves_it_open() const {
  return sent_ && parser_->is_done() && parser_->keep_alive() && head().result_int() >= 200 &&
         connection_.received.size() == 0;
}
