//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TASK_INFO_HPP
#define FANOUT_TASK_INFO_HPP

#include <fanout/fwd.hpp>

#include <chrono>
#include <string>

namespace fanout::inline FANOUT_ABI {

/// How far a task is.
enum class task_state {
  pending,    ///< it was created, and has not started
  running,    ///< it has begun
  cancelling, ///< it was asked to end, and has not ended
};

/// What `all_tasks` tells of a task, or of a child that some operation runs.
struct task_info {
  std::string name;                       ///< "main", "task 'name'", "child 2 of a gather"
  task_state state = task_state::running; ///< how far it is
  std::chrono::nanoseconds age{};         ///< since its start, or its creation if it is pending; of
                                          ///< children that start together, of the first one
  std::string waits_for;                  ///< "future 'name'", "a gather"; empty if not known
};

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_TASK_INFO_HPP
