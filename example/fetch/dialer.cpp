// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "dialer.hpp"

#include "foreign_text.hpp"
#include "head.hpp"
#include "job.hpp"

#include <fanout/abortable.hpp>
#include <fanout/error.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace asio = boost::asio;
namespace errc = boost::system::errc;
namespace http = boost::beast::http;

/// A user that names a file wants to know if it is none; and later there may be too many open files
/// to read the system's, and no server would be trusted.
dialer::dialer(options const& o) : options_(o) {
  auto const is_secure = [](std::string const& url) { return url.starts_with("https:"); };
  if (!o.cafile.empty() || std::ranges::any_of(o.urls, is_secure)) tls();
}

asio::awaitable<std::unique_ptr<connection>> dialer::connect(target const& server) {
  auto const& limit = options_.connect_timeout;
  try {
    if (!limit) co_return co_await connect_at_leisure(server);
    co_return co_await fanout::timeout(*limit, connect_at_leisure(server));
  } catch (fanout::deadline_exceeded const&) {
    std::chrono::duration<double> const seconds = *limit;
    throw no_connection(fmt::format("no connection after {} s", seconds.count()));
  } catch (boost::system::system_error const& e) {
    if (e.code() == errc::too_many_files_open || e.code() == errc::too_many_files_open_in_system)
      throw out_of_files("too many open files");
    throw;
  }
}

asio::awaitable<std::unique_ptr<connection>> dialer::connect_at_leisure(target const& server) {
  target const& first = options_.proxy ? *options_.proxy : server;
  auto const where = co_await names_.look_up(first.host, first.port);
  auto c = std::make_unique<connection>(co_await asio::this_coro::executor);
  co_await c->connect(where);
  if (server.tls && options_.proxy) co_await tunnel(*c, server);
  if (server.tls) co_await c->start_tls(tls(), server.host);
  co_return c;
}

/// Has the proxy pass on all that follows, to this server and back.
asio::awaitable<void> dialer::tunnel(connection& c, target const& server) {
  http::request<http::empty_body> asked(http::verb::connect, server.authority, 11);
  asked.set(http::field::host, server.authority);
  co_await fanout::abortable(http::async_write(c, asked, asio::deferred));

  auto error = co_await read_head(c);
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  if (!error) c.received.consume(parser.put(c.received.data(), error));
  if (is_hung_up(error)) error = http::error::end_of_stream;
  if (error) throw boost::system::system_error(error);
  auto const& head = parser.get();
  if (head.result_int() / 100 != 2)
    throw failure(
        fmt::format("the proxy refused: {} {}", head.result_int(), shortened(head.reason())));
  // Later it would be taken for what the server has said.
  if (c.received.size() > 0) throw failure("the proxy says more than it was asked");
}

asio::ssl::context& dialer::tls() {
  if (!tls_) tls_.emplace(tls_settings(options_.cafile, options_.insecure));
  return *tls_;
}
