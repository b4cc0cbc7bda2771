//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// N plain operations of Asio, waits on timers, and no coroutine among them.

#include <fanout/gather.hpp>

#include "../support/by_hand.hpp"
#include "../support/children.hpp"
#include "../support/workloads.hpp"

#include <boost/asio/experimental/parallel_group.hpp>

#include <functional>
#include <ranges>
#include <tuple>
#include <utility>

namespace bench {

namespace {

auto wait_for(asio::steady_timer& timer) { return timer.async_wait(asio::deferred); }

asio::awaitable<sum> gathered(workspace& w) {
  co_await fanout::gather(w.timers | std::views::transform(wait_for));
  co_return static_cast<sum>(w.size);
}

asio::awaitable<sum> in_parallel_group(workspace& w) {
  std::vector<decltype(wait_for(w.timers.front()))> operations;
  operations.reserve(w.size);
  for (auto& timer : w.timers) operations.push_back(wait_for(timer));
  auto group = asio::experimental::make_parallel_group(std::move(operations));
  auto const ended = co_await group.async_wait(asio::experimental::wait_for_all(), asio::deferred);
  co_return static_cast<sum>(std::get<0>(ended).size());
}

asio::awaitable<sum> by_hand(workspace& w) {
  co_return sum_of(co_await awaited(start_counted_operations(), std::ref(w)));
}

} // namespace

std::vector<workload> operation_workloads() {
  return {
      {.name = "operations",
       .contenders = {{"gather", gathered},
                      {"parallel_group", in_parallel_group},
                      {"by_hand", by_hand}}},
  };
}

} // namespace bench
