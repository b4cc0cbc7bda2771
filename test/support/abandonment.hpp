//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_ABANDONMENT_HPP
#define FANOUT_TEST_SUPPORT_ABANDONMENT_HPP

// A test is cut: after some of its steps its context is destroyed, with everything on it. That must
// neither crash nor leak, wherever the cut is.

#include <fanout/error.hpp>
#include <fanout/run.hpp>
#include <fanout/testing.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <functional>

namespace fanout_test {

using test_body = boost::asio::awaitable<void> (*)();

/// Whether FANOUT_ABANDON is set.
bool abandons();

/// Calls `cut(k)` for the numbers of steps after which a test of so many steps is to be cut, and
/// checks that nothing was leaked: for every number up to 300, and for 100 above. Stops after 5
/// seconds.
void for_each_cut(std::size_t steps, std::function<void(std::size_t)> const& cut);

/// How far a body has come.
struct progress_of_body {
  std::size_t steps; ///< handlers that were called
  bool ended;        ///< the body, and all that it has left over
};

/// Runs a body in virtual time, and destroys its context after at most so many steps.
inline progress_of_body run_for(test_body body, std::size_t most) {
  constexpr int silent_polls = 1000; // as in `run_virtual`: the kernel may be late
  boost::asio::io_context context(1);
  std::size_t steps = 0;
  auto const drive = [&] {
    auto const work = boost::asio::make_work_guard(context);
    for (int silent = 0; steps < most && silent < silent_polls && !context.stopped(); ++silent) {
      fanout::detail::virtual_time::forget_due();
      auto const called = context.poll_one();
      steps += called;
      if (called != 0 || fanout::detail::virtual_time::jump()) silent = -1;
    }
  };
  try {
    fanout::run_on(context, body, drive);
  } catch (fanout::invalid_state const&) {
    if (context.stopped()) throw; // it is an error of the body, and does not come from the cut
  }
  return {steps, context.stopped()};
}

/// Runs the body of a test case.
inline void run_case(test_body body) {
  if (!abandons()) return fanout::run_virtual(body);
  auto const whole = run_for(body, static_cast<std::size_t>(-1));
  BOOST_REQUIRE_MESSAGE(whole.ended, "a deadlock after " << whole.steps << " steps");
  for_each_cut(whole.steps, [body](std::size_t steps) { run_for(body, steps); });
}

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_ABANDONMENT_HPP
