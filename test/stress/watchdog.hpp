//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_STRESS_WATCHDOG_HPP
#define FANOUT_TEST_STRESS_WATCHDOG_HPP

#include "../trees/tree.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

/// Ends the program when nothing has started or ended for a while, and says what is pending.
class watchdog {
public:
  watchdog() = default;
  watchdog(watchdog const&) = delete;
  watchdog& operator=(watchdog const&) = delete;
  ~watchdog() {
    {
      std::lock_guard const lock(mutex_);
      over_ = true;
    }
    wakes_.notify_one();
    thread_.join();
  }

  void watch(std::weak_ptr<trees::tree> t) {
    std::lock_guard const lock(mutex_);
    std::erase_if(trees_, [](auto const& gone) { return gone.expired(); });
    trees_.push_back(std::move(t));
  }

private:
  static constexpr std::chrono::seconds patience{20};

  static unsigned long progress() {
    auto const& all = trees::all_trees();
    unsigned long sum = all.trees_made + all.trees_gone + all.started;
    for (auto const& n : all.ended) sum += n;
    return sum;
  }

  void look() {
    auto before = progress();
    auto since = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (!wakes_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; })) {
      auto const now = progress();
      if (now != std::exchange(before, now)) since = std::chrono::steady_clock::now();
      if (std::chrono::steady_clock::now() - since > patience) bark();
    }
  }

  void bark() {
    std::printf("nothing has happened for %d s; pending:\n", static_cast<int>(patience.count()));
    for (auto const& weak : trees_)
      if (auto const t = weak.lock())
        std::printf("%s\n%s", t->name().c_str(), t->pending().c_str());
    std::fflush(stdout);
    std::abort();
  }

  std::mutex mutex_;
  std::condition_variable wakes_;
  bool over_ = false;
  std::vector<std::weak_ptr<trees::tree>> trees_;
  std::thread thread_{[this] { look(); }};
};

#endif // FANOUT_TEST_STRESS_WATCHDOG_HPP
