//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_EXECUTOR_HPP
#define FANOUT_DETAIL_EXECUTOR_HPP

#include <fanout/fwd.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/run_service.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The properties of a `serial` that can be chosen.
template <class Property>
inline constexpr bool changes_strand = false;
template <>
inline constexpr bool changes_strand<asio::execution::blocking_t::never_t> = true;
template <>
inline constexpr bool changes_strand<asio::execution::blocking_t::possibly_t> = true;
template <>
inline constexpr bool changes_strand<asio::execution::outstanding_work_t::tracked_t> = true;
template <>
inline constexpr bool changes_strand<asio::execution::outstanding_work_t::untracked_t> = true;

/// The strand that the library puts over an executor that is not serial, for a child that can be
/// cancelled. A gather inside that child unwraps it, so that its own children run in parallel
/// again. A strand of the user has another type and is never unwrapped.
///
/// It has the few properties that an `any_io_executor` asks for, and each yields a `serial` again:
/// to put a strand into an `any_io_executor` takes a third of a second to compile.
class serial {
public:
  // Two parameters: with one, asking whether any_io_executor can hold it would never end.
  serial(int, asio::any_io_executor const& inner) : strand_(inner) {}

  asio::any_io_executor get_inner_executor() const noexcept { return strand_.get_inner_executor(); }
  bool running_in_this_thread() const noexcept { return strand_.running_in_this_thread(); }

  template <class F>
  void execute(F&& f) const {
    strand_.execute(std::forward<F>(f));
  }

  asio::execution_context& query(asio::execution::context_t) const noexcept {
    return strand_.context();
  }
  asio::execution::blocking_t query(asio::execution::blocking_t) const {
    return asio::query(strand_, asio::execution::blocking);
  }
  template <class Property>
    requires changes_strand<Property>
  serial require(Property property) const {
    return serial(asio::prefer(strand_, property));
  }

  bool operator==(serial const&) const noexcept = default;

private:
  using strand = asio::strand<asio::any_io_executor>;

  explicit serial(strand s) : strand_(std::move(s)) {}

  strand strand_;
};

template <class Executor>
inline constexpr bool is_strand = false;
template <class Inner>
inline constexpr bool is_strand<asio::strand<Inner>> = true;
template <>
inline constexpr bool is_strand<serial> = true;

template <class Executor>
inline constexpr bool is_io_context_executor = requires(Executor const& e) {
  { asio::query(e, asio::execution::context) } -> std::same_as<asio::io_context&>;
};

template <class Executor>
asio::execution_context& context_of(Executor const& executor) {
  return asio::query(executor, asio::execution::context);
}

// The type of an executor that also tracks work.
template <class Executor>
using tracked = std::decay_t<decltype(asio::prefer(std::declval<Executor const&>(),
                                                   asio::execution::outstanding_work.tracked))>;

/// Returns the executor without tracked work.
template <class Executor>
asio::any_io_executor idle(Executor const& executor) {
  if constexpr (std::is_same_v<Executor, asio::any_io_executor>)
    return executor;
  else
    return asio::prefer(executor, asio::execution::outstanding_work.untracked);
}

/// Whether the executor is a `Kind<Candidate>`, with tracked work or without.
template <template <class> class Kind, class Candidate>
bool holds(asio::any_io_executor const& executor) noexcept {
  return executor.target<Kind<Candidate>>() || executor.target<Kind<tracked<Candidate>>>();
}

/// Whether handlers on this executor run one at a time, as far as is known. An io_context counts as
/// run by one thread, unless `run` runs it with more.
template <class Executor>
bool is_serial(Executor const& executor) {
  if constexpr (is_strand<Executor>) {
    return true;
  } else if constexpr (is_io_context_executor<Executor>) {
    return !is_run_by_many_threads(context_of(executor));
  } else if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
    using io_context = asio::io_context::executor_type;
    using pool = asio::thread_pool::executor_type;
    if (holds<std::type_identity_t, io_context>(executor))
      return !is_run_by_many_threads(context_of(executor));
    return executor.template target<serial>() || holds<asio::strand, io_context>(executor) ||
           executor.template target<asio::strand<asio::any_io_executor>>() ||
           holds<asio::strand, pool>(executor);
  } else {
    return false;
  }
}

template <class Executor>
bool runs_here(Executor const& executor) noexcept;

/// Whether a type-erased executor holds a `Target`, and that runs here.
template <class... Target>
bool target_runs_here(asio::any_io_executor const& executor) noexcept {
  bool here = false;
  auto const is_target = [&](auto const* target) {
    if (target) here = runs_here(*target);
    return target != nullptr;
  };
  (is_target(executor.template target<Target>()) || ...);
  return here;
}

/// Whether this thread runs functions of the executor now, so that a dispatch runs its function
/// inline, as far as is known.
template <class Executor>
bool runs_here(Executor const& executor) noexcept {
  if constexpr (requires { executor.running_in_this_thread(); }) {
    if constexpr (asio::can_query_v<Executor const&, asio::execution::blocking_t>)
      if (asio::query(executor, asio::execution::blocking) == asio::execution::blocking.never)
        return false;
    return executor.running_in_this_thread();
  } else if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
    using io_context = asio::io_context::executor_type;
    using pool = asio::thread_pool::executor_type;
    return target_runs_here<io_context, tracked<io_context>, serial,
                            asio::strand<asio::any_io_executor>, asio::strand<io_context>,
                            asio::strand<pool>, pool, tracked<pool>>(executor);
  } else {
    return false;
  }
}

/// Returns the executor under a `serial`, and any other executor unchanged.
template <class Executor>
Executor without_serial(Executor const& executor) {
  if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
    // Most executors are of this type, and a comparison with another type takes longer.
    if (executor.template target<asio::io_context::executor_type>()) return executor;
    if (auto const* s = executor.template target<serial>()) return s->get_inner_executor();
  }
  return executor;
}

/// Returns the executor if it is serial, else a `serial` over it.
template <class Executor>
asio::any_io_executor made_serial(Executor const& executor) {
  if (is_serial(executor)) return executor;
  return serial(0, executor);
}

/// Passed as the default to associated_executor: getting it back means that the handler has no
/// executor.
struct executor_probe {
  bool operator==(executor_probe const&) const noexcept = default;
  asio::execution_context& query(asio::execution::context_t) const;
  template <class F>
  void execute(F) const {}
};

template <class Handler>
using own_executor_t = asio::associated_executor_t<Handler, executor_probe>;

/// Whether a handler has an executor on which children can run: one that knows its execution
/// context.
template <class Handler>
inline constexpr bool brings_executor =
    !std::is_same_v<own_executor_t<Handler>, executor_probe> &&
    !is_future_executor<own_executor_t<Handler>> && requires(own_executor_t<Handler> const& e) {
      { asio::query(e, asio::execution::context) } -> std::convertible_to<asio::execution_context&>;
    };

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_EXECUTOR_HPP
