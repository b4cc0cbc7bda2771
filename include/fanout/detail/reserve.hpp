//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RESERVE_HPP
#define FANOUT_DETAIL_RESERVE_HPP

// The steps that end an operation must not fail for want of memory: a posted step, or a forwarded
// request. Each is tried twice, the second time with memory that was set aside.

#include <fanout/fwd.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <new>

namespace fanout::inline FANOUT_ABI::detail {

/// One block of memory for the whole program, allocated by its first operation. If the block was
/// used, it is allocated again as soon as there is memory.
class reserve {
public:
  /// Allocates the block, if there is none. Called when an operation is initiated.
  static void fill() noexcept {
    if (block_.load(std::memory_order_relaxed)) return;
    auto* const made = new (std::nothrow) block;
    block* none = nullptr;
    if (made && !block_.compare_exchange_strong(none, made)) delete made;
  }

  /// Calls `f`, which must have no effect if it throws `std::bad_alloc`; if it does, frees the
  /// block and calls `f` once more.
  template <class F>
  static decltype(auto) attempt(F const& f) {
    try {
      return f();
    } catch (std::bad_alloc const&) {
      delete block_.exchange(nullptr);
    }
    struct refill {
      ~refill() { fill(); }
    } const at_the_end;
    return f();
  }

private:
  // Larger than anything that the library posts.
  struct block {
    std::array<std::byte, 4096> bytes;
  };

  inline static std::atomic<block*> block_{nullptr};
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RESERVE_HPP
