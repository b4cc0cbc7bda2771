//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_CREATE_TASK_HPP
#define FANOUT_CREATE_TASK_HPP

#include <fanout/concepts.hpp>
#include <fanout/future.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/task.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

namespace detail {

template <bool Eager, class Ex, class C>
auto make_task(Ex&& executor, C&& child, std::string name);

} // namespace detail

/// Starts a child, which need not be awaited, and gives a handle of it.
///
/// *Effects*: the child starts from a handler that is posted to `executor`, whether anything waits
/// for it or not. The last argument may be `eager`: then the child starts inside this call, up to
/// its first real wait.
///
/// *Results*: a `future` of what the child yields. Its name is `name`, or that of a `named` child;
/// it stands in texts of errors about the task.
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
  return detail::make_task<false>(std::forward<Ex>(executor), std::forward<C>(child),
                                  std::move(name));
}

template <executor_or_context Ex, detail::good_child C>
auto create_task(Ex&& executor, C&& child, std::string name, eager_t) {
  return detail::make_task<true>(std::forward<Ex>(executor), std::forward<C>(child),
                                 std::move(name));
}

template <executor_or_context Ex, detail::good_child C>
auto create_task(Ex&& executor, C&& child, eager_t) {
  return detail::make_task<true>(std::forward<Ex>(executor), std::forward<C>(child), {});
}

template <class... Args,
          class Mistake = detail::mistake_t<decltype(detail::mistake_of_task<Args...>())>>
Mistake create_task(Args&&...) = delete;

namespace detail {

template <bool Eager, class Ex, class C>
auto make_task(Ex&& executor, C&& child, std::string name) {
  if constexpr (is_named<std::decay_t<C>>)
    return make_task<Eager>(std::forward<Ex>(executor), std::forward<C>(child).child,
                            name.empty() ? std::forward<C>(child).name : std::move(name));
  else
    return future_access::make(start_task<Eager, std::decay_t<C>>(
        executor_of(std::forward<Ex>(executor)), std::forward<C>(child), std::move(name)));
}

} // namespace detail

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_CREATE_TASK_HPP
