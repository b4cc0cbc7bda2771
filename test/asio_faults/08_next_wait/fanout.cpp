//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// fanout: cancels one child alone, and the next one awaits as ever; what a cancelled coroutine
//         does to clean up has [a recipe](cancellation.md#cleaning-up)

#include "../verdict.hpp"

#include <fanout/gather.hpp>
#include <fanout/sleep.hpp>
#include <fanout/testing.hpp>
#include <fanout/timeout.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <ranges>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock_type = fanout::virtual_clock;

asio::awaitable<void> job(std::chrono::seconds takes) { co_await fanout::sleep<clock_type>(takes); }

asio::awaitable<int> worker() {
  std::array const takes{3600s, 1s};
  auto const ends =
      co_await fanout::gather(takes | std::views::transform(job), fanout::limit(1),
                              fanout::child_timeout<clock_type>(60s), fanout::return_exceptions);
  if (!fanout::is_timed_out(ends[0])) co_return -1;
  co_return static_cast<int>(ends[1].has_value());
}

int main() {
  int const done = fanout::run_virtual(worker());
  if (done == -1) return verdict::wrong("the first job was not cancelled");
  if (done == 0) return verdict::wrong("the second job has not been done either");
  return verdict::right("the first job was cancelled, and the second done");
}
