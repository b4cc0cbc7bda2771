// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "source.hpp"

#include "served_call.hpp"
#include "time_left.hpp"

#include <fanout/sleep.hpp>

#include <numeric>
#include <string>

namespace asio = boost::asio;
using std::chrono::steady_clock;

source::source(options const& o, fanout::task_group& calls)
    : take_(o.take), calls_(calls), tally_(o.log) {}

grpc::ServerUnaryReactor* source::Get(context* from, fanout_example::QuoteRequest const* asked,
                                      fanout_example::Quote* quote) {
  return serve(calls_, make_up(*asked, *quote, deadline_of(*from)));
}

grpc::ServerUnaryReactor* source::Count(context* from, fanout_example::CountsRequest const*,
                                        fanout_example::Counts* counts) {
  tally_.tell(*counts);
  auto* const at_once = from->DefaultReactor();
  at_once->Finish(grpc::Status::OK);
  return at_once;
}

asio::awaitable<void> source::make_up(fanout_example::QuoteRequest const& asked,
                                      fanout_example::Quote& quote,
                                      steady_clock::time_point until) {
  tally::call c(tally_, asked.symbol(), until);
  quote.set_left_us(microseconds_left(until));
  co_await fanout::sleep(take_);
  auto const& symbol = asked.symbol();
  quote.set_price(10 + std::accumulate(symbol.begin(), symbol.end(), 0) % 490);
  c.finished();
}
