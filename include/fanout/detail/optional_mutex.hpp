//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_OPTIONAL_MUTEX_HPP
#define FANOUT_DETAIL_OPTIONAL_MUTEX_HPP

#include <fanout/config.hpp>

#include <mutex>

namespace fanout::inline FANOUT_ABI::detail {

/// A mutex that locks only if several threads are possible, which is known at run time.
class optional_mutex {
public:
  explicit optional_mutex(bool locks) noexcept : locks_(locks) {}

  bool locks() const noexcept { return locks_; }

  void lock() {
    if (locks_) [[unlikely]]
      mutex_.lock();
  }
  void unlock() {
    if (locks_) [[unlikely]]
      mutex_.unlock();
  }

private:
  std::mutex mutex_;
  bool const locks_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_OPTIONAL_MUTEX_HPP
