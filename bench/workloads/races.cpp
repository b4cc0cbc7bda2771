//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Races of three, N of them one after another: all three would end in the same turn, or two of them
// have to be cancelled.

#include <fanout/race.hpp>

#include "../support/children.hpp"
#include "../support/workloads.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <tuple>
#include <utility>
#include <variant>

namespace bench {

namespace {

// They yield the same, since which one wins is up to the contender.

template <child_function* First, child_function* Other>
asio::awaitable<sum> raced(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto const won = co_await fanout::race(First(1), Other(1), Other(1));
    total += won.value;
  }
  co_return total;
}

template <child_function* First, child_function* Other>
asio::awaitable<sum> raced_by_operators(workspace& w) {
  using namespace asio::experimental::awaitable_operators;
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto const won = co_await (First(1) || Other(1) || Other(1));
    total += std::visit([](int value) { return value; }, won);
  }
  co_return total;
}

template <child_function* First, child_function* Other>
asio::awaitable<sum> raced_in_parallel_group(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto group =
        asio::experimental::make_parallel_group(asio::co_spawn(executor, First(1), asio::deferred),
                                                asio::co_spawn(executor, Other(1), asio::deferred),
                                                asio::co_spawn(executor, Other(1), asio::deferred));
    auto const ended =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::deferred);
    std::array const values{std::get<2>(ended), std::get<4>(ended), std::get<6>(ended)};
    total += values[std::get<0>(ended)[0]];
  }
  co_return total;
}

template <child_function* First, child_function* Other>
std::vector<contender> contenders() {
  return {{"race", raced<First, Other>},
          {"operators", raced_by_operators<First, Other>},
          {"parallel_group", raced_in_parallel_group<First, Other>}};
}

} // namespace

std::vector<workload> race_workloads() {
  return {
      {.name = "race_immediate", .contenders = contenders<immediate, immediate>(), .children = 3},
      {.name = "race_hop", .contenders = contenders<hop, hop>(), .children = 3},
      {.name = "race_cancelling", .contenders = contenders<hop, endless>(), .children = 3},
  };
}

} // namespace bench
