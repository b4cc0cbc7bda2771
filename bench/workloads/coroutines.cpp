//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// N coroutines of one kind, all made first, run at once; on one thread and on two.

#include "../support/contenders.hpp"
#include "../support/workloads.hpp"

namespace bench {

namespace {

template <child_function* Child>
asio::awaitable<sum> by_hand_on_threads(workspace& w) {
  auto const executor = co_await asio::this_coro::executor;
  co_return sum_of(co_await awaited(start_counted_on_threads(), executor, w.size, Child));
}

template <child_function* Child>
std::vector<contender> contenders() {
  return {{"gather", gather<Child>},
          {"in_a_row", in_a_row<Child>},
          {"parallel_group", parallel_group<Child>},
          {"by_hand", by_hand<Child>}};
}

// Where somebody can cancel.
template <child_function* Child>
std::vector<contender> cancellable_contenders() {
  return {{"gather", gather<Child>},
          {"in_a_row", in_a_row<Child>},
          {"parallel_group", parallel_group<Child>},
          {"by_hand", by_hand_with_signals<Child>}};
}

template <child_function* Child>
std::vector<contender> contenders_on_threads() {
  return {{"gather", gather<Child>},
          {"in_a_row", in_a_row<Child>},
          {"parallel_group", parallel_group<Child>},
          {"by_hand", by_hand_on_threads<Child>}};
}

// One after another they would wait for N milliseconds.
std::vector<contender> timer_contenders() {
  return {{"gather", gather<millisecond>},
          {"parallel_group", parallel_group<millisecond>},
          {"by_hand", by_hand<millisecond>}};
}

} // namespace

std::vector<workload> coroutine_workloads() {
  return {
      {.name = "immediate", .contenders = contenders<immediate>()},
      {.name = "immediate_cancellable",
       .contenders = cancellable_contenders<immediate>(),
       .slot = connected::yes},
      {.name = "hop", .contenders = contenders<hop>()},
      {.name = "hop_cancellable",
       .contenders = cancellable_contenders<hop>(),
       .slot = connected::yes},
      {.name = "mixed", .contenders = contenders<mixed>()},
      {.name = "timers", .contenders = timer_contenders(), .waits = true},
      {.name = "pool_immediate", .contenders = contenders_on_threads<immediate>(), .threads = 2},
      {.name = "pool_hop", .contenders = contenders_on_threads<hop>(), .threads = 2},
  };
}

} // namespace bench
