//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_VIRTUAL_TIME_HPP
#define FANOUT_DETAIL_VIRTUAL_TIME_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <ratio>

namespace fanout::inline FANOUT_ABI::detail {

/// The virtual time of each thread, and the time of its next timer.
class virtual_time {
public:
  using duration = std::chrono::duration<std::int64_t, std::pico>;

  /// The time since the start of the thread. Reading it takes a picosecond. After 106 days, the
  /// most picoseconds that 64 bits hold, it stands still.
  static duration read() noexcept {
    if (now() != duration::max()) ++now();
    return now();
  }

  /// Called by Asio's wait_traits with the time until the next timer.
  static void due_in(duration d) noexcept {
    due() = d < duration::max() - now() ? now() + d : duration::max();
  }

  /// Sets the time to that of the next timer. Returns false if there is none.
  static bool jump() noexcept {
    if (!due()) return false;
    if (*due() > now()) now() = *due();
    due().reset();
    return true;
  }

  static void forget_due() noexcept { due().reset(); }

private:
  static duration& now() noexcept {
    static thread_local duration t{0};
    return t;
  }

  static std::optional<duration>& due() noexcept {
    static thread_local std::optional<duration> d;
    return d;
  }
};

/// Runs the context until it is stopped, or nothing is left to run.
inline void drive_virtual(asio::io_context& context) {
  // The kernel reports an expired timer a moment late, so only several polls without a handler mean
  // that nothing is left.
  constexpr int silent_polls = 1000;
  auto const work = asio::make_work_guard(context);
  for (int silent = 0; silent < silent_polls && !context.stopped(); ++silent) {
    virtual_time::forget_due();
    if (context.poll() != 0 || virtual_time::jump()) silent = -1;
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_VIRTUAL_TIME_HPP
