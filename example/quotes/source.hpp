// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A source of prices, as the service has several.

#ifndef FANOUT_EXAMPLE_QUOTES_SOURCE_HPP
#define FANOUT_EXAMPLE_QUOTES_SOURCE_HPP

#include "options.hpp"
#include "quotes.grpc.pb.h"
#include "tally.hpp"

#include <fanout/task_group.hpp>

#include <boost/asio/awaitable.hpp>

/// Makes prices up, and takes its time. gRPC calls the methods on threads of its own; the work is
/// done by tasks of the group.
class source final : public fanout_example::Quotes::CallbackService {
public:
  source(options const& o, fanout::task_group& calls);

private:
  using context = grpc::CallbackServerContext;

  grpc::ServerUnaryReactor* Get(context* from, fanout_example::QuoteRequest const* asked,
                                fanout_example::Quote* quote) override;
  grpc::ServerUnaryReactor* Count(context* from, fanout_example::CountsRequest const* asked,
                                  fanout_example::Counts* counts) override;

  boost::asio::awaitable<void> make_up(fanout_example::QuoteRequest const& asked,
                                       fanout_example::Quote& quote,
                                       std::chrono::steady_clock::time_point until);

  std::chrono::milliseconds take_;
  fanout::task_group& calls_;
  tally tally_;
};

#endif
