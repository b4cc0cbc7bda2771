//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_START_CHILD_HPP
#define FANOUT_DETAIL_START_CHILD_HPP

// How a child is started: in its own way, on the executor it belongs to.

#include <fanout/concepts.hpp>
#include <fanout/detail/children.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/run_child.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace fanout::detail {

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

template <class State, class Bound, class Place, class Keep>
void start_bound(std::shared_ptr<State> state, live_child* record,
                 assignment<Bound, Place> assigned, Keep keep);

/// One child on its way to its start. `Next` says whether its runner may take further ones, `Keep`
/// is what has to live as long as the child. The pointer to the operation and the executor `home`
/// that the child runs on are references where the child starts at once.
template <class Next, class Pointer, class Child, class Place, class Home, class Keep>
class starting_child {
  using state = typename std::remove_cvref_t<Pointer>::element_type;

public:
  starting_child(Pointer operation, live_child* record, assignment<Child, Place>&& assigned,
                 Home home, Keep keep)
      : state_(static_cast<Pointer&&>(operation)), record_(record), assigned_(std::move(assigned)),
        home_(static_cast<Home&&>(home)), keep_(std::move(keep)) {}

  // Runs on `home`.
  void operator()() {
    if (state_->cancelling()) return fail(aborted_error());
    try {
      start();
    } catch (...) {
      // An initiation that throws may have passed the handler on before: the first of both counts.
      if (!record_ || state_->reachable().claim(*record_, assigned_.index))
        fail(std::current_exception());
    }
  }

private:
  void start() {
    if constexpr (is_awaited<Child>())
      run();
    else if constexpr (child_traits<Child>::is_callable)
      call();
    else
      initiate(*assigned_.child, std::move(keep_));
  }

  void run() {
    using executor = typename decltype(awaited(*assigned_.child))::executor_type;
    auto const on = converted_executor<executor>(home_);
    if (!on)
      throw std::invalid_argument("fanout: the awaitable names another type of executor than the "
                                  "one that the operation runs on");
    auto const slot = record_ ? record_->signal.slot() : asio::cancellation_slot();
    launch(run_children<Next, executor>(std::shared_ptr(state_), record_, std::move(assigned_),
                                        std::move(keep_)),
           *on, slot, at_end());
  }

  auto at_end() const {
    if constexpr (launch_outlives_coroutine)
      return [state = state_, record = record_] { state->reachable().release(record); };
    else
      return nothing();
  }

  // A callable is called where it will stay until its child has ended.
  void call() {
    auto callable = std::make_unique<Child>(*std::move(assigned_.child));
    auto made = (*callable)();
    auto kept = std::pair(std::move(callable), std::move(keep_));
    if constexpr (child_traits<decltype(made)>::is_bound)
      start_bound(std::shared_ptr(state_), record_, assigned_.with(std::move(made)),
                  std::move(kept));
    else
      initiate(made, std::move(kept));
  }

  template <class Operation, class Kept>
  void initiate(Operation& operation, Kept kept) {
    std::move(operation)(child_handler<state, Place, Kept>(state_, record_, assigned_.index,
                                                           assigned_.place, std::move(kept)));
  }

  void fail(std::exception_ptr error) {
    state_->ended(record_, assigned_.index, *assigned_.place, std::move(error));
    state_->reachable().release(record_);
  }

  Pointer state_;
  live_child* record_;
  assignment<Child, Place> assigned_;
  Home home_;
  [[no_unique_address]] Keep keep_;
};

/// A child that starts later, somewhere else.
template <class Next, class State, class Child, class Place, class Home, class Keep = nothing>
auto starting_later(std::shared_ptr<State> state, live_child* record,
                    assignment<Child, Place>&& assigned, Home const& home, Keep keep = {}) {
  return starting_child<Next, std::shared_ptr<State>, Child, Place, Home, Keep>(
      std::move(state), record, std::move(assigned), home, std::move(keep));
}

/// Posts a child that has an executor of its own there. It has a record already if it was made by
/// a callable.
template <class State, class Bound, class Place, class Keep>
void start_bound(std::shared_ptr<State> state, live_child* record,
                 assignment<Bound, Place> assigned, Keep keep) {
  using target = typename child_traits<Bound>::target;
  auto const executor = assigned.child->get_executor();
  assignment<target, Place> inner = assigned.with(std::move(assigned.child->get()));
  asio::any_io_executor home = executor;
  if constexpr (may_be_serial<target>())
    if (state->cancellable()) home = made_serial(executor);
  if (record)
    state->reachable().move_to(*record, home);
  else
    record = state->new_record(assigned.index, home);
  kept_busy<Keep> kept{busy(executor), std::move(keep)};
  if constexpr (may_be_serial<target>())
    asio::post(home, starting_later<no_next>(std::move(state), record, std::move(inner), home,
                                             std::move(kept)));
  else
    asio::post(executor, starting_later<no_next>(std::move(state), record, std::move(inner),
                                                 executor, std::move(kept)));
}

/// Starts a child where it belongs. `Next` is what its runner does when it has ended.
template <class Next, class State, class Child, class Place>
void start_child(std::shared_ptr<State> const& state, assignment<Child, Place>&& assigned) {
  using executor = typename State::executor_type;
  if (assigned.error) {
    state->ended(nullptr, assigned.index, *assigned.place, std::move(assigned.error));
  } else if constexpr (child_traits<Child>::is_bound) {
    start_bound(std::shared_ptr(state), nullptr, std::move(assigned), nothing());
  } else {
    executor const& home = state->get_executor();
    if constexpr (may_be_serial<Child>()) {
      if (state->cancellable() && !state->is_on_serial_executor()) {
        asio::any_io_executor const own = made_serial(home);
        auto* const record = state->new_record(assigned.index, own);
        return asio::dispatch(
            own, starting_later<Next>(std::shared_ptr(state), record, std::move(assigned), own));
      }
    }
    bool const reachable = state->cancellable() || !is_awaited<Child>();
    auto* const record = reachable ? state->new_record(assigned.index) : nullptr;
    starting_child<Next, std::shared_ptr<State> const&, Child, Place, executor const&, nothing>(
        state, record, std::move(assigned), home, nothing())();
  }
}

} // namespace fanout::detail

#endif // FANOUT_DETAIL_START_CHILD_HPP
