//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_SUPPORT_ALLOCATIONS_HPP
#define FANOUT_TEST_SUPPORT_ALLOCATIONS_HPP

#include <cstddef>

// Counts what the calling thread takes from the heap and gives back: malloc, calloc, realloc, free,
// aligned_alloc, posix_memalign and memalign are replaced in every program that allocations.cpp is
// linked into. Asio takes the frames of coroutines from aligned_alloc, where a replaced operator
// new does not see them.
//
// Sanitizers replace malloc themselves, and only the GNU C library lets a program pass calls on:
// elsewhere nothing is replaced, `counts_allocations()` is false, and every count is zero.

namespace fanout_test {

/// What happened on one thread.
struct heap_use {
  std::size_t allocations = 0; // a realloc is one
  std::size_t bytes = 0;       // as they were asked for
  std::size_t frees = 0;       // a realloc of a block that was there is one

  friend heap_use operator-(heap_use const& a, heap_use const& b) noexcept {
    return {a.allocations - b.allocations, a.bytes - b.bytes, a.frees - b.frees};
  }
  friend bool operator==(heap_use const&, heap_use const&) = default;
};

/// Whether the counts mean anything in this build.
bool counts_allocations() noexcept;

/// What the calling thread did since it began.
heap_use heap_use_of_this_thread() noexcept;

/// A moment: tells what the calling thread did since then. Read it on the thread that made it.
class heap_mark {
public:
  heap_mark() noexcept : before_(heap_use_of_this_thread()) {}

  heap_use since() const noexcept { return heap_use_of_this_thread() - before_; }

private:
  heap_use before_;
};

/// Whether allocations can be made to fail: also under AddressSanitizer.
bool can_fail_allocations() noexcept;

/// Lets the n-th allocation of the calling thread fail, counted from here. None: `n` is 0.
void fail_allocation(std::size_t n) noexcept;

/// Whether that has happened.
bool allocation_has_failed() noexcept;

/// Something else that may fail, and counts like an allocation. Says whether it is to fail.
bool fails_like_an_allocation() noexcept;

/// No allocation fails while this is there; it does not count either.
class memory_is_back {
public:
  memory_is_back() noexcept;
  memory_is_back(memory_is_back const&) = delete;
  memory_is_back& operator=(memory_is_back const&) = delete;
  ~memory_is_back();

private:
  std::size_t failing_;
};

} // namespace fanout_test

#endif // FANOUT_TEST_SUPPORT_ALLOCATIONS_HPP
