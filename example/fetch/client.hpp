// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Gets one URL.

#ifndef FANOUT_EXAMPLE_FETCH_CLIENT_HPP
#define FANOUT_EXAMPLE_FETCH_CLIENT_HPP

#include "body.hpp"
#include "dialer.hpp"
#include "exchange.hpp"
#include "job.hpp"
#include "options.hpp"
#include "pool.hpp"
#include "reply.hpp"
#include "request.hpp"
#include "room_for_file.hpp"
#include "target.hpp"
#include "turns.hpp"

#include <fanout/limiter.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

class client {
public:
  /// Refers to the options. Throws failure.
  explicit client(options const& o);

  /// Throws bad_url, failure, or boost::system::system_error.
  boost::asio::awaitable<answer> get(job& j);

  /// Between two attempts of a job.
  boost::asio::awaitable<void> pause(std::chrono::milliseconds how_long);

  /// How many jobs may run at once: those that wait do not count.
  fanout::limiter const& places() const { return turns_.places(); }

  /// How many requests were under way at once.
  std::size_t most_at_once() const { return most_; }

  /// Whether a name is still being looked up for a request that has stopped waiting: the destructor
  /// would wait for it.
  bool looking_up() const { return dialer_.looking_up(); }

private:
  struct question {
    target const& server;
    request const& asked;
    job const& from;
  };

  boost::asio::awaitable<reply> ask(question q);
  boost::asio::awaitable<reply> ask_patiently(question q, std::string& hindrance);
  boost::asio::awaitable<void> wait_for_files();
  boost::asio::awaitable<reply> ask_at_once(question q);
  boost::asio::awaitable<reply> finish(exchange& e, question q, room_for_file& room);
  void prepare(body& b, exchange::header const& head, question q);
  boost::asio::awaitable<void> skim(exchange& e, body& b);
  boost::asio::awaitable<fanout::limiter::guard> wait_for(fanout::limiter& places);
  fanout::limiter& places_at(std::string const& host);

  options const& options_;
  dialer dialer_;
  pool idle_;
  turns turns_;
  std::unordered_map<std::string, fanout::limiter> places_;
  std::size_t without_file_ = 0; // requests that wait for others to close some
  std::size_t now_ = 0;
  std::size_t most_ = 0;
};

#endif
