//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WITH_TASK_GROUP_HPP
#define FANOUT_DETAIL_WITH_TASK_GROUP_HPP

// The operations on a group, and `with_task_group`.

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/group_policies.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/on_handler_executor.hpp>
#include <fanout/detail/slot_scope.hpp>
#include <fanout/detail/task_group.hpp>
#include <fanout/detail/waiters.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Initiates a wait for the end of a group.
struct initiate_join {
  using executor_type = asio::any_io_executor;

  executor_type get_executor() const { return group->get_executor(); }

  template <class Handler>
  void operator()(Handler&& handler) const {
    initiate_wait<void>{group->join()}(std::forward<Handler>(handler));
  }

  std::shared_ptr<group_handle> group;
};

/// Initiates a wait for a slot, on the executor of the completion handler.
struct initiate_slot : on_handler_executor<decltype(nowhere_to_go_on())> {
  explicit initiate_slot(std::shared_ptr<group_handle> g) : group(std::move(g)) {}

  using on_handler_executor::operator();

  template <class Handler>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler) const {
    auto const waiting = group->slot(asio::get_associated_executor(handler));
    initiate_wait<void>{waiting}(std::forward<Handler>(handler));
  }

  std::shared_ptr<group_handle> group;
};

/// The policy by which a `with_task_group` is listed.
struct around_group {
  static constexpr void apply(rules&) noexcept {}
  static constexpr char const* title() noexcept { return "a with_task_group"; }
};

/// What `with_task_group` knows of its group beside the public members.
struct group_access {
  template <class Group>
  static bool is_idle(Group const& group) {
    return group.handle_->is_idle();
  }

  /// Passes a request on to all tasks, inside this call.
  template <class Group>
  static void pass_on(Group const& group, asio::cancellation_type type) {
    group.handle_->request(type);
  }
};

/// The child of that operation: a coroutine with a group, whose first task is what `f` returns.
template <class Group, class F, class... P>
class run_with_group {
public:
  using body = std::remove_cvref_t<std::invoke_result_t<F&, Group&>>;
  using value = child_value_t<body>;
  static constexpr bool is_eager = (std::is_same_v<P, eager_t> || ...);

  template <class... Q>
  explicit run_with_group(F f, Q&&... policies)
      : f_(std::move(f)), policies_(std::forward<Q>(policies)...) {}

  auto operator()() -> asio::awaitable<value> {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    // Requests reach the wait for the tasks. After the end of all tasks they have no effect.
    co_await asio::this_coro::throw_if_cancelled(false);
    auto group = make_group(co_await asio::this_coro::executor);
    auto const state = co_await asio::this_coro::cancellation_state;
    auto first = create_first(group, state.slot());
    if constexpr (is_eager)
      if (state.cancelled() == asio::cancellation_type::none && first.done() &&
          group_access::is_idle(group))
        co_return std::move(first).outcome().value();
    co_await group.join();
    co_return co_await std::move(first);
  }

private:
  auto create_first(Group& group, asio::cancellation_slot slot) {
    slot_scope const scope(
        is_eager ? slot : asio::cancellation_slot(),
        [&group](asio::cancellation_type type) { group_access::pass_on(group, type); });
    return group.create_task([this, &group] { return f_(group); }, "the body of a task group");
  }

  template <class Executor>
  Group make_group(Executor const& executor) {
    return std::apply([&](auto&... p) { return Group(executor, std::move(p)...); }, policies_);
  }

  F f_;
  std::tuple<P...> policies_;
};

template <class Group>
struct with_group_function {
  template <class F = void, class... P>
  static consteval auto mistake() {
    if constexpr (!std::is_invocable_v<std::add_lvalue_reference_t<std::decay_t<F>>, Group&>)
      return no_group_body();
    else
      return mistake_of_child<std::invoke_result_t<std::decay_t<F>&, Group&>>() |
             group_arguments::mistake<P...>();
  }

  template <class Initiation, class F, class... P>
  auto operator()(Initiation initiation, F&& f, P&&... policies) const {
    using child = run_with_group<Group, std::decay_t<F>, std::decay_t<P>...>;
    child body(std::forward<F>(f), std::forward<P>(policies)...);
    if constexpr (child::is_eager)
      return make_gather_of_one(std::move(initiation), std::move(body), around_group(), eager);
    else
      return make_gather_of_one(std::move(initiation), std::move(body), around_group());
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WITH_TASK_GROUP_HPP
