//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_START_CHILD_HPP
#define FANOUT_DETAIL_START_CHILD_HPP

// How a child is started: where it belongs, on the executor it belongs to.

#include <fanout/concepts.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/run_child.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::detail {

struct nothing {};

/// One child on its way to its start. `Next` says whether its runner may take further ones, `Home`
/// is the executor it runs on, `Keep` what has to live as long as the child.
template <class Next, class State, class Child, class Place, class Home, class Keep>
struct starting_child {
  using traits = child_traits<Child>;

  std::shared_ptr<State> state;
  live_child* record;
  assignment<Child, Place> assigned;
  Home home;
  [[no_unique_address]] Keep keep;

  // Runs on `home`.
  void operator()() {
    if (state->cancelling()) return fail(aborted_error());
    try {
      start();
    } catch (...) {
      if (!record || state->claim(*record, assigned.index)) fail(std::current_exception());
    }
  }

private:
  void start() {
    if constexpr (traits::is_operation)
      initiate(*assigned.child, std::move(keep));
    else if constexpr (traits::is_coroutine)
      run();
    else if constexpr (child_traits<typename traits::made>::is_coroutine)
      run();
    else
      call();
  }

  // A callable is called where it will stay until its child has ended.
  void call() {
    auto callable = std::make_unique<Child>(*std::move(assigned.child));
    auto made = (*callable)();
    if constexpr (child_traits<decltype(made)>::is_bound)
      state->start_bound(record, assignment_of(std::move(made)), std::move(callable));
    else
      initiate(made, std::move(callable));
  }

  template <class Operation, class Kept>
  void initiate(Operation& operation, Kept kept) {
    std::move(operation)(child_handler<State, Place, Kept>(state, record, assigned.index,
                                                           assigned.place, std::move(kept)));
  }

  void run() {
    using executor = typename decltype(awaited(*assigned.child))::executor_type;
    auto const on = converted_executor<executor>(home);
    if (!on)
      return fail(std::make_exception_ptr(std::invalid_argument(
          "fanout: the awaitable needs an executor of the type that it names, and the operation "
          "runs on another one")));
    auto const slot = record ? record->signal.slot() : asio::cancellation_slot();
    auto at_end = [state = state, record = record] { state->release(record); };
    launch(run_children<Next, executor>(state, record, std::move(assigned), std::move(keep)), *on,
           slot, std::move(at_end));
  }

  template <class Made>
  assignment<Made, Place> assignment_of(Made made) {
    return {assigned.index, assigned.place, std::move(made), nullptr};
  }

  void fail(std::exception_ptr error) {
    state->ended(record, assigned.index, *assigned.place, std::move(error));
    state->release(record);
  }
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_START_CHILD_HPP
