//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RUN_CHILD_HPP
#define FANOUT_DETAIL_RUN_CHILD_HPP

// How a child runs: a coroutine in a runner, an operation with a handler.

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/launch.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/post_on.hpp>
#include <fanout/detail/received.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/result_slot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/this_coro.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The source of the children of a runner. `end_and_take_next` reports the end of a child and takes
/// the next one; returns false if there is none.
template <class Assignment>
class child_source {
public:
  virtual bool end_and_take_next(live_child* record, Assignment& ended) = 0;

protected:
  ~child_source() = default;
};

/// Returns the child without its name, and passes the name to the owner.
template <class Owner, class Child>
auto unnamed([[maybe_unused]] Owner& owner, [[maybe_unused]] std::size_t index, Child child) {
  if constexpr (is_named<Child>) {
    owner.set_name(index, std::move(child.name));
    return unnamed(owner, index, std::move(child.child));
  } else {
    return child;
  }
}

/// A child that was destroyed before its end. The posted function may still own this after
/// the report.
class dropped_child {
public:
  dropped_child() = default;
  dropped_child(dropped_child const&) = delete;
  dropped_child& operator=(dropped_child const&) = delete;
  virtual ~dropped_child() = default;

  virtual void report() = 0;
};

template <class Owner, class ResultSlot>
class dropped_child_of final : public dropped_child {
public:
  dropped_child_of(child_link<Owner>&& link, std::size_t index, ResultSlot&& result_slot,
                   std::exception_ptr&& error)
      : mine_{std::move(link), index, std::move(result_slot), std::move(error)} {}

  // Moves the members out first, so that they are destroyed on the executor of the operation.
  void report() override {
    auto mine = std::move(mine_);
    if (mine.link->handler_called(mine.index))
      mine.link->ended(nullptr, mine.index, *mine.result_slot, mine.error, ended_in::handler);
  }

private:
  struct members {
    child_link<Owner> link;
    std::size_t index = 0;
    ResultSlot result_slot;
    std::exception_ptr error;
  };
  members mine_;
};

template <class Executor>
void post_report(Executor const& executor, std::unique_ptr<dropped_child> child) {
  auto const shared =
      reserve::attempt([&] { return std::shared_ptr<dropped_child>(std::move(child)); });
  reserve::attempt([&] { post_on(executor, [shared] { shared->report(); }); });
}

/// Reports a child that was destroyed before its end, which counts as `operation_aborted`. The
/// report is posted: the context that is destroyed may be that of the operation, which then
/// destroys the handler uncalled. The child itself is destroyed before: the objects that it refers
/// to may be destroyed when the operation completes.
template <class Owner, class ResultSlot>
void report_dropped(child_link<Owner> link, std::size_t index, ResultSlot result_slot) noexcept {
  try {
    std::exception_ptr error = link.record() ? link->drop(*link.record()) : aborted_error();
    if constexpr (releases_child<ResultSlot>) result_slot->runs_nowhere();
    auto const post = [&] {
      auto const executor = link->get_executor();
      // Without std::make_unique, which would be compiled for each kind of child.
      post_report(executor, reserve::attempt([&] {
                    return std::unique_ptr<dropped_child>(new dropped_child_of<Owner, ResultSlot>(
                        std::move(link), index, std::move(result_slot), std::move(error)));
                  }));
    };
    if constexpr (needs_context<ResultSlot>) {
      // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): post() moves the slot away
      auto const registry = result_slot->registry();
      if (auto const context = registry->lock()) post();
    } else {
      post();
    }
  } catch (...) { // without memory nothing can be reported
  }
}

/// Tells whether the body of a runner has begun: from then on the runner reports the end of its
/// child. The own launch begins the body before it returns, and co_spawn perhaps later.
template <bool AtOnce>
class body_mark {
public:
  using pointer = bool*;
  pointer get() noexcept { return &begun_; }

private:
  bool begun_ = false;
};

template <>
class body_mark<false> {
public:
  using pointer = std::shared_ptr<bool>;
  pointer get() const noexcept { return begun_; }

private:
  pointer begun_ = std::make_shared<bool>(false);
};

/// The state of a runner, which is its one parameter. The child is destroyed first, and the link,
/// which owns everything, last. One parameter, since GCC destroys several parameters of a coroutine
/// from the first to the last.
template <class Owner, class Assignment, class Keep>
struct runner_state {
  child_link<Owner> link;
  child_source<Assignment>* source; // null if the runner has one child only
  typename body_mark<has_own_launch>::pointer begun;
  [[no_unique_address]] Keep keep; // lives as long as the first child
  Assignment assigned;

  void drop_child() {
    assigned.drop();
    keep = Keep();
  }
};

/// Reports the child of a runner if the frame of the runner is destroyed while it awaits the child.
template <class State>
class reporter {
public:
  explicit reporter(State& state) noexcept : state_(state) {}
  reporter(reporter const&) = delete;
  reporter& operator=(reporter const&) = delete;
  ~reporter() {
    if (!state_.assigned.has_child()) return;
    state_.drop_child();
    report_dropped(std::move(state_.link), state_.assigned.index,
                   std::move(state_.assigned.result_slot));
  }

private:
  State& state_;
};

} // namespace fanout::inline FANOUT_ABI::detail

/// With the own launch a runner has its frame in spare memory.
template <class Executor, class Owner, class Assignment, class Keep>
struct std::coroutine_traits<fanout::detail::entry_point<Executor>,
                             fanout::detail::runner_state<Owner, Assignment, Keep>> {
  using promise_type = fanout::detail::launched_frame<Executor>;
};

namespace fanout::inline FANOUT_ABI::detail {

/// Awaits one child after another. As long as the children do not suspend, all of them share this
/// one coroutine.
template <class Executor, class Owner, class Assignment, class Keep>
struct runner {
  // A static member, since GCC 12 warns of the frame of a free function where the type of a child
  // is local to a file.
  static launchable<Executor> run(runner_state<Owner, Assignment, Keep> s) {
    constexpr bool makes_child = child_traits<typename Assignment::child_type>::is_callable;
    *std::exchange(s.begun, nullptr) = true;
    reporter const reports(s);
    if (s.link.record() && s.link->is_listed())
      s.link->set_coroutine(*s.link.record(), co_await current_coroutine());
    for (;;) {
      try {
        if (s.assigned.error) {
          // The child could not be taken, or must not run any more.
        } else if constexpr (makes_child) {
          made_child made{unnamed(*s.link, s.assigned.index, (*s.assigned.child)()), s.assigned};
          co_await awaited_by(made);
        } else {
          co_await awaited_by(s.assigned);
        }
      } catch (...) {
        s.assigned.error = std::current_exception();
      }
      s.drop_child();
      if (!s.source) {
        s.link->ended(s.link.record(), s.assigned.index, *s.assigned.result_slot, s.assigned.error,
                      ended_in::runner);
        break;
      }
      if (!s.source->end_and_take_next(s.link.record(), s.assigned)) break;
      if (s.link.record()) {
        // The child may have changed the cancellation state, which belongs to the whole coroutine
        // thread, and may have been cancelled.
        co_await asio::this_coro::reset_cancellation_state();
        co_await asio::this_coro::throw_if_cancelled(true);
      }
    }
    if constexpr (!has_own_launch) {
      // Without this dispatch co_spawn posts here, and throws if the last child was cancelled.
      co_await asio::this_coro::throw_if_cancelled(false);
      co_await asio::dispatch(asio::deferred);
    } else if constexpr (requires { s.link->runner_completes(); }) {
      // A task has no such member: it has nothing to complete beside its future.
      if (s.link->runner_completes()) complete(std::move(s));
    }
  }

  // Completes the operation when the runner has released all that belongs to the operation.
  static void complete(runner_state<Owner, Assignment, Keep>&& s) {
    auto owner = std::move(s.link).owner();
    {
      auto const ended = std::move(s);
    }
    Owner::complete_from_runner(std::move(owner));
  }
};

/// Stands for the executor of the operation, for a child without one of its own.
struct operation_executor {};

/// The completion handler of a child that is an operation. `Disposition` is that of the operation's
/// signature, `ResultSlot` behaves like a pointer to the result slot, and `Keep` must live until
/// the handler was called.
template <class Owner, class Disposition, class ResultSlot, class ChildExecutor, class Keep>
class child_handler {
  static constexpr bool is_on_operation_executor =
      std::is_same_v<ChildExecutor, operation_executor>;

public:
  using executor_type =
      std::conditional_t<is_on_operation_executor, typename Owner::executor_type, ChildExecutor>;
  using cancellation_slot_type = asio::cancellation_slot;

  child_handler(child_link<Owner> link, std::size_t index, ResultSlot result_slot,
                ChildExecutor const& child_executor, Keep keep)
      : link_(std::move(link)), index_(index), result_slot_(std::move(result_slot)),
        executor_(child_executor), keep_(std::move(keep)) {}

  child_handler(child_handler&&) = default;
  ~child_handler() {
    if (!link_) return;
    keep_ = Keep();
    report_dropped(std::move(link_), index_, std::move(result_slot_));
  }

  // The operation's executor is returned by reference, which stays valid until the handler is
  // called, wherever the handler is moved to.
  std::conditional_t<is_on_operation_executor, executor_type const&, executor_type> get_executor()
      const noexcept {
    if constexpr (is_on_operation_executor)
      return link_->get_executor();
    else
      return executor_;
  }

  cancellation_slot_type get_cancellation_slot() const noexcept { return link_.slot(); }

  template <class... Args>
  void operator()(Args&&... args) {
    if (completes()) finish(received<Disposition>(*result_slot_, std::forward<Args>(args)...));
  }

private:
  // Whether the child ends with this call. If not, there is nothing to report.
  bool completes() {
    bool const counts = link_->handler_called(index_);
    if (!counts) auto const done = std::move(link_);
    return counts;
  }

  void finish(std::exception_ptr error) {
    keep_ = Keep();
    // The function in the cancellation slot may own this handler and is destroyed with the slot's
    // content, so the link is taken out first.
    auto const link = std::move(link_);
    link->ended(link.record(), index_, *result_slot_, error, ended_in::handler);
    if (link.record()) link.slot().clear();
  }

  child_link<Owner> link_;
  std::size_t index_;
  ResultSlot result_slot_;
  [[no_unique_address]] ChildExecutor executor_;
  [[no_unique_address]] Keep keep_;
};

/// Converts the operation's executor to that of an awaitable. Returns something that points to it;
/// null if the operation's type-erased executor holds another type.
template <class To, class From>
auto converted_executor(From const& from) {
  if constexpr (std::is_same_v<From, To>) {
    return &from;
  } else if constexpr (std::is_convertible_v<From const&, To>) {
    return std::optional<To>(from);
  } else if constexpr (std::is_same_v<From, asio::any_io_executor>) {
    return from.template target<To>();
  } else {
    static_assert(std::is_convertible_v<From const&, To>,
                  "fanout: this awaitable names an executor that the operation's does not convert "
                  "to: name the executor first or bind_executor it");
  }
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RUN_CHILD_HPP
