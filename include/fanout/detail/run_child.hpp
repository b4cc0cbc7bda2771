//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RUN_CHILD_HPP
#define FANOUT_DETAIL_RUN_CHILD_HPP

// How a child is run: a coroutine by a runner, an operation by a handler.

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/launch.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/received.hpp>
#include <fanout/detail/reserve.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// What a runner tells that its child has ended, and what gives it the next child of the same kind,
/// if there is one.
template <class Assignment>
class child_source {
public:
  virtual bool end_and_take_next(live_child* record, Assignment& ended) = 0;

protected:
  ~child_source() = default;
};

/// A child without its name, which is told to the operation.
template <class Owner, class Child>
auto unnamed([[maybe_unused]] Owner& owner, [[maybe_unused]] std::size_t index, Child child) {
  if constexpr (is_named<Child>) {
    owner.set_name(index, std::move(child.name));
    return unnamed(owner, index, std::move(child.child));
  } else {
    return child;
  }
}

/// A child that was destroyed before its end. What posts it may still refer to it after it was
/// told.
template <class Owner, class ResultSlot>
struct dropped_child {
  child_link<Owner> link;
  std::size_t index = 0;
  ResultSlot result_slot;
  std::exception_ptr error;

  // Nothing of it is left to what posted it: its end belongs to the executor of the operation.
  void report() {
    auto mine = std::move(*this);
    if (mine.link->completes(mine.index))
      mine.link->ended(nullptr, mine.index, *mine.result_slot, mine.error, ended_in::handler);
  }
};

/// Tells an operation that a child of it was destroyed before its end, which counts as
/// `operation_aborted`. It is told in a handler of its own: the context that goes may be that of
/// the operation, which then destroys the handler, and nothing is called. Nothing is left of the
/// child by then: what it refers to may go when the operation completes.
template <class Owner, class ResultSlot>
void report_dropped(child_link<Owner> link, std::size_t index, ResultSlot result_slot) noexcept {
  using dropped = dropped_child<Owner, ResultSlot>;
  try {
    std::exception_ptr error = link.record() ? link->drop(*link.record()) : aborted_error();
    if constexpr (requires { result_slot->runs_nowhere(); }) result_slot->runs_nowhere();
    auto const post = [&] {
      auto const executor = link->get_executor();
      auto const child = reserve::attempt([&] {
        return std::make_shared<dropped>(std::move(link), index, std::move(result_slot), error);
      });
      reserve::attempt([&] { asio::post(executor, [child] { child->report(); }); });
    };
    if constexpr (requires { result_slot->registry(); }) {
      // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): post() moves the place away
      auto const registry = result_slot->registry();
      context_lock const context(*registry);
      if (context) post();
    } else {
      post();
    }
  } catch (...) { // without memory nothing can be told
  }
}

/// Says whether the body of a runner has begun: from then on the runner tells how its child ends.
/// The own launch begins it before it returns, and another one perhaps later.
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

/// What a runner works on. The child is destroyed first and the link last, which keeps everything
/// alive: of several parameters of a coroutine GCC destroys the first one first.
template <class Owner, class Assignment, class Keep>
struct job {
  child_link<Owner> link;
  child_source<Assignment>* next; // null if no child follows
  typename body_mark<has_own_launch>::pointer begun;
  [[no_unique_address]] Keep keep; // has to live as long as the first child
  Assignment assigned;

  void drop_child() {
    assigned.drop();
    keep = Keep();
  }
};

/// Reports the child of a runner whose frame is destroyed while it awaits that child.
template <class Job>
class reporter {
public:
  explicit reporter(Job& job) noexcept : job_(job) {}
  reporter(reporter const&) = delete;
  reporter& operator=(reporter const&) = delete;
  ~reporter() {
    if (!job_.assigned.has_child()) return;
    job_.drop_child();
    report_dropped(std::move(job_.link), job_.assigned.index, std::move(job_.assigned.result_slot));
  }

private:
  Job& job_;
};

/// Awaits one child after another, for as long as there is one. While the children do not suspend,
/// all of them cost this one coroutine.
template <class Executor, class Owner, class Assignment, class Keep>
struct runner {
  // A member: where the type of a child is local to a file, GCC 12 warns of the frame of a free
  // one.
  static launchable<Executor> run(job<Owner, Assignment, Keep> j) {
    constexpr bool makes_child = child_traits<typename Assignment::child_type>::is_callable;
    *std::exchange(j.begun, nullptr) = true;
    reporter const reports(j);
    if (j.link.record() && j.link->is_listed())
      j.link->runs_in(*j.link.record(), co_await current_coroutine());
    for (;;) {
      try {
        if (j.assigned.error) {
          // It could not be taken, or must not run any more.
        } else if constexpr (makes_child) {
          made_child made{unnamed(*j.link, j.assigned.index, (*j.assigned.child)()), j.assigned};
          co_await awaited_by(made);
        } else {
          co_await awaited_by(j.assigned);
        }
      } catch (...) {
        j.assigned.error = std::current_exception();
      }
      j.drop_child();
      if (!j.next) {
        j.link->ended(j.link.record(), j.assigned.index, *j.assigned.result_slot, j.assigned.error,
                      ended_in::runner);
        break;
      }
      if (!j.next->end_and_take_next(j.link.record(), j.assigned)) break;
      if (j.link.record()) {
        // The child may have changed what belongs to the whole coroutine, and may have been
        // cancelled.
        co_await asio::this_coro::reset_cancellation_state();
        co_await asio::this_coro::throw_if_cancelled(true);
      }
    }
    if constexpr (!has_own_launch) {
      // Without a hop of its own co_spawn posts here, and that throws if the last child was
      // cancelled.
      co_await asio::this_coro::throw_if_cancelled(false);
      co_await asio::dispatch(asio::deferred);
    } else if constexpr (requires { j.link->runner_completes(); }) {
      // A task has nothing to complete beside its future.
      if (j.link->runner_completes()) complete(std::move(j));
    }
  }

  // Completes the operation from here, where nothing is left of it.
  static void complete(job<Owner, Assignment, Keep>&& j) {
    auto owner = std::move(j.link).owner();
    {
      auto const ended = std::move(j);
    }
    Owner::complete_from_runner(std::move(owner));
  }
};

/// Stands for the executor of the operation, where a child has none of its own.
struct operation_executor {};

/// The completion handler of a child that is an operation. `Place` points to its place, and `Keep`
/// is what has to live until then.
template <class Owner, class ResultSlot, class ChildExecutor, class Keep>
class child_handler {
  static constexpr bool is_on_operation_executor =
      std::is_same_v<ChildExecutor, operation_executor>;

public:
  using executor_type =
      std::conditional_t<is_on_operation_executor, typename Owner::executor_type, ChildExecutor>;
  using cancellation_slot_type = asio::cancellation_slot;

  child_handler(child_link<Owner> link, std::size_t index, ResultSlot result_slot,
                ChildExecutor const& registry, Keep keep)
      : link_(std::move(link)), index_(index), result_slot_(std::move(result_slot)),
        executor_(registry), keep_(std::move(keep)) {}

  child_handler(child_handler&&) = default;
  ~child_handler() {
    if (!link_) return;
    keep_ = Keep();
    report_dropped(std::move(link_), index_, std::move(result_slot_));
  }

  // Of the operation a reference, which stays valid until this is called, wherever it is moved to.
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
    if (completes()) finish(received(*result_slot_, std::forward<Args>(args)...));
  }

private:
  // Says whether the child ends with this call. If not, nothing is left to tell.
  bool completes() {
    bool const counts = link_->completes(index_);
    if (!counts) auto const done = std::move(link_);
    return counts;
  }

  void finish(std::exception_ptr error) {
    keep_ = Keep();
    // What listens to requests may own this handler, and goes with it.
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

/// The executor of an awaitable, made from that of the operation, as something that points to it;
/// null if the operation holds one of another type.
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
