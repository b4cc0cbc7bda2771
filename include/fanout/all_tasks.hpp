//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_ALL_TASKS_HPP
#define FANOUT_ALL_TASKS_HPP

#include <fanout/concepts.hpp>
#include <fanout/task_info.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/joined_listing.hpp>
#include <fanout/detail/run_roster.hpp>

#include <boost/asio/execution_context.hpp>

#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI {

/// Lists the tasks, and the children of operations, that have not ended on a context of `run`: what
/// a stuck program waits for.
///
/// Call it as `all_tasks(context)`, also with an `asio::execution_context`, or as
/// `all_tasks(executor)`.
///
/// *Results*: one entry for each, the oldest operation first, with its children in the order of
/// their start. `waits_for` is known for a coroutine that awaits a future or an operation of this
/// library. The list is empty if the context is not one of `run`, `run_on` or `run_virtual`.
///
/// *Executor and threads*: call it from a handler or a coroutine on that context. With
/// `run_options::threads` above one it is thread-safe.
///
/// *Python*: `asyncio.all_tasks`.
///
/// *Example*: `for (auto const& task : all_tasks(context)) fmt::print("{}\n", task);`
inline std::vector<task_info> all_tasks(asio::execution_context& context) {
  detail::joined_listing listing;
  if (auto const list = detail::run_roster::find(context)) {
    for (auto const& entry : list->held()) entry->list_in(listing);
    detail::context_registry::of(context)->list_in(listing);
  }
  return std::move(listing).joined();
}

template <executor Ex>
std::vector<task_info> all_tasks(Ex const& executor) {
  return all_tasks(detail::context_of(executor));
}

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_ALL_TASKS_HPP
