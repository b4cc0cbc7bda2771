// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A stream of bytes to a server, over TCP or over TLS.

#ifndef FANOUT_EXAMPLE_FETCH_CONNECTION_HPP
#define FANOUT_EXAMPLE_FETCH_CONNECTION_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Says which certificates are trusted: those of a file in PEM form, or the system's if none is
/// named. Throws failure.
boost::asio::ssl::context tls_settings(std::string const& cafile, bool insecure);

/// Whether that is what a connection ends with whose server has closed it.
bool is_hung_up(boost::system::error_code const& error);

/// In the order in which they are tried: the families take turns, so that one of them that leads
/// nowhere holds nothing up.
std::vector<boost::asio::ip::tcp::endpoint> interleaved(
    boost::asio::ip::tcp::resolver::results_type found);

/// An AsyncStream. Cancelled or failed once it is good for nothing more.
class connection {
public:
  using tcp = boost::asio::ip::tcp;
  using executor_type = tcp::socket::executor_type;

  explicit connection(executor_type const& executor);

  executor_type get_executor() { return socket_.get_executor(); }

  /// To the first of them that lets us. Throws boost::system::system_error.
  boost::asio::awaitable<void> connect(tcp::resolver::results_type const& found);

  /// From now on all is encrypted, for this host alone. Throws failure if it cannot prove that
  /// it is this host, boost::system::system_error for everything else.
  boost::asio::awaitable<void> start_tls(boost::asio::ssl::context& settings,
                                         std::string const& host);

  /// Whether nothing has come that no request has asked for, not even the end. What has come would
  /// be taken for the answer to the next one.
  bool is_quiet();

  template <class Buffers, class Token>
  auto async_read_some(Buffers const& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, transferred>(
        [this](auto handler, Buffers const& into) {
          tls_ ? tls_->async_read_some(into, std::move(handler))
               : socket_.async_read_some(into, std::move(handler));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(Buffers const& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, transferred>(
        [this](auto handler, Buffers const& from) {
          tls_ ? tls_->async_write_some(from, std::move(handler))
               : socket_.async_write_some(from, std::move(handler));
        },
        token, buffers);
  }

  boost::beast::flat_buffer received; // and not yet looked at
  std::array<char, 16 * 1024> part;   // of a body, on its way

private:
  using transferred = void(boost::system::error_code, std::size_t);

  tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
};

#endif
