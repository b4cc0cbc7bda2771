// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "exchange.hpp"

#include "job.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>

#include <cstdint>
#include <tuple>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::uint32_t largest_head = 64 * 1024;

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
  auto const token = asio::as_tuple(asio::deferred);
  auto [error, _] = co_await http::async_write(connection_, asked_, token); // trivial
  if (error) co_return error;
  do {
    new_answer();
    std::tie(error, _) =
        co_await http::async_read_header(connection_, connection_.received, *parser_, token);
  } while (!error && is_preliminary(head().result_int()));
  co_return error;
}

void exchange::new_answer() {
  parser_.emplace();
  parser_->header_limit(largest_head);
  parser_->body_limit(largest_body_);
  parser_->skip(asked_.method() == http::verb::head);
}

asio::awaitable<void> exchange::read_body(body& to) {
  auto& part = connection_.part;
  while (!parser_->is_done()) {
    auto& space = parser_->get().body();
    space.data = part.data();
    space.size = part.size();
    auto const [error, _] = co_await http::async_read( // trivial
        connection_, connection_.received, *parser_, asio::as_tuple(asio::deferred));
    if (error && error != http::error::need_buffer) fail(error);
    to.write(part.data(), part.size() - space.size);
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
  return parser_->is_done() && parser_->keep_alive() && head().result_int() >= 200 &&
         connection_.received.size() == 0;
}
