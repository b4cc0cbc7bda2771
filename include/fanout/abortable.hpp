//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_ABORTABLE_HPP
#define FANOUT_ABORTABLE_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/abortable.hpp>
#include <fanout/detail/executor.hpp>

#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Makes an operation end soon after a request to end, also if the operation forgets requests.
///
/// An operation of several steps, `beast::http::async_read` for instance, may lose a request that
/// comes between two of them. While its peer sends without a pause no step ever waits, and nothing
/// can be cancelled.
///
/// *Effects*: packages an asynchronous operation that runs the one inside. After a `terminal`
/// request up to 8 more steps run, so that an operation that reacts to the request ends by itself.
/// The request is repeated after each of these steps. The next step is dropped with the operation:
/// all that it owns is destroyed. A step is what the operation runs through the executor of its
/// completion handler.
///
/// *Results*: what the operation yields; the completion signature is `void(std::exception_ptr, T)`,
/// of an operation that yields nothing `void(std::exception_ptr)`.
///
/// *Errors*: those of the operation; `operation_aborted` if a step was dropped.
///
/// *Cancellation*: a request of any type is forwarded to the operation. Only `terminal` drops
/// steps. A step that waits and does not react to the request delays the operation.
///
/// *Executor and threads*: steps run on the executor of the completion handler, or on the one that
/// stands first if the handler has none. Requests are made on that executor too. It is serial, as
/// the executor of every child is that can be cancelled.
///
/// *Object lifetimes*: the operation has ended when the handler is called, but may have been cut in
/// the middle: a stream that it used has to be closed, and a buffer holds anything. An operation
/// with several steps in flight at once must not be wrapped: those that are left may use what the
/// dropped one has destroyed.
///
/// *Python*: a cancellation reaches every `await` of a coroutine; nothing is needed.
///
/// *Example*: `co_await timeout(2s, abortable(http::async_read(stream, buffer, page, deferred)));`
template <class Operation>
  requires detail::well_called<detail::abortable_function, Operation>
auto abortable(Operation&& operation) {
  return detail::abortable_function()(detail::abort_on_handler(),
                                      std::forward<Operation>(operation));
}

template <executor_or_context Ex, class Operation>
  requires detail::well_called<detail::abortable_function, Operation>
auto abortable(Ex&& executor, Operation&& operation) {
  auto own = detail::executor_of(std::forward<Ex>(executor));
  return detail::abortable_function()(detail::abort_on<decltype(own)>{std::move(own)},
                                      std::forward<Operation>(operation));
}

template <class... Args, class Mistake = detail::mistake_in<detail::abortable_function, Args...>>
Mistake abortable(Args&&...) = delete;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_ABORTABLE_HPP
