//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CORE_PARTS_HPP
#define FANOUT_DETAIL_CORE_PARTS_HPP

#include <fanout/config.hpp>

#include <memory>
#include <type_traits>

namespace fanout::inline FANOUT_ABI::detail {

/// What a `gather_core` can do beyond the least, which is to start coroutines, to count their ends,
/// to cancel them, and to complete. What an operation does not ask for is not compiled.
struct core_parts {
  bool policies = false;   ///< policies have hooks or timers, or decide what starts
  bool race = false;       ///< the first ends decide
  bool names = false;      ///< children may have names, or are named in errors
  bool operations = false; ///< children may be operations that are no coroutines
  bool open = false;       ///< children are added while the operation runs
  bool eager = false;      ///< children may start inside the initiating call

  /// The parts of the core that serves such an operation. So a program with many kinds of
  /// operations compiles few cores: the least one and the one with everything, each with `eager` or
  /// without.
  constexpr core_parts served_by() const noexcept {
    bool const more = policies || race || names || operations || open;
    return {more, more, more, more, more, eager || open};
  }
};

/// A flag that is never set.
struct never_set {
  constexpr never_set(bool = false) noexcept {}
  constexpr operator bool() const noexcept { return false; }
};

/// A flag of a part that perhaps does not exist.
template <bool Exists>
using part_flag = std::conditional_t<Exists, bool, never_set>;

/// A pointer that is always null.
template <class T>
struct always_null {
  template <class... Args>
  constexpr always_null(Args const&...) noexcept {}
  constexpr explicit operator bool() const noexcept { return false; }
  constexpr T* operator->() const noexcept { return nullptr; }
};

/// A pointer to a part that perhaps does not exist.
template <bool Exists, class T>
using part_pointer = std::conditional_t<Exists, std::unique_ptr<T>, always_null<T>>;

/// Stands for a member of a part that does not exist.
struct absent {
  template <class... Args>
  constexpr explicit absent(Args const&...) noexcept {}
};

/// A member of a part that perhaps does not exist.
template <bool Exists, class T>
using part_member = std::conditional_t<Exists, T, absent>;

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CORE_PARTS_HPP
