// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// How a connection to a server comes about.

#ifndef FANOUT_EXAMPLE_FETCH_DIALER_HPP
#define FANOUT_EXAMPLE_FETCH_DIALER_HPP

#include "connection.hpp"
#include "names.hpp"
#include "options.hpp"
#include "target.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>

class dialer {
public:
  /// Refers to the options. Throws failure.
  explicit dialer(options const& o);

  /// Through the proxy, if there is one. Throws failure, no_connection, out_of_files, or
  /// boost::system::system_error.
  boost::asio::awaitable<std::unique_ptr<connection>> connect(target const& server);

  /// Whether a name is still being looked up for a request that has stopped waiting: the destructor
  /// would wait for it.
  bool looking_up() const { return names_.busy(); }

private:
  boost::asio::awaitable<std::unique_ptr<connection>> connect_at_leisure(target const& server);
  boost::asio::awaitable<void> tunnel(connection& c, target const& server);
  boost::asio::ssl::context& tls();

  options const& options_;
  std::optional<boost::asio::ssl::context> tls_; // only once it is needed: it takes 20 ms
  names names_;
};

#endif
