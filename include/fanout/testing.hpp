//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TESTING_HPP
#define FANOUT_TESTING_HPP

#include <fanout/concepts.hpp>
#include <fanout/run.hpp>
#include <fanout/detail/own_context.hpp>
#include <fanout/detail/run.hpp>
#include <fanout/detail/virtual_time.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// A clock for tests: its time stands still while anything can run, and jumps to the next deadline
/// when nothing can. Use it wherever a clock is a template argument: `sleep<virtual_clock>(1h)`,
/// `child_timeout<virtual_clock>(5s)`, `asio::basic_waitable_timer<virtual_clock>`.
///
/// Each thread has a time of its own, which starts at zero. Each reading of it takes a picosecond,
/// so that timers of equal length that are started one after another fire in that order.
using virtual_clock = detail::virtual_clock;

/// Runs `main` as `run` does, but in virtual time and without signals.
///
/// *Results*: what `main` yields.
///
/// *Errors*: what `main` throws; `invalid_state` as soon as nothing is pending, no timer either,
/// and `main` has not ended: a deadlock, which a test sees at once.
///
/// *Executor and threads*: everything runs on the calling thread. Real I/O does not fit into
/// virtual time: what waits for a socket looks like a deadlock.
///
/// *Example*: `run_virtual([]() -> asio::awaitable<void> { co_await sleep<virtual_clock>(1h); });`
template <child Main>
child_value_t<Main> run_virtual(Main main) {
  detail::own_context context(1);
  detail::main_run<child_value_t<Main>> r(*context);
  r.start(std::move(main));
  r.drive([&context] { detail::drive_virtual(*context); });
  return r.result();
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
  return run_on(*context, std::move(main), [&] { std::forward<Drive>(drive)(loop); });
}

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_TESTING_HPP
