//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LISTING_HPP
#define FANOUT_DETAIL_LISTING_HPP

#include <fanout/task_info.hpp>

#include <chrono>
#include <string>

namespace fanout::inline FANOUT_ABI::detail {

/// Identifies a coroutine together with those that it awaits; null if there is no coroutine.
using coroutine_id = void const*;

/// Receives the running tasks and children, and what coroutines wait for, from the objects that
/// know it. Only programs that ask for a list compile the implementation, `joined_listing`.
class listing {
public:
  virtual void add(std::string name, task_state state, std::chrono::steady_clock::time_point since,
                   coroutine_id coroutine) = 0;
  virtual void add_wait(coroutine_id coroutine, std::string what) = 0;

protected:
  ~listing() = default;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_LISTING_HPP
