//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TESTING_HPP
#define FANOUT_TESTING_HPP

#include <fanout/concepts.hpp>
#include <fanout/run.hpp>
#include <fanout/detail/virtual_time.hpp>

#include <boost/asio/io_context.hpp>

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
  asio::io_context context(1);
  return run_on(context, std::move(main), [&context] { detail::drive_virtual(context); });
}

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_TESTING_HPP
