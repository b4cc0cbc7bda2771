// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The connection to the Redis server.

#ifndef FANOUT_EXAMPLE_FARM_REDIS_HPP
#define FANOUT_EXAMPLE_FARM_REDIS_HPP

#include "log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/redis/connection.hpp>
#include <boost/redis/request.hpp>
#include <boost/redis/response.hpp>
#include <boost/system/error_code.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace farm {

struct redis_address {
  std::string host = "127.0.0.1";
  std::string port = "6379";
  std::string user = "default";
  std::string password; // empty: none
  int database = 0;

  bool tls = false;
  std::string ca_file;     // certificates of authorities, in PEM form; empty: the system's
  std::string certificate; // of this client; empty: none
  std::string key;         // the private key of that
  bool insecure = false;   // does not check the server's certificate

  /// "127.0.0.1:6379"
  std::string text() const { return host + ':' + port; }
};

/// The server has refused, and to ask again would not help. The text has the server's words.
struct redis_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One connection, which is made again whenever it is lost. For one thread.
class redis_link {
public:
  using reply = boost::redis::resp3::tree;

  /// `name` is what the server lists this connection as. Refers to the log. Throws redis_error if a
  /// file of certificates cannot be used.
  redis_link(boost::asio::any_io_executor executor, redis_address a, std::string const& name,
             log& l);

  /// Keeps the connection. Ends only by a cancellation, or, where waiting does not help, with
  /// redis_error; requests end with the same error then. It must have ended before the destruction.
  boost::asio::awaitable<void> run();

  /// What the server answers. A server that is away, loads its data, or has no memory left is
  /// waited for, and then asked again: the request must be one that may be made twice. Throws
  /// redis_error. A cancellation ends the wait; what was sent may still be done.
  boost::asio::awaitable<reply> ask(boost::redis::request q);

  /// Throws redis_error if the server has refused anything: no later request is made.
  void check() const;

  /// Throws redis_error if the server is too old.
  boost::asio::awaitable<void> check_version();

private:
  void judge(boost::system::error_code const& e);
  [[noreturn]] void give_up(std::string_view why);
  void say_away(std::string_view why);
  void say_back();

  redis_address address_;
  std::string name_;
  log& log_;
  std::string said_; // the last error that Boost.Redis has logged: what the server has said
  std::exception_ptr failed_;
  bool away_ = false;
  boost::redis::connection connection_; // destroyed first: it logs
};

} // namespace farm

#endif
