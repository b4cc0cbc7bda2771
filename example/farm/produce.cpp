// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// farm produce: fills the queue.

#include "farm.hpp"
#include "list.hpp"
#include "queue.hpp"
#include "redis.hpp"

#include <fanout/race.hpp>
#include <fanout/sleep.hpp>

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

namespace asio = boost::asio;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace farm {

namespace {

constexpr auto time_to_look_again = 20ms; // while the window is full

/// Each chunk is added behind the position where the list was left, by whatever process.
asio::awaitable<void> add_list(queue& q, produce_options const& o, log& l) {
  list urls(o.from);
  auto const until = o.within ? std::optional(now() + *o.within) : std::nullopt;
  co_await q.open();
  if (auto const size = urls.size()) co_await q.set_total(*size);
  urls.pass(co_await q.where());
  auto const before = urls.here().lines;
  while (!urls.ahead(o.chunk).empty()) {
    auto const there =
        co_await q.add(urls.here(), urls.behind(), urls.ahead(o.chunk), until, o.window);
    if (there == urls.here())
      co_await fanout::sleep(time_to_look_again);
    else
      urls.pass(there);
  }
  co_await q.set_complete(urls.here());
  l.say(fmt::format("{} jobs added, {} were there before", urls.here().lines - before, before));
}

} // namespace

asio::awaitable<void> produce(options const& o, log& l) {
  redis_link link(co_await asio::this_coro::executor, o.redis, "farm-produce", l);
  queue q(link, o.farm);
  auto both = fanout::race(add_list(q, o.produce, l), link.run());
  co_await std::move(both);
}

} // namespace farm
