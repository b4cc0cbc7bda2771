//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TASK_GROUP_HPP
#define FANOUT_TASK_GROUP_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/future.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/group_policies.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/repeatable_operation.hpp>
#include <fanout/detail/stragglers.hpp>
#include <fanout/detail/task_group.hpp>
#include <fanout/detail/with_task_group.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI {

/// One failure ends nothing: the other tasks of the group run on, and `join()` ends without error.
///
/// *Python*: no counterpart in `TaskGroup`; what aiojobs is for.
struct keep_going_t {
  static constexpr bool in_groups_only = true;
  constexpr void apply(rules&) const noexcept {}
};
inline constexpr keep_going_t keep_going{};

/// Calls `f(name, exception)` for each task of the group that fails. `failures()` stays empty then.
///
/// *Executor and threads*: as for `on_progress`.
template <class F>
class on_error {
  static_assert(std::is_invocable_v<F&, std::string const&, std::exception_ptr>,
                "fanout::on_error: pass a callable that takes (std::string const& name, "
                "std::exception_ptr)");

public:
  static constexpr bool in_groups_only = true;

  explicit on_error(F f) : f_(std::move(f)) {}

  constexpr void apply(rules&) const noexcept {}
  void failed(failure const& f) { f_(f.name, f.exception); }

private:
  F f_;
};

/// Appends every failure to `out`, in the order in which they come.
///
/// *Object lifetimes*: `out`, a container of `failure`, must live until the group has ended.
template <class Container>
class collect {
  static_assert(
      requires(Container& out, failure const& f) { out.push_back(f); },
      "fanout::collect: pass a container of fanout::failure");

public:
  static constexpr bool in_groups_only = true;

  explicit collect(Container& out) noexcept : out_(&out) {}
  explicit collect(Container const&&) = delete; // it must live until the end

  constexpr void apply(rules&) const noexcept {}
  void failed(failure const& f) { out_->push_back(f); }

private:
  Container* out_;
};

/// Tasks that belong together: started one by one, cancelled and awaited together.
///
/// `task_group(executor_or_context, policies...)`. The policies are `keep_going`, `on_error`,
/// `collect`, `limit(n)`, `child_timeout`, `deadline`, `on_progress`, `cancel_when`,
/// `completion_order` and `eager`.
///
/// *Effects*: the first task to fail cancels the others with a `terminal` request; with
/// `keep_going` it does not. A task that was cancelled has not failed. A task that has ended leaves
/// nothing behind, so a group may serve for days. With `limit(n)` at most `n` tasks run, and the
/// others wait until a task ends. A task that waits and is cancelled, for any reason, never starts:
/// its child is destroyed on the executor, and its future ends in the next turn. All tasks that
/// wait end in this way when the group is cancelled, or a failure cancels it.
///
/// *Executor and threads*: tasks run on the executor, unless they have one of their own; all
/// members are thread-safe.
///
/// *Object lifetimes*: destroying the group cancels its tasks and does not wait for them: they must
/// own what they use, unless `join()` has completed.
///
/// *Python*: `asyncio.TaskGroup`.
///
/// *Example*:
/// @code
/// fanout::task_group connections(executor, keep_going, on_error(log), limit(1000));
/// for (;;) {
///   co_await connections.slot();
///   connections.create_task(serve(co_await acceptor.async_accept(asio::deferred)));
/// }
/// @endcode
class task_group {
public:
  template <executor_or_context Ex, class... P>
    requires(!std::same_as<std::remove_cvref_t<Ex>, task_group> &&
             detail::well_called<detail::group_arguments, P...>)
  explicit task_group(Ex&& executor, P... policies)
      : handle_(detail::make_group(detail::executor_of(std::forward<Ex>(executor)),
                                   std::move(policies)...)) {}

  template <executor_or_context Ex, class... P,
            class Mistake = detail::mistake_t<decltype(detail::group_arguments::mistake<P...>())>>
  explicit task_group(Ex&& executor, P...) = delete;

  // A group is excluded first: the check whether it is a policy would need this constructor again.
  template <class... P,
            class Mistake = detail::mistake_t<decltype(detail::group_without_executor())>>
    requires(!(std::same_as<P, task_group> || ...) && (detail::policy_argument<P> && ...))
  explicit task_group(P...) = delete;

  task_group(task_group&&) noexcept = default;
  task_group& operator=(task_group&&) noexcept = default;

  /// Starts a child as a task of the group.
  ///
  /// *Results*: a `future` of what it yields, as that of `fanout::create_task`. The group
  /// handles the error, so the unhandled error handler is not called for it.
  ///
  /// *Errors*: `invalid_state` if the group has ended, or is being cancelled: nothing is started.
  template <detail::good_child C>
  auto create_task(C&& child, std::string name = {}) {
    if constexpr (detail::is_named<std::decay_t<C>>)
      return create_task(std::forward<C>(child).child,
                         name.empty() ? std::forward<C>(child).name : std::move(name));
    else
      return detail::future_access::make(
          handle_->create_task<std::decay_t<C>>(std::forward<C>(child), std::move(name)));
  }

  template <class... Args, class Mistake = detail::mistake_t<
                               decltype(detail::group_task_arguments::mistake<Args...>())>>
  Mistake create_task(Args&&...) = delete;

  /// Waits until fewer tasks than `limit` run or wait: back-pressure for a server that accepts
  /// connections.
  ///
  /// *Effects*: packages an asynchronous operation. Waits are served in the order in which they
  /// began. The permit is reserved for the code after the wait until that code returns or suspends;
  /// then it is offered to the next wait, whether a task was created or not. Without `limit` the
  /// wait completes at once, through the executor.
  ///
  /// *Results*: none; the completion signature is `void(std::exception_ptr)`.
  ///
  /// *Errors*: `invalid_state` if the group has ended, or is being cancelled.
  ///
  /// *Cancellation*: a request of any type ends the wait.
  auto slot() const { return detail::make_operation<void>(detail::initiate_slot(handle_)); }

  /// Waits for the end of all tasks. Then the group has ended, and takes no more tasks.
  ///
  /// *Effects*: packages an asynchronous operation. Tasks may still be created while it waits.
  ///
  /// *Results*: none; the completion signature is `void(std::exception_ptr)`.
  ///
  /// *Errors*: the first error of a task, unchanged, unless `keep_going` is given.
  ///
  /// *Cancellation*: a request of any type is passed on to all tasks. The wait ends when they have
  /// ended, with `operation_aborted` after a `terminal` request.
  auto join() const { return detail::make_operation<void>(detail::initiate_join{handle_}); }

  /// Cancels all tasks, with a `terminal` request. From the call on no further task starts, and
  /// `create_task` throws. `join()` ends without error, unless a task fails. Does nothing once the
  /// group has ended.
  void cancel() { handle_->cancel(); }

  /// The failures so far, in the order in which they came. Empty if the group has `on_error` or
  /// `collect`.
  std::vector<failure> failures() const { return handle_->failures(); }

private:
  friend class stragglers;
  friend struct detail::group_access;

  std::shared_ptr<detail::group_handle> handle_;
};

/// The children of a gather that still run when it completes with an early error are adopted by a
/// group: they are its tasks from then on, so that they can be awaited and cancelled.
///
/// *Effects*: if such a child fails, that is a failure of the group, with the name of the child:
/// without `keep_going` the first one cancels the other tasks. The children do not wait for the
/// `limit` of the group, but count in it. A group that is being cancelled cancels them, and
/// `join()` waits for them all the same. A group that has ended or was destroyed takes none: then
/// the children are cancelled, and an error of theirs goes to the unhandled error handler.
///
/// *Object lifetimes*: the group may be destroyed before the gather. What the children use must
/// live until `join()` has completed.
///
/// *Python*: no counterpart; the coroutines that `gather` leaves running are found by `all_tasks`.
///
/// *Example*:
/// @code
/// auto page = co_await gather(text(url), images(url), stragglers(background));
/// @endcode
class stragglers {
public:
  explicit stragglers(task_group const& group) : stragglers(std::weak_ptr(group.handle_)) {}
  template <class Mistake = detail::mistake_t<decltype(detail::group_is_temporary())>>
  explicit stragglers(task_group const&&) = delete; // it would cancel them at once

  stragglers(stragglers const& other) : stragglers(other.group_) {}
  stragglers(stragglers&&) noexcept = default;

  constexpr void apply(rules& r) const noexcept { r.cancels_children = true; }

  void adopt(asio::any_io_executor const& executor, std::vector<detail::straggler> const& left) {
    core_->adopt(executor, left);
  }
  void ended_late(failure const& f) { core_->ended(f); }

private:
  explicit stragglers(std::weak_ptr<detail::group_handle> group)
      : group_(std::move(group)), core_(std::make_unique<detail::stragglers_core>(group_)) {}

  std::weak_ptr<detail::group_handle> group_;
  std::unique_ptr<detail::stragglers_core> core_; // of one gather
};

/// Runs a function with a group, and waits for all tasks of the group.
///
/// Call it as `with_task_group([executor,] f, policies...)`: `f(task_group&)` returns a child, a
/// coroutine for instance, which is the first task of the group.
///
/// *Effects*: packages an asynchronous operation. The first error, of a task or of `f`, cancels the
/// rest.
///
/// *Results*: what the child that `f` returns yields, when all tasks have ended.
///
/// *Errors*: the first error, unchanged, when all have ended.
///
/// *Cancellation*: a request of any type is passed on to all tasks.
///
/// *Object lifetimes*: no task runs any more when the operation has completed: tasks may refer to
/// what outlives it. `f` lives until then, with its captures.
///
/// *Python*: `async with asyncio.TaskGroup() as group:`.
///
/// *Example*:
/// @code
/// co_await with_task_group([&](task_group& group) -> asio::awaitable<void> {
///   for (auto const& url : urls) group.create_task(get(url));
///   co_return;
/// });
/// @endcode
template <class F, detail::policy_argument... P>
  requires detail::well_called<detail::with_group_function<task_group>, F, P...>
auto with_task_group(F&& f, P&&... policies) {
  return detail::with_group_function<task_group>()(
      detail::initiate_on_handler(), std::forward<F>(f), std::forward<P>(policies)...);
}

template <executor_or_context Ex, class F, detail::policy_argument... P>
  requires detail::well_called<detail::with_group_function<task_group>, F, P...>
auto with_task_group(Ex&& executor, F&& f, P&&... policies) {
  return detail::with_group_function<task_group>()(
      detail::initiation_on(std::forward<Ex>(executor)), std::forward<F>(f),
      std::forward<P>(policies)...);
}

template <class... Args,
          class Mistake = detail::mistake_in<detail::with_group_function<task_group>, Args...>>
Mistake with_task_group(Args&&...) = delete;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_TASK_GROUP_HPP
