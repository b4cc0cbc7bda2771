//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// Gathers of three and of one child, N of them one after another: what a gather itself costs.

#include <fanout/gather.hpp>
#include <fanout/policy.hpp>

#include "../support/at_least.hpp"
#include "../support/children.hpp"
#include "../support/workloads.hpp"
#ifdef FANOUT_BENCH_HAS_COBALT
#include "../support/cobalt.hpp"
#endif

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace bench {

namespace {

// The least that gathers so many. The values are 1, 2 and so on.
template <child_function* Child, bool Inside, int... Value>
asio::awaitable<sum> the_least(workspace& w) {
  constexpr std::size_t in_a_row = 64; // each takes stack, if all of its children return at once
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    std::array children{Child(Value)...};
    for (int const value : co_await at_least<Inside>(std::move(children))) total += value;
    if (Inside && i % in_a_row == 0) co_await asio::post(asio::deferred);
  }
  co_return total;
}

// ---- three

template <child_function* Child, auto... Policies>
asio::awaitable<sum> three_gathered(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto const [a, b, c] =
        co_await fanout::gather(Child(1), Child(2), Child(3), Policies...); // trivial
    total += a + b + c;
  }
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> three_in_a_row(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto a = Child(1), b = Child(2), c = Child(3);
    total += co_await std::move(a);
    total += co_await std::move(b);
    total += co_await std::move(c);
  }
  co_return total;
}

// What is left if everything but the start from a posted handler costs nothing.
template <child_function* Child>
asio::awaitable<sum> three_after_a_post(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto a = Child(1), b = Child(2), c = Child(3);
    co_await asio::post(asio::deferred);
    total += co_await std::move(a);
    total += co_await std::move(b);
    total += co_await std::move(c);
  }
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> three_in_parallel_group(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto group =
        asio::experimental::make_parallel_group(asio::co_spawn(executor, Child(1), asio::deferred),
                                                asio::co_spawn(executor, Child(2), asio::deferred),
                                                asio::co_spawn(executor, Child(3), asio::deferred));
    auto const ended =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::deferred);
    total += std::get<2>(ended) + std::get<4>(ended) + std::get<6>(ended);
  }
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> three_by_operators(workspace& w) {
  using namespace asio::experimental::awaitable_operators;
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto const [a, b, c] = co_await (Child(1) && Child(2) && Child(3)); // trivial
    total += a + b + c;
  }
  co_return total;
}

// Without what costs the same wherever it runs.
template <child_function* Child, auto... Policies>
std::vector<contender> threes_elsewhere() {
  return {{"gather", three_gathered<Child, Policies...>},
          {"in_a_row", three_in_a_row<Child>},
          {"parallel_group", three_in_parallel_group<Child>}};
}

#ifdef FANOUT_BENCH_HAS_COBALT
template <child_function* Child>
std::vector<contender> threes_in_cobalt() {
  using promise = cobalt::promise<int>;
  using task = cobalt::task<int>;
  constexpr bool hops = Child == hop;
  return {{"cobalt_promises", three_in_cobalt<child_in_cobalt<promise, hops>>},
          {"cobalt_tasks", three_in_cobalt<child_in_cobalt<task, hops>>}};
}
#else
template <child_function* Child>
std::vector<contender> threes_in_cobalt() {
  return {};
}
#endif

template <child_function* Child, auto... Policies>
std::vector<contender> threes() {
  std::vector<contender> all{{"gather", three_gathered<Child, Policies...>},
                             {"in_a_row", three_in_a_row<Child>},
                             {"after_a_post", three_after_a_post<Child>},
                             {"at_least", the_least<Child, (sizeof...(Policies) != 0), 1, 2, 3>},
                             {"parallel_group", three_in_parallel_group<Child>},
                             {"operators", three_by_operators<Child>}};
  for (contender const& c : threes_in_cobalt<Child>()) all.push_back(c);
  return all;
}

// ---- one

template <child_function* Child, auto... Policies>
asio::awaitable<sum> one_gathered(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto const [a] = co_await fanout::gather(Child(1), Policies...); // trivial
    total += a;
  }
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> one_awaited(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) total += co_await Child(1);
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> one_after_a_post(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto child = Child(1);
    co_await asio::post(asio::deferred);
    total += co_await std::move(child);
  }
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> one_spawned(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i)
    total += co_await asio::co_spawn(executor, Child(1), asio::deferred);
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> one_in_parallel_group(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto group =
        asio::experimental::make_parallel_group(asio::co_spawn(executor, Child(1), asio::deferred));
    auto const ended =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::deferred);
    total += std::get<2>(ended);
  }
  co_return total;
}

template <child_function* Child, auto... Policies>
std::vector<contender> ones() {
  return {{"gather", one_gathered<Child, Policies...>},
          {"awaited", one_awaited<Child>},
          {"after_a_post", one_after_a_post<Child>},
          {"at_least", the_least<Child, (sizeof...(Policies) != 0), 1>},
          {"co_spawn", one_spawned<Child>},
          {"parallel_group", one_in_parallel_group<Child>}};
}

workload of_three(char const* name, std::vector<contender> contenders, home where = home::context) {
  return {.name = name, .contenders = std::move(contenders), .children = 3, .where = where};
}

} // namespace

std::vector<workload> few_workloads() {
  using fanout::eager;
  return {
      of_three("three_immediate", threes<immediate>()),
      of_three("three_hop", threes<hop>()),
      {.name = "one_immediate", .contenders = ones<immediate>()},
      {.name = "one_hop", .contenders = ones<hop>()},
      of_three("three_immediate_eager", threes<immediate, eager>()),
      of_three("three_hop_eager", threes<hop, eager>()),
      {.name = "one_immediate_eager", .contenders = ones<immediate, eager>()},
      {.name = "one_hop_eager", .contenders = ones<hop, eager>()},
      of_three("run_three_immediate", threes_elsewhere<immediate>(), home::run),
      of_three("run_three_hop", threes_elsewhere<hop>(), home::run),
      of_three("run_three_immediate_eager", threes_elsewhere<immediate, eager>(), home::run),
      of_three("run_three_hop_eager", threes_elsewhere<hop, eager>(), home::run),
      of_three("strand_three_immediate", threes_elsewhere<immediate>(), home::strand),
      of_three("strand_three_hop", threes_elsewhere<hop>(), home::strand),
      of_three("strand_three_immediate_eager", threes_elsewhere<immediate, eager>(), home::strand),
      of_three("strand_three_hop_eager", threes_elsewhere<hop, eager>(), home::strand),
  };
}

} // namespace bench
