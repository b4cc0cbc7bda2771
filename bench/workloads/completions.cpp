//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// N coroutines whose ends are taken as they come.

#include <fanout/as_completed.hpp>

#include "../support/children.hpp"
#include "../support/parking.hpp"
#include "../support/workloads.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <deque>
#include <exception>
#include <tuple>
#include <utility>

namespace bench {

namespace {

template <child_function* Child>
asio::awaitable<sum> streamed(workspace& w) {
  sum total = 0;
  auto stream = fanout::as_completed(children<Child>(w.size));
  while (auto const next = co_await stream.next()) total += next->result.value();
  co_return total;
}

struct end {
  std::size_t index;
  std::exception_ptr error;
  int value;
};

template <child_function* Child>
asio::awaitable<sum> by_hand(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  std::deque<end> ends;
  parking consumer;
  for (std::size_t i = 0; i < w.size; ++i)
    asio::co_spawn(executor, Child(static_cast<int>(i)), [&, i](std::exception_ptr e, int v) {
      ends.push_back({i, std::move(e), v});
      consumer.wake();
    });
  sum total = 0;
  for (std::size_t left = w.size; left > 0; --left) {
    if (ends.empty()) co_await consumer.wait();
    end const next = std::move(ends.front());
    ends.pop_front();
    if (next.error) std::rethrow_exception(next.error);
    total += next.value;
  }
  co_return total;
}

template <child_function* Child>
asio::awaitable<sum> by_channel(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  asio::experimental::channel<void(std::exception_ptr, std::size_t, int)> ends(executor, w.size);
  for (std::size_t i = 0; i < w.size; ++i)
    asio::co_spawn(executor, Child(static_cast<int>(i)),
                   [&, i](std::exception_ptr e, int v) { ends.try_send(std::move(e), i, v); });
  sum total = 0;
  for (std::size_t left = w.size; left > 0; --left) {
    auto const next = co_await ends.async_receive(asio::use_awaitable);
    total += std::get<1>(next);
  }
  co_return total;
}

template <child_function* Child>
std::vector<contender> contenders() {
  return {{"as_completed", streamed<Child>},
          {"by_hand", by_hand<Child>},
          {"channel", by_channel<Child>}};
}

} // namespace

std::vector<workload> completion_workloads() {
  return {
      {.name = "completed_immediate", .contenders = contenders<immediate>()},
      {.name = "completed_hop", .contenders = contenders<hop>()},
  };
}

} // namespace bench
