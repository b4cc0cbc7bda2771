//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// N children that wait for a timer, cancelled from outside when all of them wait. It is over when
// all have ended. Their wait throws, or they ask what it ended with (as_tuple).

#include "../support/contenders.hpp"
#include "../support/workloads.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <tuple>
#include <utility>

namespace bench {

namespace {

/// Cancels when all children wait, and counts how many have ended.
class stopper {
public:
  stopper(asio::any_io_executor executor, std::size_t n)
      : executor_(std::move(executor)), left_(n) {}

  /// Called by a child right before it waits.
  void waits() {
    if (--left_ == 0)
      asio::post(executor_, [this] { signal_.emit(asio::cancellation_type::terminal); });
  }
  void ended() { ++n_ended_; }

  auto token() { return asio::bind_cancellation_slot(signal_.slot(), as_tuple_); }
  sum n_ended() const { return n_ended_; }

private:
  static constexpr asio::as_tuple_t<asio::use_awaitable_t<>> as_tuple_{
      asio::as_tuple(asio::use_awaitable)};

  asio::any_io_executor executor_;
  std::size_t left_;
  sum n_ended_ = 0;
  asio::cancellation_signal signal_;
};

class ending {
public:
  explicit ending(stopper& s) : stopper_(s) {}
  ending(ending const&) = delete;
  ~ending() { stopper_.ended(); }

private:
  stopper& stopper_;
};

using waiting_child = asio::awaitable<int>(stopper&, int);

asio::awaitable<int> throwing(stopper& stop, int i) {
  ending const at_end(stop);
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  stop.waits();
  co_await timer.async_wait(asio::deferred);
  co_return i;
}

asio::awaitable<int> asking(stopper& stop, int i) {
  ending const at_end(stop);
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  stop.waits();
  auto const [error] = co_await timer.async_wait(asio::as_tuple(asio::deferred)); // trivial
  co_return error ? i : 0;
}

template <waiting_child* Child>
auto making(stopper& stop) {
  return [&stop](int i) { return Child(stop, i); };
}

template <waiting_child* Child>
std::vector<asio::awaitable<int>> waiting(stopper& stop, std::size_t n) {
  std::vector<asio::awaitable<int>> made;
  made.reserve(n);
  for (std::size_t i = 0; i < n; ++i) made.push_back(Child(stop, static_cast<int>(i)));
  return made;
}

// Keeps the first error, as the loop by hand does.
template <waiting_child* Child>
asio::awaitable<sum> gathered(workspace& w) {
  stopper stop(co_await asio::this_coro::executor, w.size);
  auto all = fanout::gather(waiting<Child>(stop, w.size));
  co_await std::move(all)(stop.token());
  co_return stop.n_ended();
}

// Keeps all outcomes, as parallel_group does.
template <waiting_child* Child>
asio::awaitable<sum> gathered_results(workspace& w) {
  stopper stop(co_await asio::this_coro::executor, w.size);
  auto all =
      fanout::gather(waiting<Child>(stop, w.size), fanout::return_exceptions, fanout::keep_results);
  co_await std::move(all)(stop.token());
  co_return stop.n_ended();
}

template <waiting_child* Child>
asio::awaitable<sum> in_parallel_group(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  stopper stop(executor, w.size);
  auto group =
      asio::experimental::make_parallel_group(spawning(executor, w.size, making<Child>(stop)));
  co_await group.async_wait(asio::experimental::wait_for_all(), stop.token());
  co_return stop.n_ended();
}

template <waiting_child* Child>
asio::awaitable<sum> by_hand_cancelled(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  stopper stop(executor, w.size);
  co_await async_all(stop.token(), start_counted_with_signals(), executor, w.size,
                     making<Child>(stop));
  co_return stop.n_ended();
}

template <waiting_child* Child>
std::vector<contender> contenders() {
  return {{"gather", gathered<Child>},
          {"gather_results", gathered_results<Child>},
          {"parallel_group", in_parallel_group<Child>},
          {"by_hand", by_hand_cancelled<Child>}};
}

} // namespace

std::vector<workload> cancellation_workloads() {
  return {
      {.name = "cancel_throwing", .contenders = contenders<throwing>()},
      {.name = "cancel_as_tuple", .contenders = contenders<asking>()},
  };
}

} // namespace bench
