// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Upstreams to try the gateway with, on the loopback interface: of one there are two replicas, and
// all of them are slow or broken now and then.

#ifndef FANOUT_EXAMPLE_GATEWAY_DEMO_UPSTREAMS_HPP
#define FANOUT_EXAMPLE_GATEWAY_DEMO_UPSTREAMS_HPP

#include "config.hpp"
#include "server.hpp"

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <random>
#include <thread>
#include <vector>

/// Serves from its construction to its destruction, on a thread of its own. GET /stats from any of
/// them tells of the calls of all: {"started": 9, "ended": 8, "cancelled": 1}. Those that were
/// cancelled, because the gateway has hung up, have ended too.
class demo_upstreams {
public:
  explicit demo_upstreams(demo_config const& c);
  demo_upstreams(demo_upstreams const&) = delete;
  demo_upstreams& operator=(demo_upstreams const&) = delete;
  ~demo_upstreams();

  std::vector<upstream_config> const& configs() const { return configs_; }

private:
  class call;

  void add(std::string name, std::size_t replicas);
  boost::asio::awaitable<answer> reply_to(request const& asked);
  std::chrono::milliseconds next_latency();
  bool happens(double share);

  demo_config config_;
  std::minstd_rand random_{1}; // the same every time
  std::uint64_t started_ = 0, ended_ = 0, cancelled_ = 0;
  std::vector<upstream_config> configs_;

  service service_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  fanout::task_group servers_;
  std::thread thread_;
};

#endif
