// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "admission.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto period = 5ms, idle_period = 100ms;
constexpr auto a_while = 1s;
constexpr double least = 4;
constexpr double steepest = 0.8; // decrease

} // namespace

admission::admission(std::size_t most, std::chrono::milliseconds tolerable)
    : most_(static_cast<double>(most)), tolerable_(tolerable), places_(most_) {}

asio::awaitable<void> admission::watch() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    auto const due = clock::now() + (now_ > 0 ? period : idle_period);
    timer.expires_at(due);
    co_await timer.async_wait(asio::deferred);
    adjust(clock::now() - due);
  }
}

bool admission::has_room() {
  if (static_cast<double>(now_) < places_) return true;
  refused_ = clock::now();
  return false;
}

bool admission::is_short() const { return clock::now() - refused_ < a_while; }

/// One turn that is late may be chance: the other threads of the machine have their turns too; and
/// where next to nothing was worked on, it was not too much. A decrease begins at what was worked
/// on, where that was less than allowed: it was too much all the same.
void admission::adjust(clock::duration late) {
  auto const peak = static_cast<double>(std::exchange(peak_, now_));
  late_ = (late_ + late) / 2;
  if (late_ > tolerable_) {
    auto const factor = std::max(steepest, std::chrono::duration<double>(tolerable_) / late_);
    if (peak > least) places_ = std::max(least, std::min(places_, peak) * factor);
  } else {
    places_ = std::min(most_, places_ + 1);
  }
}
