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

/// The places that the children of one operation take of a limit that it shares with others. Its
/// members are called with the lock of the operation held.
class start_condition {
public:
  start_condition() = default;
  start_condition(start_condition const&) = delete;
  start_condition& operator=(start_condition const&) = delete;
  virtual ~start_condition() = default; // gives back what is taken

  /// Takes a place, if one is free and nobody else has been waiting for it.
  virtual bool try_start() = 0;

  /// Waits for a place: `arrived` is then called on the executor, and `enter` takes it.
  virtual void wait(asio::any_io_executor const& executor, std::function<void()> ready) = 0;

  /// Nobody wants that place any more, or another one. `arrived` is called all the same.
  virtual void give_up() = 0;

  /// A child has ended: gives its place back.
  virtual void child_ended(bool failed) = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_START_CONDITION_HPP
