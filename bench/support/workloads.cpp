//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "workloads.hpp"

#include <fanout/run.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>

namespace bench {

namespace {

// The time is that of the processor: other programs on the machine disturb it less. Of several
// threads it would be the sum, which says nothing about how soon they are ready.
double nanoseconds_now(workload const& w) {
  if (w.is_on_one_thread()) return static_cast<double>(std::clock()) * (1e9 / CLOCKS_PER_SEC);
  std::chrono::duration<double, std::nano> const now =
      std::chrono::steady_clock::now().time_since_epoch();
  return now.count();
}

void slow_down(std::size_t n_children) {
  if (seeded.allocations == 0 && seeded.instructions == 0) return;
  for (std::size_t i = 0; i < n_children; ++i) {
    for (std::size_t k = 0; k < seeded.allocations; ++k) {
      // NOLINTBEGIN(cppcoreguidelines-no-malloc): this shall cost what a call of malloc costs
      void* const volatile block = std::malloc(64);
      std::free(block);
      // NOLINTEND(cppcoreguidelines-no-malloc)
    }
    // Three instructions each: count, compare, branch.
    for (std::size_t k = 0; k < seeded.instructions / 3; ++k) asm volatile("");
  }
}

asio::awaitable<void> measure(workload const& w, contender const& c, workspace& space,
                              std::size_t repetitions, run_result& result) {
  bool const is_ours = &c == &w.contenders.front();
  std::size_t const n_slowed_down = is_ours ? space.size * w.children : 0;
  result.total = co_await c.repetition(space);
  fanout_test::heap_mark const heap;
  double const start = nanoseconds_now(w);
  for (std::size_t i = 0; i < repetitions; ++i) {
    result.total += co_await c.repetition(space);
    slow_down(n_slowed_down);
  }
  result.taken = {nanoseconds_now(w) - start, heap.since()};
}

template <class Executor, class RunAll>
run_result run_on(Executor const& executor, RunAll run_all, workload const& w, contender const& c,
                  std::size_t n, std::size_t repetitions) {
  asio::cancellation_signal signal;
  workspace space(executor, n);
  run_result result;
  std::exception_ptr error;
  auto const slot = w.slot == connected::yes ? signal.slot() : asio::cancellation_slot();
  asio::co_spawn(executor, measure(w, c, space, repetitions, result),
                 asio::bind_cancellation_slot(slot, [&](std::exception_ptr e) { error = e; }));
  run_all();
  if (error) std::rethrow_exception(error);
  return result;
}

} // namespace

run_result run(workload const& w, contender const& c, std::size_t n, std::size_t repetitions) {
  if (w.where == home::run) {
    asio::io_context context(1);
    workspace space(context.get_executor(), n);
    run_result result;
    fanout::run_on(
        context, [&] { return measure(w, c, space, repetitions, result); }, [&] { context.run(); });
    return result;
  }
  if (w.is_on_one_thread()) {
    asio::io_context context(1);
    return run_on(context.get_executor(), [&] { context.run(); }, w, c, n, repetitions);
  }
  asio::thread_pool pool(w.where == home::strand ? 2 : w.threads);
  auto const join = [&] { pool.join(); };
  if (w.where == home::context) return run_on(pool.get_executor(), join, w, c, n, repetitions);
  return run_on(asio::make_strand(pool), join, w, c, n, repetitions);
}

void check(workload const& w, std::size_t n) {
  sum const expected = run(w, w.contenders.front(), n, 1).total;
  for (auto const& c : w.contenders)
    if (sum const total = run(w, c, n, 1).total; total != expected)
      throw std::logic_error(std::string(w.name) + ": the children of " + c.name + " yield " +
                             std::to_string(total) + ", not " + std::to_string(expected));
}

} // namespace bench
