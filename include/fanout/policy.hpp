//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_POLICY_HPP
#define FANOUT_POLICY_HPP

#include <fanout/fwd.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout {

/// What the policies of an operation have decided, before it starts.
struct rules {
  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

  std::size_t limit = unlimited;  ///< the most children that may run at once; at least one
  bool return_exceptions = false; ///< errors are results like any other; set by that policy alone
  bool cancel_on_error = false;   ///< the first error cancels the rest
  bool cancels_children = false;  ///< some policy may cancel a child on its own
  bool abandons_children = false; ///< a cancellation ends the operation, and not its children
  bool keeps_values = false;      ///< a cancellation that all children survive changes nothing
  bool starts_cancelled = false;  ///< children end with `operation_aborted` and never run
};

/// How far a gather is, told after each end of a child.
struct progress {
  std::size_t index;                ///< the child that has just ended
  std::size_t started;              ///< children that were started so far
  std::size_t ended;                ///< children that have ended, this one included
  std::size_t failed;               ///< those of them that failed
  std::optional<std::size_t> total; ///< all children; empty for a range of unknown size
};

/// An object that changes how an operation treats its children. Yours work as well as ours.
///
/// Besides `apply`, a policy may have any of these members, which are called one at a time:
/// - `void ended(progress const&)`: a child has ended, and the operation has not.
/// - `void late_error(std::size_t index, std::exception_ptr)`: a child has failed after the
///   operation had completed.
template <class P>
concept policy = std::move_constructible<P> &&                   // it is moved into the operation
                 requires(P const& p, rules& r) { p.apply(r); }; // it says what it changes

/// Errors are results: each place of the result is a `result<T>`, and all children are awaited.
///
/// *Python*: `return_exceptions=True`.
struct return_exceptions_t {
  constexpr void apply(rules& r) const noexcept { r.return_exceptions = true; }
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

/// At most `n` children run at any moment; the next one starts as one ends.
///
/// *Errors*: `limit(0)` throws `std::invalid_argument`.
///
/// *Python*: a `Semaphore(n)` around every child.
class limit {
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

} // namespace fanout

#endif // FANOUT_POLICY_HPP
