//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TESTING_HPP
#define FANOUT_TESTING_HPP

#include <fanout/all_tasks.hpp>
#include <fanout/concepts.hpp>
#include <fanout/run.hpp>
#include <fanout/detail/own_context.hpp>
#include <fanout/detail/run.hpp>
#include <fanout/detail/virtual_time.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/wait_traits.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace fanout::inline FANOUT_ABI {

namespace detail {

std::string stuck_in_virtual_time(asio::io_context& context);
std::string left_too_early(asio::io_context& context);

} // namespace detail

/// A clock for tests: its time stands still while anything can run, and jumps to the next deadline
/// when nothing can. Use it wherever a clock is a template argument: `sleep<virtual_clock>(1h)`,
/// `child_timeout<virtual_clock>(5s)`, `asio::basic_waitable_timer<virtual_clock>`.
///
/// Each thread has a time of its own, which starts at zero. Each reading of it takes a picosecond,
/// so that timers of equal length that are started one after another fire in that order.
class virtual_clock {
public:
  using duration = detail::virtual_time::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<virtual_clock>;
  static constexpr bool is_steady = true;

  /// The time of the calling thread.
  static time_point now() noexcept { return time_point(detail::virtual_time::read()); }
};

/// Runs `main` as `run` does, but in virtual time and without signals.
///
/// *Results*: what `main` yields.
///
/// *Errors*: what `main` throws; `invalid_state` as soon as nothing can run, no timer of
/// `virtual_clock` is pending, and `main` has not ended: a deadlock, which a test sees at once. The
/// text names the tasks and children that have not ended.
///
/// *Executor and threads*: everything runs on the calling thread. Real I/O and other clocks do not
/// fit into virtual time: what waits for a socket looks like a deadlock.
///
/// *Example*: `run_virtual([]() -> asio::awaitable<void> { co_await sleep<virtual_clock>(1h); });`
template <child Main>
child_value_t<Main> run_virtual(Main main) {
  detail::own_context context(1);
  detail::main_run<child_value_t<Main>> r(*context);
  r.start(std::move(main));
  r.drive([&context] { detail::drive_virtual(*context); });
  return r.result(false, detail::stuck_in_virtual_time);
}

/// The same with a loop that the caller runs, so that a test sees what leaves a handler.
///
/// *Effects*: starts `main` and calls `drive(loop)` once. Each call of `loop()` runs the context
/// until it is stopped, which is when `main` and everything left over have ended, or until nothing
/// can happen any more.
///
/// *Results*: what `main` yields.
///
/// *Errors*: what `main` throws; `invalid_state` if `drive` returns before `main` has ended. An
/// exception out of a handler leaves `loop()`, which may be called again; one out of `drive` leaves
/// `run_virtual`.
///
/// *Executor and threads*: `loop` is called on the calling thread, before `drive` returns.
///
/// *Python*: `loop.set_exception_handler` in a test.
///
/// *Example*: `run_virtual(body, [](auto const& loop) { BOOST_CHECK_THROW(loop(), oops); loop();
/// });`
template <child Main, class Drive>
child_value_t<Main> run_virtual(Main main, Drive&& drive) {
  detail::own_context context(1);
  auto const work = asio::make_work_guard(*context); // also between two calls
  auto const loop = [&context] { detail::drive_virtual(*context); };
  detail::main_run<child_value_t<Main>> r(*context);
  r.start(std::move(main));
  std::forward<Drive>(drive)(loop);
  return r.result(false, detail::left_too_early);
}

namespace detail {

/// The tasks and children of this library that have not ended. Asio does not tell which of its
/// timers and sockets are waited for.
inline std::string stuck_tasks(asio::io_context& context) {
  std::string text;
  for (auto const& task : all_tasks(context)) {
    text += (text.empty() ? "" : "; ") + task.name;
    if (!task.waits_for.empty()) text += ", which waits for " + task.waits_for;
  }
  return text;
}

inline std::string stuck_in_virtual_time(asio::io_context& context) {
  return "fanout::run_virtual: main has not ended, and no timer of virtual_clock is pending; other "
         "clocks and real I/O do not count here; not ended: " +
         stuck_tasks(context);
}

inline std::string left_too_early(asio::io_context& context) {
  return "fanout::run_virtual: drive has returned, but main has not ended; not ended: " +
         stuck_tasks(context);
}

} // namespace detail

} // namespace fanout::inline FANOUT_ABI

/// Tells the virtual time for how long Asio would wait for its next timer; Asio then does not wait.
template <>
struct boost::asio::wait_traits<fanout::virtual_clock> {
  using clock = fanout::virtual_clock;

  static clock::duration to_wait_duration(clock::duration const& d) {
    fanout::detail::virtual_time::due_in(d);
    return clock::duration::zero();
  }

  static clock::duration to_wait_duration(clock::time_point const& t) {
    return to_wait_duration(t - clock::now());
  }
};

#endif // FANOUT_TESTING_HPP
