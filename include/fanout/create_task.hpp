//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_CREATE_TASK_HPP
#define FANOUT_CREATE_TASK_HPP

#include <fanout/concepts.hpp>
#include <fanout/future.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/task.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Starts a child now and gives a handle of it.
///
/// *Effects*: the child starts from a handler that is posted to `executor`, whether anything waits
/// for it or not.
///
/// *Results*: a `future` of what the child yields. `name`, or that of a `named` child, stands
/// in texts of errors about it.
///
/// *Errors*: those of the child end the future.
///
/// *Cancellation*: by the future, see there. A child that survives its cancellation yields its
/// value.
///
/// *Executor and threads*: as a child of `gather(executor, child)`. On an executor that is not
/// serial, a pool for instance, callbacks of the future may run at the same time.
///
/// *Object lifetimes*: the child outlives the caller, unless the caller waits for it, and must own
/// what it uses. At the end of `run` tasks that still run are cancelled and awaited.
///
/// *Python*: `asyncio.create_task`, `asyncio.ensure_future`.
///
/// *Example*: `auto task = create_task(context, get(url), "get " + url);`
template <executor_or_context Ex, detail::good_child C>
auto create_task(Ex&& executor, C&& child, std::string name = {}) {
  if constexpr (detail::is_named<std::decay_t<C>>)
    return create_task(std::forward<Ex>(executor), std::forward<C>(child).child,
                       name.empty() ? std::forward<C>(child).name : std::move(name));
  else
    return detail::future_access::make(detail::start_task<std::decay_t<C>>(
        detail::executor_of(std::forward<Ex>(executor)), std::forward<C>(child), std::move(name)));
}

template <class... Args,
          class Mistake = detail::mistake_t<decltype(detail::mistake_of_task<Args...>())>>
Mistake create_task(Args&&...) = delete;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_CREATE_TASK_HPP
