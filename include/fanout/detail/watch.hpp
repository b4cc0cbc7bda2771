//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WATCH_HPP
#define FANOUT_DETAIL_WATCH_HPP

#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/repeatable_operation.hpp>
#include <fanout/detail/waiters.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The end of a task that is a child of the handler's operation. The task's error counts as looked
/// at.
template <class Handler>
struct own_task_end {
  std::shared_ptr<future_core> task;
  std::shared_ptr<void> keep_alive;
  Handler handler;

  void operator()() { std::move(handler)(task->look()); }
};

/// Initiates a wait for a task that is a child of the handler's operation. Cancelling the child
/// cancels the task.
struct initiate_own_watch {
  template <class Handler>
  void operator()(Handler&& handler) const {
    using end = own_task_end<std::decay_t<Handler>>;
    auto slot = handler.get_cancellation_slot();
    if (slot.is_connected()) slot.assign(cancel_awaited{task});
    waiting_child<end>::begin(*task, end{task, nullptr, std::forward<Handler>(handler)});
  }

  std::shared_ptr<future_core> task;
};

/// A task as a child of an operation. The child yields nothing but its end.
using own_watch = repeatable_operation<void, initiate_own_watch>;

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WATCH_HPP
