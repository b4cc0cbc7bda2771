//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_RUN_HPP
#define FANOUT_RUN_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/own_context.hpp>
#include <fanout/detail/run.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// How `run` runs.
struct run_options {
  std::size_t threads = 1; ///< threads that run the context, the calling one included
  bool signals = true;     ///< SIGINT and SIGTERM cancel `main`; a thread of its own listens
};

/// Runs `main` on a context that the caller provides and drives.
///
/// *Effects*: starts `main` on `context` and calls `drive()`, which runs the context until it is
/// stopped. When `main` has ended, everything that this library has started there and that still
/// runs is cancelled and awaited; then the context is stopped.
///
/// *Results*: what `main` yields.
///
/// *Errors*: what `main` throws; `invalid_state` if `drive` returns before `main` has ended, which
/// then never ends. An exception out of `drive` leaves `run_on` at once, and cancels nothing.
///
/// *Object lifetimes*: `context` is the caller's. Join the threads of all other contexts on which
/// children may run before you destroy it: after its destruction nothing may end there.
///
/// *Python*: `loop.run_until_complete`.
template <child Main, class Drive>
child_value_t<Main> run_on(asio::io_context& context, Main main, Drive&& drive) {
  detail::main_run<child_value_t<Main>> r(context);
  r.start(std::move(main));
  std::forward<Drive>(drive)();
  return r.result();
}

/// Runs `main`, an awaitable or a callable that returns one, on a context of its own, to its end.
///
/// *Effects*: with `options.threads` above one, `main` and its children stay on one strand unless
/// they are bound elsewhere. After the end of `main`, everything that this library has started and
/// that still runs (children of gathers that have failed early, shielded children) is cancelled and
/// awaited, its errors go to the unhandled error handler, and then the context is stopped: what
/// others have started there is destroyed. If there is no such handler, one is installed that
/// prints a line to stderr. A child that does not react to the cancellation delays the end of
/// `run`.
///
/// *Results*: what `main` yields.
///
/// *Errors*: what `main` throws; `interrupted` if a signal came and `main` ended as a cancelled
/// one: catch it where `std::terminate` is not wanted. An exception out of a handler on the
/// context, a callback or a hook of a policy for instance, cancels `main` once and leaves `run`
/// when everything has ended. Further ones go to the unhandled error handler, with the name "run";
/// so does a later error of `main` that is no cancellation, with the name "main". If `main` has
/// failed before, it keeps its error.
///
/// *Cancellation*: SIGINT or SIGTERM cancel `main`; the second signal stops the loop at once, and
/// the third one does what it does by default.
///
/// *Object lifetimes*: if children of this library still run on other contexts after the second
/// signal, `run` throws `interrupted` and never destroys its context, nor what is on it.
///
/// *Python*: `asyncio.run`.
///
/// *Example*: `int main() { return fanout::run(serve()); }`
template <child Main>
child_value_t<Main> run(Main main, run_options const& options = {}) {
  detail::own_context context(options.threads);
  detail::stderr_for_unhandled_errors const reporter;
  detail::main_run<child_value_t<Main>> r(*context);
  r.start(std::move(main));
  r.drive(options.threads, options.signals);
  return r.result(context.is_referred_to());
}

template <executor_or_context Ex, class... Args,
          class Mistake = detail::mistake_t<decltype(detail::run_on_context())>>
Mistake run(Ex&& executor, Args&&...) = delete;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_RUN_HPP
