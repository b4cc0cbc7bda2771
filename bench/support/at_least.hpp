//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_AT_LEAST_HPP
#define FANOUT_BENCH_SUPPORT_AT_LEAST_HPP

// The least that gathers a few: a state, a loop that launches coroutines, each of which takes
// children until one suspends, and a count of those left. The loop runs in a posted handler, or
// inside the initiating call. It knows neither errors nor cancellations, and nothing of other
// executors or threads.

#include <fanout/detail/launch.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace bench {

namespace asio = boost::asio;

template <class Handler, std::size_t N>
struct least_state {
  static fanout::detail::launchable<asio::any_io_executor> run(std::shared_ptr<least_state> self) {
    while (self->started < N) {
      auto const i = self->started++;
      self->values[i] = co_await std::move(self->children[i]);
      if (--self->left != 0) continue;
      auto handler = std::move(self->handler);
      auto const values = self->values;
      self.reset();
      std::move(handler)(values);
      break;
    }
  }

  Handler handler;
  std::array<asio::awaitable<int>, N> children;
  std::array<int, N> values{};
  std::size_t started = 0, left = N;
};

template <bool Inside>
struct start_least {
  template <class Handler, std::size_t N>
  void operator()(Handler&& handler, std::array<asio::awaitable<int>, N> children) const {
    using state = least_state<std::decay_t<Handler>, N>;
    auto const executor = asio::get_associated_executor(handler);
    auto const allocator = asio::get_associated_allocator(handler);
    auto const made = std::allocate_shared<state>(
        allocator, state{std::forward<Handler>(handler), std::move(children)});
    auto const start = [made, executor] {
      while (made->started < N) fanout::detail::launch(state::run(made), executor, {}, nullptr);
    };
    if constexpr (Inside)
      start();
    else
      asio::post(executor, start);
  }
};

/// An operation that yields the values. `Inside`: the children start inside the call.
template <bool Inside, std::size_t N>
auto at_least(std::array<asio::awaitable<int>, N> children) {
  return asio::async_initiate<asio::deferred_t const&, void(std::array<int, N>)>(
      start_least<Inside>(), asio::deferred, std::move(children));
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_AT_LEAST_HPP
