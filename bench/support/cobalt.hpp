//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_COBALT_HPP
#define FANOUT_BENCH_SUPPORT_COBALT_HPP

// Joins of three by Boost.Cobalt, which has coroutines of its own: promises, which start in the
// call that makes them, and tasks, which start when they are awaited. Memory and executor are those
// that `cobalt::run` gives.

#include "children.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/cobalt/config.hpp>
#include <boost/cobalt/join.hpp>
#include <boost/cobalt/op.hpp>
#include <boost/cobalt/promise.hpp>
#include <boost/cobalt/spawn.hpp>
#include <boost/cobalt/task.hpp>
#include <boost/cobalt/this_thread.hpp>

#include <cstddef>

namespace bench {

namespace cobalt = boost::cobalt;

template <class Coroutine, bool Hops>
Coroutine child_in_cobalt(int value) {
  if (Hops) co_await asio::post(cobalt::this_thread::get_executor(), cobalt::use_op);
  co_return value;
}

template <auto Child>
cobalt::task<sum> threes_joined(std::size_t n) {
  sum total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    auto const [a, b, c] = co_await cobalt::join(Child(1), Child(2), Child(3)); // trivial
    total += a + b + c;
  }
  co_return total;
}

template <auto Child>
asio::awaitable<sum> three_in_cobalt(workspace& w) {
  static cobalt::pmr::unsynchronized_pool_resource pool;
  auto const executor = co_await asio::this_coro::executor;
  cobalt::this_thread::set_executor(executor);
  auto* const before = cobalt::this_thread::set_default_resource(&pool);
  sum const total = co_await cobalt::spawn(executor, threes_joined<Child>(w.size), asio::deferred);
  cobalt::this_thread::set_default_resource(before);
  co_return total;
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_COBALT_HPP
