// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The whole of the gateway's concurrency but for its connections: what is asked at once, how many
// at most, for how long, and what a slow or a failing one means for the others.

#include "quote.hpp"

#include <fanout/first_success.hpp>
#include <fanout/gather.hpp>
#include <fanout/limiter.hpp>
#include <fanout/named.hpp>
#include <fanout/timeout.hpp>

#include <ranges>
#include <utility>

namespace asio = boost::asio;
using std::chrono::steady_clock;
using std::views::transform;

struct quotes::source {
  explicit source(upstream& u) : service(u), places(u.config.limit) {}

  upstream& service;
  fanout::limiter places; // shared by all requests
};

quotes::quotes(std::vector<std::unique_ptr<upstream>> const& upstreams,
               std::chrono::milliseconds deadline, admission const& a)
    : deadline_(deadline), admission_(a) {
  for (auto const& u : upstreams) sources_.push_back(std::make_unique<source>(*u));
}

quotes::~quotes() = default;

/// A gather of gathers. Nothing in here runs any more when it has ended, because errors are results
/// in the inner ones and end everything in the outer one: so all of it may refer to what is here.
asio::awaitable<std::vector<std::vector<reading>>> quotes::read_all(
    std::vector<std::string> const& symbols, exchange const& e) {
  // [gateway]
  auto const until = steady_clock::now() + deadline_;
  auto const ask = [&](std::unique_ptr<source> const& from) {
    auto const about = [&](std::string const& symbol) {
      return fanout::named(from->service.config.name + " " + symbol,
                           read(*from, {symbol, e, until}));
    };
    return fanout::gather(symbols | transform(about), fanout::limit(from->places),
                          fanout::deadline(until), fanout::return_exceptions);
  };
  auto all = fanout::gather(sources_ | transform(ask), fanout::cancel_on_error);
  co_return co_await std::move(all);
  // [end]
}

/// The first replica is asked, and the next one as well if that takes long or fails: whoever
/// answers first is right, and the others are called back.
asio::awaitable<boost::json::value> quotes::read(source& from, question q) {
  auto const ask = [&](replica& r) { return r.ask(q); };
  // [hedged]
  auto hedged = fanout::first_success(from.service.replicas | transform(ask),
                                      fanout::stagger(head_start(from)));
  auto first = co_await std::move(hedged);
  // [end]
  if (first.index > 0) from.service.counts.hedges_won.Increment();
  co_return std::move(first.value);
}

/// A hedge is one more call: where there is more to do than can be done, it would make things
/// worse. A replica is still asked after another one has failed.
std::chrono::milliseconds quotes::head_start(source const& from) const {
  bool const is_short = admission_.is_short() || !from.places.try_acquire();
  return is_short ? deadline_ : from.service.config.hedge_after;
}
