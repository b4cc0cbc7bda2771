//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RESERVE_HPP
#define FANOUT_DETAIL_RESERVE_HPP

// What an operation ends by must not fail where memory runs out: a step that is posted, a request
// that is passed on. It is tried twice, the second time with memory that was set aside.

#include <fanout/fwd.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <new>

namespace fanout::inline FANOUT_ABI::detail {

/// One block for the whole program, from its first operation on. What the first failure has used up
/// is set aside again as soon as there is memory.
class reserve {
public:
  /// Sets memory aside, if there is none yet. An operation calls this when it is initiated.
  static void fill() noexcept {
    if (block_.load(std::memory_order_relaxed)) return;
    auto* const made = new (std::nothrow) block;
    block* none = nullptr;
    if (made && !block_.compare_exchange_strong(none, made)) delete made;
  }

  /// Calls `f`, which must leave nothing behind if it throws `std::bad_alloc`; then once more, with
  /// what was set aside given back.
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
  // Larger than what is posted.
  struct block {
    std::array<std::byte, 4096> bytes;
  };

  inline static std::atomic<block*> block_{nullptr};
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RESERVE_HPP
