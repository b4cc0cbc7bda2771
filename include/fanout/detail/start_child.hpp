//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_START_CHILD_HPP
#define FANOUT_DETAIL_START_CHILD_HPP

// How a child is started, on the executor that it belongs to.

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/child_owner.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/initiations.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/result_slot.hpp>
#include <fanout/detail/rethrow_on.hpp>
#include <fanout/detail/run_child.hpp>
#include <fanout/detail/run_service.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

struct nothing {};

/// The result slot of a child that is about to start.
template <class Assigned>
using slot_of = std::remove_reference_t<decltype(*std::declval<Assigned&>().result_slot)>;

/// What must live as long as a child with an executor of its own: the tracked work on that
/// executor. It is released with the child, since it must not outlive the executor's context.
template <class Keep>
struct kept_busy {
  asio::any_io_executor work;
  [[no_unique_address]] Keep keep;
};

/// Returns the executor with tracked work.
template <class Executor>
asio::any_io_executor busy(Executor const& executor) {
  return asio::prefer(asio::any_io_executor(executor), asio::execution::outstanding_work.tracked);
}

/// Whether the child can run on a `serial`: an awaitable that names a concrete executor cannot.
template <class Child>
consteval bool may_be_serial() {
  using traits = child_traits<Child>;
  if constexpr (traits::is_coroutine)
    return std::is_same_v<typename traits::executor_type, asio::any_io_executor>;
  else if constexpr (traits::is_callable)
    return may_be_serial<typename traits::made>();
  else
    return true;
}

template <class Owner, class Bound, class ResultSlot, class Keep>
void start_bound(child_link<Owner> const& link, assignment<Bound, ResultSlot>&& assigned,
                 Keep keep);

/// Whether a child must not start any more: its operation or its result slot says so. A child that
/// runs already is awaited all the same.
template <class Link, class Assigned>
bool must_not_start(Link const& link, Assigned const& assigned) {
  using slot = decltype(assigned.result_slot);
  if constexpr (of_running_child<slot>)
    return false;
  else if constexpr (knows_requests<slot>)
    return link->forbids_start() || assigned.result_slot->requested();
  else
    return link->forbids_start();
}

/// Calls `f`, which passes on a child together with a handler that reports the end, also in its
/// destructor. If `f` throws, that is rethrown unless the handler ends the child; then the caller
/// ends the child with it.
template <class Link, class F>
void initiate_guarded(Link const& link, std::size_t index, F const& f) {
  initiation one{index};
  link->initiation_begins(one);
  try {
    f();
  } catch (...) {
    if (link->initiation_throws(one)) throw;
    return;
  }
  link->initiation_returns(one);
}

/// Passes the link on to a result slot that needs it.
template <class Assigned, class Link>
void pass_link_on([[maybe_unused]] Assigned& assigned, [[maybe_unused]] Link const& link) {
  if constexpr (follows_child<decltype(assigned.result_slot), Link>)
    assigned.result_slot->runs_at(link);
}

/// `executor_type` is that of the coroutine that the child is or returns.
template <class Child>
struct executor_of_coroutine : child_traits<Child> {};
template <class Child>
  requires child_traits<Child>::is_callable
struct executor_of_coroutine<Child> : child_traits<typename child_traits<Child>::made> {};

/// Makes a callable with a throwing move constructor one that moves without throwing. If the move
/// of a coroutine's parameter throws, Clang reads the frame that it has just freed.
template <class Callable>
struct boxed {
  std::unique_ptr<Callable> callable;

  auto operator()() { return (*callable)(); }
};

/// Function object that starts one child on `ChildExecutor`. Its runner takes further children from
/// `source`, unless that is null. `Keep` must live as long as the child. For `operation_executor`
/// the object is called inline and only refers to the caller's objects.
template <class Owner, class Assigned, class ChildExecutor = operation_executor,
          class Keep = nothing>
class starting_child {
  using child_type = typename Assigned::child_type;
  using result_slot = decltype(Assigned::result_slot);
  static constexpr bool is_inline = std::is_same_v<ChildExecutor, operation_executor>;
  using link = std::conditional_t<is_inline, child_link<Owner> const&, child_link<Owner>>;
  using assigned = std::conditional_t<is_inline, Assigned&, Assigned>;

public:
  starting_child(link l, child_source<Assigned>* source, Assigned&& child,
                 ChildExecutor const& child_executor = {}, Keep keep = {})
      : child_(static_cast<assigned&&>(child)), link_(std::forward<link>(l)), source_(source),
        executor_(child_executor), keep_(std::move(keep)) {}

  starting_child(starting_child&&) = default;
  ~starting_child() {
    if constexpr (!is_inline) {
      if (!link_ || called_) return;
      child_.drop();
      keep_ = Keep();
      report_dropped(std::move(link_), child_.index, std::move(child_.result_slot));
    }
  }

  // Called on the child's executor.
  void operator()() {
    called_ = true;
    if (must_not_start(link_, child_)) return fail(aborted_error());
    try {
      start();
    } catch (...) {
      if (reported_) throw;
      fail(std::current_exception());
    }
  }

private:
  [[gnu::always_inline]] void start() {
    if constexpr (is_awaited<child_type>() && std::is_nothrow_move_constructible_v<child_type>)
      run(source_, child_);
    else if constexpr (is_awaited<child_type>())
      run_boxed();
    else if constexpr (child_traits<child_type>::is_callable)
      call();
    else
      initiate(*child_.child, std::move(keep_));
  }

  void run_boxed() {
    auto child =
        child_.with(boxed<child_type>{std::make_unique<child_type>(*std::move(child_.child))});
    child_.drop();
    run(static_cast<child_source<decltype(child)>*>(nullptr), child);
  }

  template <class Ready>
  [[gnu::always_inline]] void run(child_source<Ready>* source, Ready& child) {
    using coroutine_executor = typename executor_of_coroutine<child_type>::executor_type;
    auto const on = converted_executor<coroutine_executor>(executor());
    if (!on)
      throw std::invalid_argument("fanout: the awaitable names another type of executor than the "
                                  "one that the operation runs on");
    auto const index = child.index;
    auto at = child.result_slot;
    body_mark<has_own_launch> begun;
    try {
      launch(runner<coroutine_executor, Owner, Ready, Keep>::run(
                 {link_, source, begun.get(), std::move(keep_), std::move(child)}),
             *on, link_.slot(), link_, is_in_loop());
    } catch (...) {
      reported_ = true;
      std::exception_ptr error = std::current_exception();
      if (*begun.get())
        fail_first_step(error);
      else
        link_->ended(link_.record(), index, *at, error, ended_in::handler);
    }
  }

  // Whether the eager loop of this thread starts the child, on the executor of the operation.
  bool is_in_loop() const noexcept {
    if constexpr (is_inline && requires { link_->is_eager(); })
      return link_->is_eager();
    else
      return false;
  }

  // The initiation of the first operation that the child awaits has thrown, and the frame is about
  // to be destroyed, which reports the end. Or the report of an end has thrown.
  void fail_first_step(std::exception_ptr const& error) {
    live_child* const record = link_.record();
    if (!record || !link_->fails_in_first_step(*record, error)) rethrow_on(executor(), error);
  }

  // Calls the callable at its final address, where it stays until its child has ended.
  void call() {
    auto callable = std::make_unique<child_type>(*std::move(child_.child));
    auto made = unnamed(*link_, child_.index, (*callable)());
    auto kept = std::pair(std::move(callable), std::move(keep_));
    if constexpr (child_traits<decltype(made)>::is_bound)
      start_bound(link_, child_.with(std::move(made)), std::move(kept));
    else
      initiate(made, std::move(kept));
  }

  template <class Operation, class Kept>
  void initiate(Operation& operation, Kept kept) {
    using disposition = typename child_traits<Operation>::disposition;
    initiate_guarded(link_, child_.index, [&] {
      std::move(operation)(child_handler<Owner, disposition, result_slot, ChildExecutor, Kept>(
          link_, child_.index, child_.result_slot, executor_, std::move(kept)));
    });
  }

  auto const& executor() const noexcept {
    if constexpr (is_inline)
      return link_->get_executor();
    else
      return executor_;
  }

  // The child is destroyed before its end is reported: the objects that it refers to may be
  // destroyed then.
  void fail(std::exception_ptr error) {
    child_.drop();
    keep_ = Keep();
    link_->ended(link_.record(), child_.index, *child_.result_slot, error, ended_in::handler);
  }

  assigned child_; // the first member: if its move throws, the link still reports the end
  link link_;
  child_source<Assigned>* source_;
  [[no_unique_address]] ChildExecutor executor_;
  [[no_unique_address]] Keep keep_;
  bool called_ = false;
  bool reported_ = false; // the end was reported, or the runner reports it
};

/// Posts the start of a child with an executor of its own. A cancellable child that a callable has
/// returned has a record already. Not inlined, since GCC 12 then warns of an empty
/// optional.
template <class Owner, class Bound, class ResultSlot, class Keep>
[[gnu::noinline]] void start_bound(child_link<Owner> const& link,
                                   assignment<Bound, ResultSlot>&& assigned, Keep keep) {
  require_valid(*assigned.child); // a moved-from binder has no executor either
  auto const executor = assigned.child->get_executor();
  auto inner = assigned.with(unnamed(*link, assigned.index, std::move(assigned.child->get())));
  using target = typename decltype(inner.child)::value_type;
  using posted_executor = std::conditional_t<may_be_serial<target>(), asio::any_io_executor,
                                             std::decay_t<decltype(executor)>>;
  posted_executor child_executor = executor;
  if constexpr (may_be_serial<target>())
    if (link->cancellable()) child_executor = made_serial(executor);
  if (run_service::exists() && &context_of(child_executor) != &context_of(link->get_executor()))
    link->runs_elsewhere();
  kept_busy<Keep> kept{busy(executor), std::move(keep)};
  if (link.record()) link->records().move_to(*link.record(), child_executor);
  bool const needs_record = link->cancellable() && !link.record();
  auto there = needs_record ? link->new_link(assigned.index, child_executor) : link;
  pass_link_on(inner, there);
  initiate_guarded(link, assigned.index, [&] {
    asio::post(child_executor,
               starting_child<Owner, decltype(inner), posted_executor, kept_busy<Keep>>(
                   std::move(there), nullptr, std::move(inner), child_executor, std::move(kept)));
  });
}

/// Makes a link for the child by `make`. Without memory the child has failed, and the link is
/// empty.
template <class Assigned, class Make>
auto make_link(Assigned& assigned, Make const& make) noexcept {
  using link_type = decltype(make());
  try {
    link_type link = make();
    pass_link_on(assigned, link);
    return link;
  } catch (...) {
    assigned.error = std::current_exception();
    return link_type(nullptr);
  }
}

/// Reports a child that has failed before its start. The child is destroyed before.
template <class Owner, class Assigned>
void fail_before_start(child_link<Owner> const& operation, Assigned& assigned) {
  assigned.drop();
  operation->ended(nullptr, assigned.index, *assigned.result_slot, assigned.error,
                   ended_in::handler);
}

/// Starts a child on its executor. Its runner takes further children from `source`, unless that is
/// null.
template <class Owner, class Assigned>
  requires child_owner<Owner, slot_of<Assigned>>
void start_child(child_link<Owner> const& operation, child_source<Assigned>* source,
                 Assigned&& assigned) {
  using child_type = typename Assigned::child_type;
  using starting = starting_child<Owner, Assigned>;
  if (assigned.error) {
    fail_before_start(operation, assigned);
  } else if constexpr (is_named<child_type>) {
    std::optional<assignment<decltype(assigned.child->child), decltype(assigned.result_slot)>>
        inner;
    try {
      operation->set_name(assigned.index, std::move(assigned.child->name));
      inner.emplace(assigned.with(std::move(assigned.child->child)));
    } catch (...) {
      assigned.error = std::current_exception();
      return fail_before_start(operation, assigned);
    }
    start_child<Owner, typename decltype(inner)::value_type>(operation, nullptr, *std::move(inner));
  } else if constexpr (child_traits<child_type>::is_bound) {
    try {
      start_bound(operation, std::move(assigned), nothing());
    } catch (...) {
      assigned.error = std::current_exception();
      fail_before_start(operation, assigned);
    }
  } else {
    if (!operation->cancellable()) return starting(operation, source, std::move(assigned))();
    if constexpr (may_be_serial<child_type>()) {
      if (!operation->is_on_serial_executor()) {
        asio::any_io_executor own;
        auto link = make_link(assigned, [&] {
          own = made_serial(operation->get_executor());
          return operation->new_link(assigned.index, own);
        });
        if (!link) return fail_before_start(operation, assigned);
        return own.execute(starting_child<Owner, Assigned, asio::any_io_executor>(
            std::move(link), source, std::move(assigned), own));
      }
    }
    auto const link = make_link(assigned, [&] { return operation->new_link(assigned.index); });
    if (!link) return fail_before_start(operation, assigned);
    starting(link, source, std::move(assigned))();
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_START_CHILD_HPP
