//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_START_CHILD_HPP
#define FANOUT_DETAIL_START_CHILD_HPP

// How a child is started: in its own way, on the executor it belongs to.

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/initiations.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/reserve.hpp>
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

/// What has to live as long as a child that has an executor of its own: the work there, which must
/// not outlive that context.
template <class Keep>
struct kept_busy {
  asio::any_io_executor work;
  [[no_unique_address]] Keep keep;
};

/// The executor in a form that keeps its context busy.
template <class Executor>
asio::any_io_executor busy(Executor const& executor) {
  return asio::prefer(asio::any_io_executor(executor), asio::execution::outstanding_work.tracked);
}

/// A child that a runner awaits; it needs no record where nobody has to reach it.
template <class Child>
consteval bool is_awaited() {
  if constexpr (child_traits<Child>::is_callable)
    return child_traits<typename child_traits<Child>::made>::is_coroutine;
  else
    return child_traits<Child>::is_coroutine;
}

/// Whether the child can be given a serial executor: an awaitable that names a concrete executor
/// cannot run on another one.
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

/// Whether the operation, or the place of the child as far as that can tell, does not want it any
/// more. What runs already is awaited all the same.
template <class Link, class Assigned>
bool is_called_off(Link const& link, Assigned const& assigned) {
  if constexpr (requires { assigned.result_slot->runs_already; })
    return false;
  else if constexpr (requires { assigned.result_slot->requested(); })
    return link->cancelling() || assigned.result_slot->requested();
  else
    return link->cancelling();
}

/// Calls `f`, which passes a child on with something that tells its end, also when it is destroyed.
/// Throws if `f` does and the child has not ended with that.
template <class Link, class F>
void initiate_guarded(Link const& link, std::size_t index, F const& f) {
  initiation one{index};
  link->begins(one);
  try {
    f();
  } catch (...) {
    if (link->fails(one)) throw;
    return;
  }
  link->returns(one);
}

/// Tells a place that asks for it where the child is reached.
template <class Assigned, class Link>
void tell_result_slot([[maybe_unused]] Assigned& assigned, [[maybe_unused]] Link const& link) {
  if constexpr (requires { assigned.result_slot->runs_at(link); })
    assigned.result_slot->runs_at(link);
}

/// The executor that the coroutine names which the child is or makes.
template <class Child>
struct executor_of_coroutine : child_traits<Child> {};
template <class Child>
  requires child_traits<Child>::is_callable
struct executor_of_coroutine<Child> : child_traits<typename child_traits<Child>::made> {};

/// A callable whose move may throw, as one whose move does not. Where the parameter of a coroutine
/// throws, Clang reads the frame that it has just freed.
template <class Callable>
struct boxed {
  std::unique_ptr<Callable> callable;

  auto operator()() { return (*callable)(); }
};

/// One child on its way to its start, on the executor `Home`. Its runner takes further ones from
/// `next`, if there is one; `Keep` is what has to live as long as the child. What starts at once,
/// at the home of all, stays with the caller.
template <class Owner, class Assigned, class ChildExecutor = operation_executor,
          class Keep = nothing>
class starting_child {
  using child_type = typename Assigned::child_type;
  using result_slot = decltype(Assigned::result_slot);
  static constexpr bool at_once = std::is_same_v<ChildExecutor, operation_executor>;
  using link = std::conditional_t<at_once, child_link<Owner> const&, child_link<Owner>>;
  using assigned = std::conditional_t<at_once, Assigned&, Assigned>;

public:
  starting_child(link l, child_source<Assigned>* next, Assigned&& child,
                 ChildExecutor const& child_executor = {}, Keep keep = {})
      : child_(static_cast<assigned&&>(child)), link_(std::forward<link>(l)), next_(next),
        executor_(child_executor), keep_(std::move(keep)) {}

  starting_child(starting_child&&) = default;
  ~starting_child() {
    if constexpr (!at_once) {
      if (!link_ || called_) return;
      child_.drop();
      keep_ = Keep();
      report_dropped(std::move(link_), child_.index, std::move(child_.result_slot));
    }
  }

  // Runs there.
  void operator()() {
    called_ = true;
    if (is_called_off(link_, child_)) return fail(aborted_error());
    try {
      start();
    } catch (...) {
      if (told_) throw;
      fail(std::current_exception());
    }
  }

private:
  void start() {
    if constexpr (is_awaited<child_type>() && std::is_nothrow_move_constructible_v<child_type>)
      run(next_, child_);
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
  void run(child_source<Ready>* next, Ready& child) {
    using executor = typename executor_of_coroutine<child_type>::executor_type;
    auto const on = converted_executor<executor>(executor());
    if (!on)
      throw std::invalid_argument("fanout: the awaitable names another type of executor than the "
                                  "one that the operation runs on");
    auto const index = child.index;
    auto at = child.result_slot;
    body_mark<has_own_launch> begun;
    try {
      launch(runner<executor, Owner, Ready, Keep>::run(
                 {link_, next, begun.get(), std::move(keep_), std::move(child)}),
             *on, link_.slot(), link_);
    } catch (...) {
      told_ = true;
      std::exception_ptr error = std::current_exception();
      if (*begun.get())
        fail_first_step(error);
      else
        link_->ended(link_.record(), index, *at, error, ended_in::handler);
    }
  }

  // What the child awaits first has thrown in its initiation. The frame is about to be destroyed,
  // and tells the end.
  void fail_first_step(std::exception_ptr const& error) {
    if (link_.record())
      link_->fails_in_first_step(*link_.record(), error);
    else
      reserve::attempt([&] { asio::post(executor(), [error] { std::rethrow_exception(error); }); });
  }

  // A callable is called where it will stay until its child has ended.
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
    initiate_guarded(link_, child_.index, [&] {
      std::move(operation)(child_handler<Owner, result_slot, ChildExecutor, Kept>(
          link_, child_.index, child_.result_slot, executor_, std::move(kept)));
    });
  }

  auto const& executor() const noexcept {
    if constexpr (at_once)
      return link_->get_executor();
    else
      return executor_;
  }

  // Nothing is left of the child when its end is told: what it refers to may go then.
  void fail(std::exception_ptr error) {
    child_.drop();
    keep_ = Keep();
    link_->ended(link_.record(), child_.index, *child_.result_slot, error, ended_in::handler);
  }

  assigned child_; // the first: where moving it throws, the link still tells the end
  link link_;
  child_source<Assigned>* next_;
  [[no_unique_address]] ChildExecutor executor_;
  [[no_unique_address]] Keep keep_;
  bool called_ = false;
  bool told_ = false; // the end, or it is told by the runner
};

/// Posts a child that has an executor of its own there. It has a record already if it can be
/// reached and was made by a callable. Where GCC 12 inlines this, it warns of a child that is not
/// there.
template <class Owner, class Bound, class ResultSlot, class Keep>
[[gnu::noinline]] void start_bound(child_link<Owner> const& link,
                                   assignment<Bound, ResultSlot>&& assigned, Keep keep) {
  require_valid(*assigned.child); // a binder that was moved away has no executor either
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
  if (link.record()) link->reachable().move_to(*link.record(), child_executor);
  bool const needs_record = link->cancellable() && !link.record();
  auto there = needs_record ? link->new_link(assigned.index, child_executor) : link;
  tell_result_slot(inner, there);
  initiate_guarded(link, assigned.index, [&] {
    asio::post(child_executor,
               starting_child<Owner, decltype(inner), posted_executor, kept_busy<Keep>>(
                   std::move(there), nullptr, std::move(inner), child_executor, std::move(kept)));
  });
}

/// Where the child is reached from now on, as `make` says. Without memory for that it has failed.
template <class Assigned, class Make>
auto made_reachable(Assigned& assigned, Make const& make) noexcept {
  std::optional<decltype(make())> link;
  try {
    link.emplace(make());
    tell_result_slot(assigned, *link);
  } catch (...) {
    assigned.error = std::current_exception();
    link.reset();
  }
  return link;
}

/// The child has failed before it was passed on. Nothing is left of it when its end is told.
template <class Owner, class Assigned>
void fail_before_start(child_link<Owner> const& operation, Assigned& assigned) {
  assigned.drop();
  operation->ended(nullptr, assigned.index, *assigned.result_slot, assigned.error,
                   ended_in::handler);
}

/// Starts a child where it belongs. Its runner takes further ones from `next`, if there is one.
template <class Owner, class Assigned>
void start_child(child_link<Owner> const& operation, child_source<Assigned>* next,
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
    if (!operation->cancellable()) return starting(operation, next, std::move(assigned))();
    if constexpr (may_be_serial<child_type>()) {
      if (!operation->is_on_serial_executor()) {
        asio::any_io_executor own;
        auto link = made_reachable(assigned, [&] {
          own = made_serial(operation->get_executor());
          return operation->new_link(assigned.index, own);
        });
        if (!link) return fail_before_start(operation, assigned);
        return own.execute(starting_child<Owner, Assigned, asio::any_io_executor>(
            *std::move(link), next, std::move(assigned), own));
      }
    }
    auto const link = made_reachable(assigned, [&] { return operation->new_link(assigned.index); });
    if (!link) return fail_before_start(operation, assigned);
    starting(*link, next, std::move(assigned))();
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_START_CHILD_HPP
