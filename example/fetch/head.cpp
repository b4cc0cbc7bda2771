// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "head.hpp"

#include <fanout/abortable.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

constexpr std::string_view first_word = "HTTP/";
constexpr std::size_t without_reason = std::string_view("HTTP/1.1 200").size();

std::string_view text_of(beast::flat_buffer const& b) {
  return {static_cast<char const*>(b.data().data()), b.size()};
}

bool is_foreign(std::string_view text) { return !first_word.starts_with(text.substr(0, 5)); }

bool needs_mending(std::string_view head) {
  if (head.find("\r\n") == without_reason) return true;
  for (auto lf = head.find('\n'); lf != head.npos; lf = head.find('\n', lf + 1))
    if (lf == 0 || head[lf - 1] != '\r') return true;
  return false;
}

/// False if that does not fit in.
bool replace(beast::flat_buffer& b, std::string const& text) {
  if (text.size() > b.max_size()) return false;
  b.clear();
  b.commit(asio::buffer_copy(b.prepare(text.size()), asio::buffer(text)));
  return true;
}

} // namespace

asio::awaitable<boost::system::error_code> read_head(connection& c) {
  auto& b = c.received;
  std::size_t end = find_end_of_head(text_of(b)), seen = 0;
  while (end == std::string_view::npos) {
    if (is_foreign(text_of(b))) co_return beast::http::error::bad_version;
    if (b.size() == b.max_size()) co_return beast::http::error::header_limit;
    seen = b.size();
    auto const space = b.prepare(std::min(c.part.size(), b.max_size() - b.size()));
    auto const [error, size] = // trivial
        co_await fanout::abortable(c.async_read_some(space, asio::as_tuple(asio::deferred)));
    if (error) co_return error;
    b.commit(size);
    end = find_end_of_head(text_of(b), seen);
  }
  auto const text = text_of(b);
  if (!needs_mending(text.substr(0, end))) co_return boost::system::error_code();
  auto const all = mended(text.substr(0, end)).append(text.substr(end));
  if (!replace(b, all)) co_return beast::http::error::header_limit;
  co_return boost::system::error_code();
}

std::size_t find_end_of_head(std::string_view text, std::size_t begin) {
  begin -= std::min<std::size_t>(begin, 2); // a part of the empty line may have been there already
  for (auto lf = text.find('\n', begin); lf != text.npos; lf = text.find('\n', lf + 1)) {
    auto const rest = text.substr(lf + 1);
    if (rest.starts_with("\n")) return lf + 2;
    if (rest.starts_with("\r\n")) return lf + 3;
  }
  return text.npos;
}

std::string mended(std::string_view head) {
  std::string good;
  for (char const c : head) {
    if (c == '\n' && !good.ends_with('\r')) good += '\r';
    good += c;
  }
  if (good.find("\r\n") == without_reason) good.insert(without_reason, 1, ' ');
  return good;
}
