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

/// Tells coroutines apart: the same for a coroutine and for those that it awaits, null for what is
/// none.
using coroutine_id = void const*;

/// The coroutine that a completion handler resumes.
template <class Handler>
coroutine_id coroutine_of(Handler& handler) {
  if constexpr (requires { handler.entry_point(); })
    return handler.entry_point();
  else
    return nullptr;
}

/// Hears who runs, and what coroutines wait for, each told by those who know it. Only programs that
/// ask for a list need what makes one: `joined_listing`.
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
