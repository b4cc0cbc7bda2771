//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RACE_SCORE_HPP
#define FANOUT_DETAIL_RACE_SCORE_HPP

#include <fanout/error.hpp>

#include <cstddef>
#include <exception>
#include <span>

namespace fanout::inline FANOUT_ABI::detail {

/// The winners and failures of a race. Only races compile the implementation, `race_scoreboard`.
/// The members are called with the lock of the operation held.
class race_score {
public:
  race_score() = default;
  race_score(race_score const&) = delete;
  race_score& operator=(race_score const&) = delete;
  virtual ~race_score() = default;

  virtual void won(std::size_t index) noexcept = 0;
  virtual void lost(failure const& f) noexcept = 0;

  /// The winners, in the order in which they ended.
  virtual std::span<std::size_t const> winners() const noexcept = 0;

  /// The error of a race that no child has won.
  virtual std::exception_ptr failed() = 0;

  /// Set if an end could not be stored, for want of memory.
  virtual std::exception_ptr incomplete() const noexcept = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RACE_SCORE_HPP
