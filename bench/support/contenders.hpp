//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_CONTENDERS_HPP
#define FANOUT_BENCH_SUPPORT_CONTENDERS_HPP

// gather, and what one would write without it. Each peer is written as well as its author could:
// memory reserved, handlers moved, the same executor.

#include <fanout/gather.hpp>

#include "by_hand.hpp"
#include "children.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

namespace bench {

// ---- n coroutines

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

template <child_function* Child>
asio::awaitable<sum> parallel_group(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  using operation = decltype(asio::co_spawn(executor, Child(0), asio::deferred));
  std::vector<operation> operations;
  operations.reserve(w.size);
  for (std::size_t i = 0; i < w.size; ++i)
    operations.push_back(asio::co_spawn(executor, Child(static_cast<int>(i)), asio::deferred));
  co_return co_await all_of_group(std::move(operations));
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

// ---- n times three coroutines

template <child_function* Child>
asio::awaitable<sum> three_gathered(workspace& w) {
  sum total = 0;
  for (std::size_t i = 0; i < w.size; ++i) {
    auto const [a, b, c] = co_await fanout::gather(Child(1), Child(2), Child(3)); // trivial
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

// ---- a lazy range of n coroutines

template <child_function* Child>
auto lazy(std::size_t n) {
  return std::views::iota(0, static_cast<int>(n)) | std::views::transform(Child);
}

template <child_function* Child>
asio::awaitable<sum> lazy_limited(workspace& w) {
  co_return sum_of(co_await fanout::gather(lazy<Child>(w.size), fanout::limit(64)));
}

template <child_function* Child>
asio::awaitable<sum> lazy_unlimited(workspace& w) {
  co_return sum_of(co_await fanout::gather(lazy<Child>(w.size)));
}

template <child_function* Child>
asio::awaitable<sum> lazy_in_a_row(workspace& w) {
  std::vector<int> values;
  values.reserve(w.size);
  for (auto child : lazy<Child>(w.size)) values.push_back(co_await std::move(child));
  co_return sum_of(values);
}

// ---- n plain operations

inline auto wait_for(asio::steady_timer& timer) { return timer.async_wait(asio::deferred); }

inline asio::awaitable<sum> operations_gathered(workspace& w) {
  co_await fanout::gather(w.timers | std::views::transform(wait_for));
  co_return static_cast<sum>(w.size);
}

inline asio::awaitable<sum> operations_in_parallel_group(workspace& w) {
  std::vector<decltype(wait_for(w.timers.front()))> operations;
  operations.reserve(w.size);
  for (auto& timer : w.timers) operations.push_back(wait_for(timer));
  auto group = asio::experimental::make_parallel_group(std::move(operations));
  auto const ended = co_await group.async_wait(asio::experimental::wait_for_all(), asio::deferred);
  co_return static_cast<sum>(std::get<0>(ended).size());
}

inline asio::awaitable<sum> operations_by_hand(workspace& w) {
  co_return sum_of(co_await awaited(start_counted_operations(), std::ref(w)));
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_CONTENDERS_HPP
