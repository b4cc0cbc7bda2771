//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_POLICY_HPP
#define FANOUT_POLICY_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// The rules of an operation that any policy may set, before the operation starts.
struct rules {
  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

  std::size_t limit = unlimited; ///< the most children that may run at once; at least one
  bool cancel_on_error = false;  ///< the first error cancels the rest
  bool cancels_children = false; ///< some policy may cancel a child on its own
};

namespace detail {

/// All rules. The additional ones only policies of this library may set, since types depend on
/// them.
struct all_rules : rules {
  bool return_exceptions = false; ///< errors are results like any other
  bool shields_children =
      false; ///< a cancellation ends the operation, and is not forwarded to children
  bool cancels_waits = false; ///< such children are waits for futures, and a cancellation ends them
  bool keeps_values = false;  ///< a cancellation that all children survive changes nothing
  bool starts_cancelled = false; ///< children end with `operation_aborted` and never run
  bool keeps_results = false;    ///< a cancelled operation delivers the results there are
  bool wraps_errors = false;     ///< the error of a child is wrapped in a `gather_error`
  std::size_t winners = 0; ///< number of children that decide a race; 0: the operation is no race
  bool errors_win = false; ///< in a race an error decides, too
  bool open = false;       ///< children are added while the operation runs
  bool forgives_cancelled = false; ///< a child that was cancelled has not failed
  bool eager = false;              ///< children start inside the initiating call
};

} // namespace detail

/// The progress of a gather after the end of a child.
struct progress {
  std::size_t index = 0;            ///< the child that has just ended
  std::size_t started = 0;          ///< children that were started so far
  std::size_t ended = 0;            ///< children that have ended, this one included
  std::size_t failed = 0;           ///< those of them that failed
  std::optional<std::size_t> total; ///< all children; empty for a range of unknown size
};

/// An object that changes how an operation treats its children. Yours may set what `rules` has.
///
/// Each policy stands once. They combine, but for those that would have nothing to do:
/// `keep_results` without `return_exceptions`; `with_index` beside `return_exceptions`;
/// `on_late_error` and `stragglers` beside `return_exceptions` or `cancel_on_error`; and what
/// belongs to another operation. The compiler says so.
///
/// Besides `apply`, a policy may have any of these members, which are called one at a time:
/// - `void ended(progress const&)`: a child has ended, and the operation has not.
/// - `asio::cancellation_type cancels(std::size_t index, std::exception_ptr const&)`: a child has
///   ended, with a null pointer if it succeeded, and the operation has not. The first answer other
///   than `none` cancels the rest.
/// - `void failed(failure const&)`: a child has failed, and the operation has not ended.
/// - `void late_error(std::size_t index, std::exception_ptr)`: a child has failed after the
///   operation had completed.
template <class P>
concept policy =
    std::move_constructible<P> &&                               // it is moved into the operation
    requires(P const& p, detail::all_rules& r) { p.apply(r); }; // it says what it changes

/// Errors are results: each place of the result is a `result<T>`, and all children are awaited.
///
/// *Python*: `return_exceptions=True`.
struct return_exceptions_t {
  constexpr void apply(detail::all_rules& r) const noexcept { r.return_exceptions = true; }
};
inline constexpr return_exceptions_t return_exceptions{};

/// The first error cancels the other children; the operation ends with it when all have ended. With
/// `return_exceptions` it ends without error, and the places of children that were cancelled or
/// never started hold `operation_aborted`.
///
/// *Python*: no counterpart in `gather`; what `TaskGroup` does.
struct cancel_on_error_t {
  constexpr void apply(rules& r) const noexcept { r.cancel_on_error = true; }
};
inline constexpr cancel_on_error_t cancel_on_error{};

/// After an outer cancellation the operation delivers the results there are, instead of
/// `operation_aborted`: the places of children that were cancelled or never started hold
/// `operation_aborted`. Needs `return_exceptions`.
///
/// *Python*: no counterpart; what `wait` leaves in its two sets.
struct keep_results_t {
  constexpr void apply(detail::all_rules& r) const noexcept { r.keeps_results = true; }
};
inline constexpr keep_results_t keep_results{};

/// The error that the operation ends with, if it is a child's, is wrapped in a `gather_error`,
/// which tells the index and the name of that child. Not with `return_exceptions`, where every
/// error stands in its child's place.
///
/// *Python*: no counterpart; what a note of an exception is for.
struct with_index_t {
  constexpr void apply(detail::all_rules& r) const noexcept { r.wraps_errors = true; }
};
inline constexpr with_index_t with_index{};

/// The children start at once: inside the initiating call, in the order of the arguments, each up
/// to its first real wait. Otherwise they start from a posted handler.
///
/// For `gather`, `race`, `first_success`, `as_completed`, `with_task_group`, `task_group` and
/// `create_task`. It saves a turn of the loop and most of the time of an operation whose children
/// do not wait; what changes is the order against other handlers that are ready.
///
/// *Effects*: a `co_await` of an operation whose children have all ended by then goes on without a
/// turn of the loop, 64 times in a row in one coroutine; the next time passes through the executor,
/// so that a loop of such operations starves no other handler and can be cancelled. With every
/// other completion token the operation completes in a later turn, never inside the call.
///
/// *Cancellation*: a request in a first step keeps the later children from starting, and so does an
/// error with `cancel_on_error` or the end of a race. An operation that gets a request
/// during a first step ends as a cancelled one, in a later turn, although all children may have
/// ended.
///
/// *Executor and threads*: where the call does not run on the executor of the operation, a
/// dispatched handler starts the children. On a pool children run one after another on the thread
/// of the call: not for children that compute.
///
/// *Stack*: a `co_await` in a first step starts no child by itself: the outermost call on the
/// thread starts them, in the order of recursion, and the stack stays flat. A plain call
/// (`create_task`, a completion handler) starts inside up to 8 nested calls; deeper ones start from
/// a posted handler. So does a `co_await` in a child that runs on a strand of its own, as on a
/// pool, or that is launched by `co_spawn`.
///
/// *Python*: `eager_task_factory`, `create_task(..., eager_start=True)`.
///
/// *Example*: `auto const all = co_await gather(cached_user(id), cached_cart(id), eager);`
struct eager_t {
  constexpr void apply(detail::all_rules& r) const noexcept { r.eager = true; }
};
inline constexpr eager_t eager{};

/// At most `n` children run at any moment; the next one starts as one ends.
///
/// `limit(l)` with a `limiter` shares that limit with all operations that use the limiter, see
/// `<fanout/limiter.hpp>`.
///
/// *Errors*: `limit(0)` throws `std::invalid_argument`.
///
/// *Python*: a `Semaphore(n)` around every child.
template <class Limit>
class limit {
  static_assert(std::is_void_v<Limit>, "fanout::limit: pass the largest number of children that "
                                       "may run at once, or a fanout::limiter");

public:
  explicit limit(Limit const&) noexcept;
  constexpr void apply(rules&) const noexcept {}
};

template <>
class limit<std::size_t> {
public:
  template <std::integral N>
    requires(!std::same_as<N, bool>)
  constexpr explicit limit(N n) : n_(static_cast<std::size_t>(n)) {
    if (n <= 0)
      throw std::invalid_argument("fanout::limit: at least one child must be able to run, not " +
                                  std::to_string(n));
  }

  constexpr void apply(rules& r) const noexcept { r.limit = n_; }

private:
  std::size_t n_;
};

template <std::integral N>
  requires(!std::same_as<N, bool>)
limit(N) -> limit<std::size_t>;

/// Decides at each end of a child whether to cancel the others.
///
/// *Effects*: calls `cond(index, std::exception_ptr const&)`, with a null pointer for a child that
/// succeeded. The first answer other than `cancellation_type::none` cancels the other children with
/// a request of that type; no more start, and the operation ends when all have. A callable that
/// takes the error alone gets that: Asio's `wait_for_one`, `wait_for_one_error` and
/// `wait_for_one_success` are accepted.
///
/// *Results*: with `return_exceptions` every place is delivered, those of children that were
/// cancelled or never started with `operation_aborted`.
///
/// *Errors*: without `return_exceptions` the first error in time, as ever; an error for which
/// `cond` says `none` completes the operation at once.
///
/// *Executor and threads*: as for `on_progress`.
///
/// *Python*: no counterpart; a loop around `asyncio.wait`.
template <class Condition>
class cancel_when {
  static constexpr bool takes_error =
      std::is_invocable_r_v<asio::cancellation_type, Condition&, std::exception_ptr const&>;
  static constexpr bool takes_both = std::is_invocable_r_v<asio::cancellation_type, Condition&,
                                                           std::size_t, std::exception_ptr const&>;
  static_assert(takes_error || takes_both,
                "fanout::cancel_when: pass a callable that takes (std::size_t index, "
                "std::exception_ptr const&) and returns a cancellation_type");

public:
  explicit cancel_when(Condition cond) : cond_(std::move(cond)) {}

  constexpr void apply(rules& r) const noexcept { r.cancels_children = true; }

  asio::cancellation_type cancels(std::size_t index, std::exception_ptr const& error) {
    if constexpr (takes_error)
      return cond_(error);
    else
      return cond_(index, error);
  }

private:
  Condition cond_;
};

/// Appends the index of each child to `out` as it ends, so that `out` has the order of completion.
/// Children that never started, or end after the operation has completed, are left out.
///
/// *Object lifetimes*: `out`, a container of `std::size_t`, must live until the operation
/// completes.
///
/// *Python*: no counterpart. In Asio: the first of what `make_parallel_group` yields.
template <class Container>
class completion_order {
  static_assert(
      requires(Container& out, std::size_t index) { out.push_back(index); },
      "fanout::completion_order: pass a container of std::size_t");

public:
  explicit completion_order(Container& out) noexcept : out_(&out) {}
  explicit completion_order(Container const&&) = delete; // it must live until the end

  constexpr void apply(rules&) const noexcept {}
  void ended(progress const& p) { out_->push_back(p.index); }

private:
  Container* out_;
};

/// Calls `f(progress const&)` after each end of a child.
///
/// *Executor and threads*: on the executor of the gather, one call at a time. The last call has
/// returned before the completion handler is called. Not called for children that end after the
/// gather has completed. An exception out of `f` leaves the context's `run()`; the gather goes on.
template <class F>
class on_progress {
  static_assert(std::is_invocable_v<F&, progress const&>,
                "fanout::on_progress: pass a callable that takes a fanout::progress const&");

public:
  explicit on_progress(F f) : f_(std::move(f)) {}

  constexpr void apply(rules&) const noexcept {}
  void ended(progress const& p) { f_(p); }

private:
  F f_;
};

/// Calls `f(index, exception)` for each error of a child that ends after the gather has completed.
///
/// Only a gather whose first error leaves children running has such errors: the policy has nothing
/// to do beside `return_exceptions` or `cancel_on_error`, nor in any other operation.
///
/// *Object lifetimes*: the gather has completed by then: `f` must own what it uses.
///
/// *Executor and threads*: as for `on_progress`.
template <class F>
class on_late_error {
  static_assert(std::is_invocable_v<F&, std::size_t, std::exception_ptr>,
                "fanout::on_late_error: pass a callable that takes (std::size_t index, "
                "std::exception_ptr)");

public:
  explicit on_late_error(F f) : f_(std::move(f)) {}

  constexpr void apply(rules&) const noexcept {}
  void late_error(std::size_t index, std::exception_ptr e) { f_(index, std::move(e)); }

private:
  F f_;
};

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_POLICY_HPP
