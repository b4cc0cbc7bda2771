// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The service: for each call it asks several sources, by calls of its own.

#ifndef FANOUT_EXAMPLE_QUOTES_SERVICE_HPP
#define FANOUT_EXAMPLE_QUOTES_SERVICE_HPP

#include "options.hpp"
#include "quotes.grpc.pb.h"
#include "tally.hpp"

#include <fanout/result.hpp>
#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

/// gRPC calls the methods on threads of its own; the work is done by tasks of the group.
class service final : public fanout_example::Quotes::CallbackService {
public:
  service(options const& o, fanout::task_group& calls);
  ~service() override;

private:
  struct supplier; // a source with its replicas, and how many may ask it at once
  using context = grpc::CallbackServerContext;
  using time_point = std::chrono::steady_clock::time_point;

  grpc::ServerUnaryReactor* Get(context* from, fanout_example::QuoteRequest const* asked,
                                fanout_example::Quote* to) override;
  grpc::ServerUnaryReactor* Count(context* from, fanout_example::CountsRequest const* asked,
                                  fanout_example::Counts* counts) override;

  boost::asio::awaitable<void> quote(fanout_example::QuoteRequest const& asked,
                                     fanout_example::Quote& to, time_point until);
  boost::asio::awaitable<std::vector<fanout::result<fanout_example::Quote>>> ask_all(
      fanout_example::QuoteRequest const& asked, time_point until);
  boost::asio::awaitable<fanout_example::Quote> ask(supplier& from,
                                                    fanout_example::QuoteRequest const& asked,
                                                    time_point until);

  std::chrono::milliseconds reserve_, hedge_after_;
  std::vector<std::unique_ptr<supplier>> suppliers_;
  fanout::task_group& calls_;
  tally tally_;
};

#endif
