//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CLEANUP_SCOPE_HPP
#define FANOUT_DETAIL_CLEANUP_SCOPE_HPP

#include <fanout/config.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// While an object of this class exists, this thread forwards the cancellations of the end of
/// `run`. A child takes only the first of these requests, since a second one would interrupt its
/// cleaning up. Asio's signals carry a type and nothing else, so the mark is thread-local.
class cleanup_scope {
public:
  cleanup_scope() noexcept : was_active_(std::exchange(active_, true)) {}
  cleanup_scope(cleanup_scope const&) = delete;
  cleanup_scope& operator=(cleanup_scope const&) = delete;
  ~cleanup_scope() { active_ = was_active_; }

  static bool is_active() noexcept { return active_; }

  /// Wraps `f`, which is to run on another thread or from another handler, so that the mark is set
  /// there too if it is set here.
  template <class F>
  static auto carry(F f) {
    return [f = std::move(f), active = active_]() mutable {
      cleanup_scope const scope(active);
      f();
    };
  }

private:
  explicit cleanup_scope(bool active) noexcept : was_active_(std::exchange(active_, active)) {}

  inline static thread_local bool active_ = false;
  bool const was_active_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CLEANUP_SCOPE_HPP
