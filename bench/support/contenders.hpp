//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_CONTENDERS_HPP
#define FANOUT_BENCH_SUPPORT_CONTENDERS_HPP

// n coroutines at once: gather, and what one would write without it. Each peer is written as well
// as its author could: memory reserved, handlers moved, the same executor.

#include <fanout/gather.hpp>

#include "by_hand.hpp"
#include "children.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <tuple>
#include <utility>
#include <vector>

namespace bench {

template <child_function* Child>
asio::awaitable<sum> gather(workspace& w) {
  co_return sum_of(co_await fanout::gather(children<Child>(w.size)));
}

template <child_function* Child>
asio::awaitable<sum> in_a_row(workspace& w) {
  auto made = children<Child>(w.size);
  std::vector<int> values;
  values.reserve(w.size);
  for (auto& child : made) values.push_back(co_await std::move(child));
  co_return sum_of(values);
}

template <class Operations>
asio::awaitable<sum> all_of_group(Operations operations) {
  auto group = asio::experimental::make_parallel_group(std::move(operations));
  auto const ended = co_await group.async_wait(asio::experimental::wait_for_all(), asio::deferred);
  for (auto const& error : std::get<1>(ended))
    if (error) std::rethrow_exception(error);
  co_return sum_of(std::get<2>(ended));
}

/// n operations, each of which spawns what `make` gives.
template <class Make>
auto spawning(asio::any_io_executor const& executor, std::size_t n, Make make) {
  using operation = decltype(asio::co_spawn(executor, make(0), asio::deferred));
  std::vector<operation> operations;
  operations.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    operations.push_back(asio::co_spawn(executor, make(static_cast<int>(i)), asio::deferred));
  return operations;
}

template <child_function* Child>
asio::awaitable<sum> parallel_group(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  co_return co_await all_of_group(spawning(executor, w.size, Child));
}

template <child_function* Child>
asio::awaitable<sum> by_hand(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  co_return sum_of(co_await awaited(start_counted(), executor, w.size, Child));
}

template <child_function* Child>
asio::awaitable<sum> by_hand_with_signals(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  co_return sum_of(co_await awaited(start_counted_with_signals(), executor, w.size, Child));
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_CONTENDERS_HPP
