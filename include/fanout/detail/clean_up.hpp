//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CLEAN_UP_HPP
#define FANOUT_DETAIL_CLEAN_UP_HPP

#include <fanout/config.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// As long as it lives, this thread forwards the cancellations of the end of `run`. A child takes
/// only the first of these, since a second one would interrupt its cleaning up. Asio's signals
/// carry only a type, so this is thread-local.
class clean_up {
public:
  clean_up() noexcept : before_(std::exchange(here_, true)) {}
  clean_up(clean_up const&) = delete;
  clean_up& operator=(clean_up const&) = delete;
  ~clean_up() { here_ = before_; }

  static bool is_here() noexcept { return here_; }

  /// What is to run elsewhere, or later, as a part of what runs here.
  template <class F>
  static auto carried(F f) {
    return [f = std::move(f), here = here_]() mutable {
      clean_up const scope(here);
      f();
    };
  }

private:
  explicit clean_up(bool here) noexcept : before_(std::exchange(here_, here)) {}

  inline static thread_local bool here_ = false;
  bool const before_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CLEAN_UP_HPP
