//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_BENCH_SUPPORT_WORKLOADS_HPP
#define FANOUT_BENCH_SUPPORT_WORKLOADS_HPP

// How a workload is run, and what is read off while it runs.

#include "../../test/support/allocations.hpp"
#include "children.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

/// One way to do the work of a workload.
struct contender {
  char const* name;
  asio::awaitable<sum> (*repetition)(workspace&);
};

/// Whether somebody can cancel what is measured.
enum class connected { no, yes };

struct workload {
  char const* name;
  std::vector<contender> contenders;
  connected slot = connected::no;
  std::size_t children = 1; // in each of the n things that a repetition does
};

/// What a number of repetitions took. The time is that of the processor: other programs on the
/// machine disturb it less.
struct cost {
  double nanoseconds = 0;
  fanout_test::heap_use heap;
};

inline double processor_nanoseconds() {
  return static_cast<double>(std::clock()) * (1e9 / CLOCKS_PER_SEC);
}

// The first repetition is not counted: it fills caches and pools.
inline asio::awaitable<void> repeat(contender c, workspace& w, std::size_t repetitions, sum& total,
                                    cost& taken) {
  total = co_await c.repetition(w);
  fanout_test::heap_mark const heap;
  double const start = processor_nanoseconds();
  for (std::size_t i = 0; i < repetitions; ++i) total += co_await c.repetition(w);
  taken = {processor_nanoseconds() - start, heap.since()};
}

struct run_result {
  sum total = 0; // of what the children yielded
  cost taken;
};

inline run_result run(workload const& w, contender const& c, std::size_t n,
                      std::size_t repetitions) {
  asio::io_context context(1);
  asio::cancellation_signal signal;
  workspace space(context, n);
  run_result result;
  auto const slot = w.slot == connected::yes ? signal.slot() : asio::cancellation_slot();
  asio::co_spawn(context, repeat(c, space, repetitions, result.total, result.taken),
                 asio::bind_cancellation_slot(slot, [](std::exception_ptr e) {
                   if (e) std::rethrow_exception(e);
                 }));
  context.run();
  return result;
}

/// A contender that does other work than gather would be compared with nothing.
inline void check(workload const& w, std::size_t n) {
  sum const expected = run(w, w.contenders.front(), n, 1).total;
  for (auto const& c : w.contenders)
    if (sum const total = run(w, c, n, 1).total; total != expected)
      throw std::logic_error(std::string(w.name) + ": the children of " + c.name + " yield " +
                             std::to_string(total) + ", not " + std::to_string(expected));
}

} // namespace bench

#endif // FANOUT_BENCH_SUPPORT_WORKLOADS_HPP
