//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WAITERS_HPP
#define FANOUT_DETAIL_WAITERS_HPP

// The waiters of a future: completion handlers and callbacks.

#include <fanout/detail/co_await.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

template <class Owner, class Disposition, class ResultSlot, class ChildExecutor, class Keep>
class child_handler;

template <class Handler>
inline constexpr bool is_child_handler = false;
template <class Owner, class Disposition, class ResultSlot, class ChildExecutor, class Keep>
inline constexpr bool
    is_child_handler<child_handler<Owner, Disposition, ResultSlot, ChildExecutor, Keep>> = true;

/// Converts to the value, so that the value is constructed at its final address.
template <class T>
struct unwrapped {
  fanout::result<T>& r;

  operator T() && { return *std::move(r); }
};

/// Calls a completion handler with the result of a future. A `child_handler` gets the value itself,
/// also where the signature holds it in `values`.
template <class T, class Handler>
void deliver(Handler&& handler, fanout::result<T>&& r) {
  using outcome = single_outcome<value_or_monostate<T>>;
  using type = typename outcome::type;
  std::exception_ptr error = r.has_error() ? r.error() : nullptr;
  if constexpr (std::is_void_v<T>) {
    std::move(handler)(std::move(error));
  } else if constexpr (outcome::unwraps_values && is_child_handler<std::decay_t<Handler>>) {
    std::move(handler)(std::move(error), unwrapped<T>{r});
  } else if (error) {
    std::move(handler)(std::move(error), type());
  } else if constexpr (outcome::unwraps_values) {
    std::move(handler)(std::move(error), type(std::in_place, *std::move(r)));
  } else {
    std::move(handler)(std::move(error), *std::move(r));
  }
}

/// The end of a wait: the posted function that calls the handler.
template <class T, class Handler>
struct wait_end {
  std::shared_ptr<future_state<T>> state;
  std::shared_ptr<void> keep_alive;
  Handler handler;

  void operator()() {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.clear();
    auto ended = state->take();
    state.reset();
    deliver(std::move(handler), std::move(ended));
  }
};

/// The waiter for a child of an operation. The child ends inline with the task that it waits for,
/// like a child that is a coroutine, and at once if the task has ended before: so it is known which
/// of several children has failed first. The operation itself tracks work on its executor.
template <class End>
class waiting_child final : public waiter {
public:
  explicit waiting_child(End end) : end_(std::move(end)) {}

  /// Adds a waiter to `task`. Called on the executor of the handler.
  static void begin(future_core& task, End end) {
    asio::any_io_executor const inline_on = end.handler.get_executor();
    auto registry = context_registry::of(context_of(inline_on));
    task.add(std::move(registry), std::make_unique<waiting_child>(std::move(end)), &inline_on);
  }

  void wake(std::shared_ptr<void> const& keep_alive,
            asio::any_io_executor const* inline_on) override {
    end_.keep_alive = keep_alive;
    if (inline_on && !nested_dispatch::is_deep() && *inline_on == end_.handler.get_executor()) {
      nested_dispatch const inside;
      return end_();
    }
    auto const executor = end_.handler.get_executor();
    if (inline_on)
      nested_dispatch::run_on(executor, std::move(end_));
    else
      asio::post(executor, std::move(end_));
  }

private:
  End end_;
};

/// The waiter for any other completion handler. It tracks work on `Executor`: the handler's own
/// executor if it has one, else the future's.
template <class T, class Handler, class Executor>
class pending_wait final : public waiter {
public:
  pending_wait(std::shared_ptr<future_state<T>> state, Handler&& handler, Executor const& executor)
      : coroutine_(coroutine_of(handler)), end_{std::move(state), nullptr, std::move(handler)},
        work_(asio::prefer(executor, asio::execution::outstanding_work.tracked)) {}

  wait awaited() const override {
    return {coroutine_, [state = end_.state] { return state->shown(); }};
  }

  void wake(std::shared_ptr<void> const& keep_alive, asio::any_io_executor const*) override {
    end_.keep_alive = keep_alive;
    if constexpr (brings_executor<Handler>) {
      asio::post(work_, std::move(end_));
    } else {
      asio::post(work_, [end = std::move(end_), fallback = Executor(work_)]() mutable {
        auto const own = asio::get_associated_executor(end.handler, fallback);
        asio::dispatch(own, std::move(end));
      });
    }
  }

private:
  coroutine_id coroutine_;
  wait_end<T, Handler> end_;
  tracked<Executor> work_;
};

/// Stored in the cancellation slot of the handler: cancelling a wait cancels the future.
struct cancel_awaited {
  std::weak_ptr<future_core> awaited;

  void operator()(asio::cancellation_type type) const {
    if (auto const alive = awaited.lock()) alive->pass_on(type);
  }
};

template <class T>
struct initiate_wait {
  using executor_type = asio::any_io_executor;

  std::shared_ptr<future_state<T>> state;

  executor_type get_executor() const noexcept { return state->get_executor(); }

  template <class Handler>
  void operator()(Handler&& handler) const {
    using handler_type = std::decay_t<Handler>;
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.assign(cancel_awaited{state});
    if constexpr (is_child_handler<handler_type>) {
      using end = wait_end<T, handler_type>;
      waiting_child<end>::begin(*state, end{state, nullptr, std::forward<Handler>(handler)});
    } else if constexpr (brings_executor<handler_type>) {
      auto const executor = asio::get_associated_executor(handler);
      wait(context_registry::of(context_of(executor)), executor,
           handler_type(std::forward<Handler>(handler)));
    } else {
      context_lock const context(*state->registry());
      if (context)
        wait(state->registry(), state->executor_here(),
             handler_type(std::forward<Handler>(handler)));
    }
  }

private:
  template <class Executor, class Handler>
  void wait(std::shared_ptr<context_registry> registry, Executor const& executor,
            Handler&& handler) const {
    state->add(std::move(registry), std::make_unique<pending_wait<T, Handler, Executor>>(
                                        state, std::move(handler), executor));
  }
};

/// The waiter for a callback, which is called on the executor of the future.
template <class Future, class F>
class pending_callback final : public waiter {
public:
  pending_callback(Future future, F f, asio::any_io_executor const& executor)
      : call_{std::move(future), nullptr, std::move(f)},
        work_(asio::prefer(executor, asio::execution::outstanding_work.tracked)) {}

  void wake(std::shared_ptr<void> const& keep_alive, asio::any_io_executor const*) override {
    call_.keep_alive = keep_alive;
    asio::post(work_, std::move(call_));
  }

private:
  struct call {
    Future future;
    std::shared_ptr<void> keep_alive;
    F f;

    void operator()() { std::move(f)(std::move(future)); }
  };

  call call_;
  asio::any_io_executor work_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WAITERS_HPP
