//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#include "allocations.hpp"

#include "sanitizers.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

#if defined(__GLIBC__) && !defined(FANOUT_TEST_ADDRESS_SANITIZER) &&                               \
    !defined(FANOUT_TEST_THREAD_SANITIZER) && !defined(FANOUT_TEST_MEMORY_SANITIZER)
#define FANOUT_TEST_COUNTS_ALLOCATIONS
#endif

namespace fanout_test {

namespace {

// Constant-initialized, so that touching it on a new thread does not allocate.
constinit thread_local heap_use use_of_this_thread;

constinit thread_local std::size_t to_failure = 0; // none is to fail
constinit thread_local bool has_failed = false;

} // namespace

void fail_allocation(std::size_t n) noexcept {
  to_failure = n;
  has_failed = false;
}

bool allocation_has_failed() noexcept { return has_failed; }

bool fails_like_an_allocation() noexcept {
  if (to_failure == 0 || --to_failure != 0) return false;
  return has_failed = true;
}

memory_is_back::memory_is_back() noexcept : failing_(std::exchange(to_failure, 0)) {}
memory_is_back::~memory_is_back() { to_failure = failing_; }

heap_use heap_use_of_this_thread() noexcept { return use_of_this_thread; }

#if defined(FANOUT_TEST_COUNTS_ALLOCATIONS)

bool counts_allocations() noexcept { return true; }

namespace {

void* counted(void* block, std::size_t bytes) noexcept {
  if (block) {
    ++use_of_this_thread.allocations;
    use_of_this_thread.bytes += bytes;
  }
  return block;
}

} // namespace

extern "C" {

// What stands behind the functions below in the GNU C library.
void* __libc_malloc(std::size_t) noexcept;
void* __libc_calloc(std::size_t, std::size_t) noexcept;
void* __libc_realloc(void*, std::size_t) noexcept;
void* __libc_memalign(std::size_t, std::size_t) noexcept;
void __libc_free(void*) noexcept;

void* malloc(std::size_t bytes) noexcept {
  return fails_like_an_allocation() ? nullptr : counted(__libc_malloc(bytes), bytes);
}

void* calloc(std::size_t n, std::size_t bytes) noexcept {
  return fails_like_an_allocation() ? nullptr : counted(__libc_calloc(n, bytes), n * bytes);
}

void* realloc(void* block, std::size_t bytes) noexcept {
  bool const had_one = block != nullptr;
  void* const next = __libc_realloc(block, bytes);
  if (had_one && (next || bytes == 0)) ++use_of_this_thread.frees;
  return counted(next, bytes);
}

void free(void* block) noexcept {
  if (block) ++use_of_this_thread.frees;
  __libc_free(block);
}

void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
  return fails_like_an_allocation() ? nullptr : counted(__libc_memalign(alignment, bytes), bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  return memalign(alignment, bytes);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t bytes) noexcept {
  bool const is_power_of_two = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!is_power_of_two || alignment % sizeof(void*) != 0) return EINVAL;
  void* const made = memalign(alignment, bytes);
  if (!made) return ENOMEM;
  *block = made;
  return 0;
}

} // extern "C"

#else

bool counts_allocations() noexcept { return false; }

#endif

#if defined(FANOUT_TEST_COUNTS_ALLOCATIONS) || defined(FANOUT_TEST_ADDRESS_SANITIZER)

bool can_fail_allocations() noexcept { return true; }

#else

bool can_fail_allocations() noexcept { return false; }

#endif

} // namespace fanout_test

#if defined(FANOUT_TEST_ADDRESS_SANITIZER)

// The sanitizer's malloc stays. What may fail is what C++ takes from it.

extern "C" void* __interceptor_aligned_alloc(std::size_t, std::size_t);

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  if (fanout_test::fails_like_an_allocation()) return nullptr;
  return __interceptor_aligned_alloc(alignment, bytes);
}

void* operator new(std::size_t bytes, std::nothrow_t const&) noexcept {
  return fanout_test::fails_like_an_allocation() ? nullptr : std::malloc(bytes);
}

void* operator new(std::size_t bytes) {
  void* const block = operator new(bytes, std::nothrow);
  if (!block) throw std::bad_alloc();
  return block;
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

#endif
