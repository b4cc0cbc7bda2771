//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_START_CONDITION_HPP
#define FANOUT_DETAIL_START_CONDITION_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>

namespace fanout::inline FANOUT_ABI::detail {

/// A condition on the start of children, beside `limit(n)`: a limit that operations share, or a
/// delay. The members are called with the lock of the operation held.
class start_condition {
public:
  start_condition() = default;
  start_condition(start_condition const&) = delete;
  start_condition& operator=(start_condition const&) = delete;
  virtual ~start_condition() = default; // releases all permits

  /// Takes a permit for one start, if there is one and nothing else waits for it.
  virtual bool try_start() = 0;

  /// Waits for a permit. `ready` is then called on the executor, and `try_start` takes the permit.
  virtual void wait(asio::any_io_executor const& executor, std::function<void()> ready) = 0;

  /// Cancels the wait: no permit is wanted any more. `ready` is called all the same.
  virtual void cancel_wait() = 0;

  /// A child has ended: releases its permit.
  virtual void child_ended(bool failed) = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_START_CONDITION_HPP
