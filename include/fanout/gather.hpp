//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_GATHER_HPP
#define FANOUT_GATHER_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/gather.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Runs children concurrently and gathers their results in the order of the arguments.
///
/// Call it as `gather([executor,] children..., policies...)` or `gather([executor,] range,
/// policies...)`. What may be a child is said at `fanout::child`. The policies are in `policy.hpp`;
/// those with a clock are in `timeout.hpp`, `limit(limiter)` is in `limiter.hpp`, and `stragglers`
/// in `task_group.hpp`.
///
/// *Effects*: packages an asynchronous operation; nothing runs before it is awaited or called with
/// a completion token. Then the children start in the order of the arguments, from one handler that
/// is posted to their executor (with `eager` inside the call), and a range is advanced by one
/// element as its child starts.
///
/// *Results*: children given one by one yield a `std::tuple` with one place each, `std::monostate`
/// for `void` (`values<...>` if one of them cannot be default-constructed); a range yields a
/// `std::vector`, or nothing if its children yield nothing. With `return_exceptions` each place is
/// a `result<T>`. Without children the result is empty, and a completion handler is still not
/// called inside the initiating call.
///
/// *Errors*: by default the earliest failure of a child completes the operation at once with that
/// very exception; its siblings run on, and what they end with is dropped. `return_exceptions` and
/// `cancel_on_error` change this.
///
/// *Cancellation*: each request that reaches the cancellation slot of the completion handler, of
/// any type, the second one too, is passed on to every child that has not ended. No further child
/// starts, and the operation completes when all have ended: with the first error, or
/// `operation_aborted`. A child that is a coroutine reacts to `terminal` only, unless it enables
/// more by `asio::this_coro::reset_cancellation_state`.
///
/// *Executor and threads*: a child without an executor of its own runs on the executor argument,
/// else on the associated executor of the completion handler, which in a coroutine is the
/// coroutine's. Where that is not serial, every child that can be cancelled gets a strand of its
/// own over it.
///
/// *Object lifetimes*: after an error in the default mode children outlive the call: they must own
/// what they use. With `return_exceptions` or `cancel_on_error`, and after a cancellation, no child
/// runs any more when the operation has completed, and children may refer to locals. An operation
/// with move-only children runs once: `co_await std::move(operation)`.
///
/// *Exception safety*: a child whose start throws fails with that exception.
///
/// *Python*: `asyncio.gather`, which starts the children by itself.
///
/// *Example*:
/// @code
/// auto [a, b, c] = co_await gather(factorial("A", 2), factorial("B", 3), factorial("C", 4));
/// @endcode
template <class... Args>
  requires detail::well_called<detail::gather_function<detail::gathering>, Args...>
auto gather(Args&&... children_and_policies) {
  return detail::gather_function<detail::gathering>()(detail::initiate_on_handler(),
                                                      std::forward<Args>(children_and_policies)...);
}

template <child_range R, detail::policy_argument... P>
  requires detail::well_called<detail::gather_function<detail::gathering>, R, P...>
auto gather(R&& range, P&&... policies) {
  return detail::gather_function<detail::gathering>()(
      detail::initiate_on_handler(), std::forward<R>(range), std::forward<P>(policies)...);
}

template <executor_or_context Ex, class... Args>
  requires detail::well_called<detail::gather_function<detail::gathering>, Args...>
auto gather(Ex&& executor, Args&&... children_or_range_and_policies) {
  return detail::gather_function<detail::gathering>()(
      detail::initiation_on(std::forward<Ex>(executor)),
      std::forward<Args>(children_or_range_and_policies)...);
}

template <class... Args,
          class Mistake = detail::mistake_in<detail::gather_function<detail::gathering>, Args...>>
Mistake gather(Args&&...) = delete;

template <class... Args, class Mistake = decltype(detail::in_braces())>
Mistake gather(detail::braces, Args&&...) = delete;

/// What `co_await gather(...)` of arguments of these types yields.
template <class... Args>
using gather_result_t = typename decltype(gather(std::declval<Args>()...))::result_type;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_GATHER_HPP
