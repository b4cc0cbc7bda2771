// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The other end of a connection of a program: it waits for nothing, so that every run is the same.

#ifndef FANOUT_TEST_LIBFUZZER_NETWORK_PEER_HPP
#define FANOUT_TEST_LIBFUZZER_NETWORK_PEER_HPP

#include "require.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

class peer {
public:
  using tcp = boost::asio::ip::tcp;

  explicit peer(tcp::socket s) : socket_(std::move(s)) {
    socket_.non_blocking(true);
    boost::system::error_code not_tcp; // the end of this connection may not keep its port
    socket_.set_option(boost::asio::socket_base::linger(true, 0), not_tcp);
  }

  /// As much of it as the program has room for.
  void send(std::string_view text) {
    boost::system::error_code gone;
    auto const size = socket_.send(boost::asio::buffer(text), 0, gone);
    require(gone || size == text.size(), "a segment fits into the buffers of the system");
  }

  /// Adds what has come: whether that was anything.
  bool receive() {
    std::array<char, 16 * 1024> space;
    boost::system::error_code error;
    auto const size = socket_.receive(boost::asio::buffer(space), 0, error);
    received_.append(space.data(), size);
    ended_ = ended_ || (error && error != boost::asio::error::would_block);
    return size > 0;
  }

  std::string const& received() const { return received_; }

  /// Whether the program has closed, as far as receive() has seen.
  bool has_ended() const { return ended_; }

  void end_sending() {
    boost::system::error_code gone;
    socket_.shutdown(tcp::socket::shutdown_send, gone);
  }

private:
  tcp::socket socket_;
  std::string received_;
  bool ended_ = false;
};

/// Two ends of one connection. They are no sockets of TCP, which nobody notices and which is
/// quicker.
inline std::pair<peer::tcp::socket, peer> connected_pair(boost::asio::io_context& context) {
  std::array<int, 2> files{};
  require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, files.data()) == 0, "socketpair");
  peer::tcp::socket ours(context), theirs(context);
  ours.assign(peer::tcp::v4(), files[0]);
  theirs.assign(peer::tcp::v4(), files[1]);
  return {std::move(ours), peer(std::move(theirs))};
}

/// A port of this machine to which the program connects.
class listener {
public:
  explicit listener(boost::asio::io_context& context)
      : acceptor_(context, {boost::asio::ip::address_v4::loopback(), 0}) {
    acceptor_.non_blocking(true);
  }

  peer::tcp::endpoint where() const { return acceptor_.local_endpoint(); }

  /// Nothing if no connection waits.
  std::optional<peer> accept() {
    boost::system::error_code error;
    peer::tcp::socket s(acceptor_.get_executor());
    acceptor_.accept(s, error);
    if (error) return std::nullopt;
    return peer(std::move(s));
  }

private:
  peer::tcp::acceptor acceptor_;
};

#endif
