// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Gets one URL.

#ifndef FANOUT_EXAMPLE_FETCH_CLIENT_HPP
#define FANOUT_EXAMPLE_FETCH_CLIENT_HPP

#include "connection.hpp"
#include "exchange.hpp"
#include "job.hpp"
#include "names.hpp"
#include "options.hpp"
#include "pool.hpp"
#include "request.hpp"
#include "target.hpp"

#include <fanout/limiter.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

class client {
public:
  /// Refers to the options. Throws failure.
  explicit client(options const& o);

  /// Throws bad_url, failure, or boost::system::system_error.
  boost::asio::awaitable<answer> get(job& j);

  /// How many requests were under way at once.
  std::size_t most_at_once() const { return most_; }

  /// Whether a name is still being looked up for someone who has stopped waiting: the destructor
  /// would wait for it.
  bool looking_up() const { return names_.busy(); }

private:
  struct reply {
    answer got;
    std::string location;    // where else to ask; empty: nowhere
    std::string retry_after; // when to ask again
  };

  boost::asio::awaitable<reply> ask(target const& server, request const& r, job const& j);
  boost::asio::awaitable<reply> ask_at_once(target const& server, request const& r, job const& j);
  boost::asio::awaitable<reply> finish(exchange& e, job const& j);
  boost::asio::awaitable<std::unique_ptr<connection>> connect(target const& server);
  boost::asio::awaitable<void> tunnel(connection& c, target const& server);
  boost::asio::ssl::context& tls();
  fanout::limiter& places_at(std::string const& host);

  options const& options_;
  std::optional<boost::asio::ssl::context> tls_; // only once it is needed: it takes 20 ms
  names names_;
  pool idle_;
  std::unordered_map<std::string, fanout::limiter> places_;
  std::size_t now_ = 0;
  std::size_t most_ = 0;
};

#endif
