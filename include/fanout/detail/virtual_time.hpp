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
#include <boost/asio/wait_traits.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <ratio>

namespace fanout::inline FANOUT_ABI::detail {

class virtual_clock {
public:
  using rep = std::int64_t;
  using period = std::pico;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<virtual_clock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept { return time_point(++time()); }

  /// Called by Asio's wait_traits with the time until the next timer.
  static void due_in(duration d) noexcept { due() = time() + d; }

  /// Jumps to the next timer, unless there is none.
  static bool jump() noexcept {
    if (!due()) return false;
    if (*due() > time()) time() = *due();
    due().reset();
    return true;
  }

  static void forget_due() noexcept { due().reset(); }

private:
  static duration& time() noexcept {
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
    virtual_clock::forget_due();
    if (context.poll() != 0 || virtual_clock::jump()) silent = -1;
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

template <>
struct boost::asio::wait_traits<fanout::detail::virtual_clock> {
  using clock = fanout::detail::virtual_clock;

  static clock::duration to_wait_duration(clock::duration const& d) {
    clock::due_in(d);
    return clock::duration::zero();
  }

  static clock::duration to_wait_duration(clock::time_point const& t) {
    return to_wait_duration(t - clock::now());
  }
};

#endif // FANOUT_DETAIL_VIRTUAL_TIME_HPP
