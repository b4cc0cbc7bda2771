//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_AS_COMPLETED_HPP
#define FANOUT_AS_COMPLETED_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/eager_loop.hpp>
#include <fanout/detail/gather_function.hpp>
#include <fanout/detail/nested_dispatch.hpp>
#include <fanout/detail/repeatable_operation.hpp>
#include <fanout/detail/stream.hpp>
#include <fanout/detail/stream_core.hpp>

#include <boost/asio/post.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

namespace detail {

struct stream_access;

struct stream_function {
  template <class Initiation, class... Args>
  auto operator()(Initiation initiation, Args&&... args) const;
};

} // namespace detail

/// The end of one child, in a stream of them: its index, and its value or its error.
template <class T>
struct completed {
  std::size_t index;
  fanout::result<T> result;
};

/// The ends of children in the order in which they come, as `as_completed` gives them. `T` is what
/// the children yield.
///
/// *Executor and threads*: all members but moves are thread-safe.
///
/// *Object lifetimes*: destroying it cancels the children that still run, and does not wait for
/// them: they must own what they use, unless `close()` has completed.
template <class T>
class completion_stream {
public:
  using value_type = completed<T>;

  completion_stream(completion_stream&&) noexcept = default;
  completion_stream& operator=(completion_stream&&) noexcept = default;

  /// Waits for the next end.
  ///
  /// *Effects*: packages an asynchronous operation. The first one that is initiated starts the
  /// children, on the executor of its completion handler, unless an executor stood first.
  ///
  /// *Results*: a `std::optional<completed<T>>`, empty when all ends have been given; the
  /// completion signature is `void(std::exception_ptr, std::optional<completed<T>>)`. Several may
  /// wait; they are served in turn.
  ///
  /// *Errors*: errors of children stand in the results. Only a range that fails by itself throws
  /// here, once, after the last end; and a wait that is cancelled, `operation_aborted`.
  ///
  /// *Cancellation*: a request of any type ends this wait only; nothing is lost, and the children
  /// run on.
  auto next() const {
    return detail::make_operation<std::optional<completed<T>>>(detail::initiate_next<T>(state_));
  }

  /// Cancels the children that still run, and waits for their end. No more start from the moment in
  /// which this is initiated.
  ///
  /// *Results*: none; the completion signature is `void(std::exception_ptr)`. What has ended can
  /// still be asked for by `next()`.
  ///
  /// *Cancellation*: a request of any type ends this wait only.
  auto close() const { return detail::make_operation<void>(detail::initiate_close<T>(state_)); }

private:
  friend struct detail::stream_access;

  explicit completion_stream(std::shared_ptr<detail::stream_state<T>> state) noexcept
      : state_(std::move(state)) {}

  std::shared_ptr<detail::stream_state<T>> state_;
};

/// Runs children at once and gives their ends in the order in which they come.
///
/// Call it as `as_completed([executor,] children..., policies...)` or `as_completed([executor,]
/// range, policies...)`.
///
/// *Effects*: where an executor stands first the children start now, from a handler that is posted
/// there; otherwise with the first `next()`. With `eager` they start inside that call. They run on
/// while the consumer is busy.
///
/// *Results*: a `completion_stream<T>`. `T` is the type that all children yield, or a
/// `std::variant` of their types, each once, with `std::monostate` for `void`. Children that a
/// policy prevents from starting come last, with the error that they would have in a `gather`.
///
/// *Errors*: stand in the results; wrong arguments throw `std::invalid_argument`.
///
/// *Cancellation*: by the stream, see there.
///
/// *Python*: `asyncio.as_completed`.
///
/// *Example*:
/// @code
/// auto pages = as_completed(urls | std::views::transform(get), limit(8));
/// while (auto page = co_await pages.next()) use(page->index, page->result);
/// @endcode
template <class... Args>
  requires detail::well_called<detail::gather_function<detail::streaming>, Args...>
auto as_completed(Args&&... children_and_policies) {
  return detail::stream_function()(detail::initiate_on_handler(),
                                   std::forward<Args>(children_and_policies)...);
}

template <child_range R, detail::policy_argument... P>
  requires detail::well_called<detail::gather_function<detail::streaming>, R, P...>
auto as_completed(R&& range, P&&... policies) {
  return detail::stream_function()(detail::initiate_on_handler(), std::forward<R>(range),
                                   std::forward<P>(policies)...);
}

template <executor_or_context Ex, class... Args>
  requires detail::well_called<detail::gather_function<detail::streaming>, Args...>
auto as_completed(Ex&& executor, Args&&... children_or_range_and_policies) {
  return detail::stream_function()(detail::initiation_on(std::forward<Ex>(executor)),
                                   std::forward<Args>(children_or_range_and_policies)...);
}

template <class... Args,
          class Mistake = detail::mistake_in<detail::gather_function<detail::streaming>, Args...>>
Mistake as_completed(Args&&...) = delete;

template <class... Args, class Mistake = decltype(detail::in_braces())>
Mistake as_completed(detail::braces, Args&&...) = delete;

namespace detail {

struct stream_access {
  template <class Operation>
  static auto make(Operation operation) {
    using core = typename std::decay_t<decltype(*operation.children().kept_outcome.core)>;
    using value = typename core::value_type;
    return completion_stream<value>(
        std::make_shared<stream_of_operation<value, Operation>>(std::move(operation)));
  }

  /// Starts it from a posted handler, or with `eager` from a dispatched one, unless it is closed or
  /// destroyed before.
  template <bool Eager, class T, class Executor>
  static void start(completion_stream<T> const& stream, Executor const& executor) {
    stream.state_->start_elsewhere();
    auto start = [weak = std::weak_ptr(stream.state_), executor] {
      if (auto const state = weak.lock()) state->start(executor);
    };
    if constexpr (Eager)
      nested_dispatch::run_on(executor, std::move(start), eager_loop::most);
    else
      asio::post(executor, std::move(start));
  }
};

template <class Initiation, class... Args>
auto stream_function::operator()([[maybe_unused]] Initiation initiation, Args&&... args) const {
  auto stream = stream_access::make(
      gather_function<streaming>()(initiate_on_handler(), std::forward<Args>(args)...));
  if constexpr (requires { initiation.executor; })
    stream_access::start<(std::is_same_v<std::remove_cvref_t<Args>, eager_t> || ...)>(
        stream, initiation.executor);
  return stream;
}

} // namespace detail

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_AS_COMPLETED_HPP
