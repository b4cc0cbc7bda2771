//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_RACE_HPP
#define FANOUT_RACE_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/gather_function.hpp>
#include <fanout/detail/race.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Runs children at once until the first of them ends, with a value or an error.
///
/// Call it as `race([executor,] children..., policies...)` or `race([executor,] range,
/// policies...)`.
///
/// *Effects*: packages an asynchronous operation, which starts the children as `gather` does. The
/// first end cancels the other children with a `terminal` request, no more start, and the operation
/// completes when all have ended.
///
/// *Results*: a `winner<V>` with the index and the value of that child. `V` is the type that all
/// children yield, or a `std::variant` of their types, each once; `std::monostate` stands for
/// `void`. With `return_exceptions` the value is what `gather` would give: the results of all
/// children, so that nothing that has finished is lost. The completion signature is
/// `void(std::exception_ptr, winner<V>)`, or with `values<winner<V>>` where `V` cannot be
/// default-constructed.
///
/// *Errors*: the error of the first child to end, if it is one, unless `return_exceptions` is
/// given. Nothing to race throws `std::invalid_argument`, at the call where the size is known.
///
/// *Cancellation*: as for `gather`. Once a child has ended the outcome stands, and a request only
/// reaches those that are cleaning up.
///
/// *Executor and threads*: as for `gather`.
///
/// *Object lifetimes*: no child runs any more when the operation has completed.
///
/// *Python*: `asyncio.wait(..., return_when=FIRST_COMPLETED)` and the cancellation of the rest.
///
/// *Example*: `auto const first = co_await race(ask(primary), ask(replica));` To limit the time of
/// one child use `timeout`: a race against `sleep` can lose a value that has come.
template <class... Args>
  requires detail::well_called<detail::gather_function<detail::racing>, Args...>
auto race(Args&&... children_and_policies) {
  return detail::gather_function<detail::racing>()(detail::initiate_on_handler(),
                                                   std::forward<Args>(children_and_policies)...);
}

template <child_range R, detail::policy_argument... P>
  requires detail::well_called<detail::gather_function<detail::racing>, R, P...>
auto race(R&& range, P&&... policies) {
  return detail::gather_function<detail::racing>()(
      detail::initiate_on_handler(), std::forward<R>(range), std::forward<P>(policies)...);
}

template <executor_or_context Ex, class... Args>
  requires detail::well_called<detail::gather_function<detail::racing>, Args...>
auto race(Ex&& executor, Args&&... children_or_range_and_policies) {
  return detail::gather_function<detail::racing>()(
      detail::initiation_on(std::forward<Ex>(executor)),
      std::forward<Args>(children_or_range_and_policies)...);
}

template <class... Args,
          class Mistake = detail::mistake_in<detail::gather_function<detail::racing>, Args...>>
Mistake race(Args&&...) = delete;

template <class... Args, class Mistake = decltype(detail::in_braces())>
Mistake race(detail::braces, Args&&...) = delete;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_RACE_HPP
