//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

// A lazy range of N coroutines, with at most 64 at once and without a limit: time and memory.

#include <fanout/gather.hpp>

#include "../support/children.hpp"
#include "../support/workloads.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <malloc.h>

#include <algorithm>
#include <exception>
#include <ranges>
#include <utility>

namespace bench {

namespace {

constexpr std::size_t at_once = 64;

// ---- time

template <child_function* Child>
auto lazy(std::size_t n) {
  return std::views::iota(0, static_cast<int>(n)) | std::views::transform(Child);
}

template <child_function* Child>
asio::awaitable<sum> limited(workspace& w) {
  co_return sum_of(co_await fanout::gather(lazy<Child>(w.size), fanout::limit(at_once)));
}

template <child_function* Child>
asio::awaitable<sum> unlimited(workspace& w) {
  co_return sum_of(co_await fanout::gather(lazy<Child>(w.size)));
}

template <child_function* Child>
asio::awaitable<sum> in_a_row(workspace& w) {
  std::vector<int> values;
  values.reserve(w.size);
  for (auto child : lazy<Child>(w.size)) values.push_back(co_await std::move(child));
  co_return sum_of(values);
}

template <child_function* Child>
std::vector<contender> contenders() {
  return {
      {"gather", limited<Child>}, {"unlimited", unlimited<Child>}, {"in_a_row", in_a_row<Child>}};
}

// ---- memory

/// Looks at the heap every now and then: what is in use there, as the allocator counts it. It takes
/// long to count where much has been freed.
class heap_watch {
public:
  explicit heap_watch(std::size_t n_children) : every_(std::max<std::size_t>(1, n_children / 16)) {}

  void child_goes_on() {
    if (calls_++ % every_ == 0) most_ = std::max(most_, in_use());
  }
  std::size_t peak() const { return most_ - before_; }

private:
  static std::size_t in_use() {
    auto const heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
  }

  std::size_t every_;
  std::size_t calls_ = 0;
  std::size_t before_ = in_use();
  std::size_t most_ = before_;
};

template <class T>
asio::awaitable<T> watched(heap_watch& watch, int i) {
  co_await asio::post(asio::deferred);
  watch.child_goes_on();
  if constexpr (!std::is_void_v<T>) co_return static_cast<T>(i);
}

template <class T, class... Policies>
asio::awaitable<void> gather_watched(std::size_t n, heap_watch& watch, Policies... policies) {
  co_await fanout::gather(
      std::views::iota(0, static_cast<int>(n)) |
          std::views::transform([&watch](int i) { return watched<T>(watch, i); }),
      policies...);
}

template <class T, class... Policies>
std::size_t peak_of(std::size_t n, Policies... policies) {
  asio::io_context context(1);
  heap_watch watch(n);
  asio::co_spawn(context, gather_watched<T>(n, watch, policies...), [](std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
  });
  context.run();
  return watch.peak();
}

} // namespace

std::vector<workload> lazy_workloads() {
  return {
      {.name = "limit_immediate", .contenders = contenders<immediate>()},
      {.name = "limit_hop", .contenders = contenders<hop>()},
  };
}

std::vector<memory_use> measure_memory(std::size_t n) {
  return {
      {"limit", "void", peak_of<void>(n, fanout::limit(at_once))},
      {"limit", "int", peak_of<int>(n, fanout::limit(at_once))},
      {"unlimited", "void", peak_of<void>(n)},
      {"unlimited", "int", peak_of<int>(n)},
  };
}

} // namespace bench
