//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_SPARE_MEMORY_HPP
#define FANOUT_DETAIL_SPARE_MEMORY_HPP

#include <fanout/config.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Memory that this thread has released and keeps for the next operation of the same kind. What an
/// operation allocates, its state and the frames of its runners, has the same sizes each time.
///
/// Asio's cache of frames keeps two blocks, and what is not in it comes from `aligned_alloc`, which
/// takes several times as long as `malloc`. The macro that turns that cache off, for a sanitizer,
/// turns this one off, too.
class spare_memory {
public:
  static void* allocate(std::size_t size) {
    for (std::size_t i = kept_.count; i != 0; --i)
      if (block& b = kept_.blocks[i - 1]; b.size == size) {
        void* const memory = b.memory;
        b = kept_.blocks[--kept_.count];
        return memory;
      }
    return ::operator new(size);
  }

  static void deallocate(void* memory, std::size_t size) noexcept {
    if (size > largest || !keeps()) return ::operator delete(memory);
    if (kept_.count == most) {
      block& old = kept_.blocks[kept_.replaced++ % most];
      ::operator delete(std::exchange(old, {memory, size}).memory);
    } else {
      kept_.blocks[kept_.count++] = {memory, size};
    }
  }

  /// While one exists, its thread keeps nothing: each allocation is one of `operator new`. For
  /// tests.
  class none {
  public:
    none() noexcept {
      release();
      kept_.at = phase::closed;
    }
    none(none const&) = delete;
    none& operator=(none const&) = delete;
    ~none() { kept_.at = phase::unused; }
  };

private:
  static constexpr std::size_t most = 8; // blocks of a thread
  static constexpr std::size_t largest = 2048;

  struct block {
    void* memory;
    std::size_t size;
  };

  enum class phase { unused, open, closed };

  // Without a constructor and a destructor, so that access costs nothing, and so that operations
  // may end while or after the thread destroys its variables.
  struct kept {
    std::array<block, most> blocks;
    std::size_t count;
    std::size_t replaced; // how many blocks have made room for another one
    phase at;             // it keeps blocks while it is open
  };

  struct at_exit {
    ~at_exit() {
      release();
      kept_.at = phase::closed;
    }
  };

  // Whether this thread keeps blocks, which it begins to do now.
  static bool keeps() noexcept {
#if defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
    return false;
#else
    if (kept_.at == phase::unused) {
      static thread_local at_exit const registered;
      static_cast<void>(registered);
      kept_.at = phase::open;
    }
    return kept_.at == phase::open;
#endif
  }

  static void release() noexcept {
    while (kept_.count != 0) ::operator delete(kept_.blocks[--kept_.count].memory);
  }

  inline static constinit thread_local kept kept_{};
};

/// An allocator of spare memory.
template <class T>
struct spare_allocator {
  using value_type = T;

  spare_allocator() = default;
  template <class U>
  constexpr spare_allocator(spare_allocator<U> const&) noexcept {}

  // NOLINTBEGIN(bugprone-sizeof-expression): T may be a pointer
  T* allocate(std::size_t n) {
    if constexpr (is_kept)
      return static_cast<T*>(spare_memory::allocate(n * sizeof(T)));
    else
      return std::allocator<T>().allocate(n);
  }

  void deallocate(T* memory, std::size_t n) noexcept {
    if constexpr (is_kept)
      spare_memory::deallocate(static_cast<void*>(memory), n * sizeof(T));
    else
      std::allocator<T>().deallocate(memory, n);
  }
  // NOLINTEND(bugprone-sizeof-expression)

  template <class U>
  constexpr bool operator==(spare_allocator<U> const&) const noexcept {
    return true;
  }

private:
  static constexpr bool is_kept = alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__;
};

template <class Allocator>
inline constexpr bool is_default_allocator = false;
template <class T>
inline constexpr bool is_default_allocator<std::allocator<T>> = true;

/// The allocator for the state of an operation: that of the completion handler if it has one.
template <class Allocator>
using state_allocator =
    std::conditional_t<is_default_allocator<Allocator>, spare_allocator<void>, Allocator>;

template <class Allocator>
state_allocator<Allocator> allocator_for_state(Allocator const& of_handler) noexcept {
  if constexpr (is_default_allocator<Allocator>)
    return {};
  else
    return of_handler;
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_SPARE_MEMORY_HPP
