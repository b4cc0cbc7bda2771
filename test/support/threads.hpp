//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_THREADS_HPP
#define FANOUT_TEST_SUPPORT_THREADS_HPP

// What tests with threads share. Times are real here, and no test depends on their length: a wait
// has a bound only so that a deadlock becomes a failure.

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace fanout_test {

inline constexpr std::chrono::seconds patience{20};

/// What a future holds; fails if it does not come.
template <class T>
T get(std::future<T> f) {
  if (f.wait_for(patience) != std::future_status::ready)
    throw std::runtime_error("deadlock: the future is not ready");
  return f.get();
}

/// Runs an operation to its end and gives what it yields.
template <class Operation>
auto result_of(Operation operation) {
  return get(std::move(operation)(boost::asio::use_future));
}

/// Runs `f` on an executor, to its end.
template <class Executor, class F>
auto on(Executor const& executor, F f) {
  return get(boost::asio::post(executor, boost::asio::use_future(std::move(f))));
}

/// Counts who is inside a scope, and how many at most were at once.
class crowd {
public:
  class visit {
  public:
    explicit visit(crowd& c) : crowd_(c) {
      int const now = ++crowd_.inside_;
      int most = crowd_.most_;
      while (most < now && !crowd_.most_.compare_exchange_weak(most, now)) {
      }
    }
    visit(visit const&) = delete;
    visit& operator=(visit const&) = delete;
    ~visit() { --crowd_.inside_; }

  private:
    crowd& crowd_;
  };

  int inside() const { return inside_; }
  int most() const { return most_; }

private:
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
};

/// Holds a thread up until `n` of them are here at the same time: says whether they came.
class meeting {
public:
  explicit meeting(int n) : expected_(n) {}

  bool attend() {
    ++here_;
    auto const end = std::chrono::steady_clock::now() + patience;
    while (here_ < expected_ && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return here_ >= expected_;
  }

private:
  int expected_;
  std::atomic<int> here_{0};
};

/// Wastes up to this many turns of a loop, to come at another moment each time.
inline void dawdle(std::minstd_rand& random, unsigned turns) {
  for (unsigned n = static_cast<unsigned>(random() % turns); n > 0; --n)
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_THREADS_HPP
