//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WITH_TASK_GROUP_HPP
#define FANOUT_DETAIL_WITH_TASK_GROUP_HPP

// Operations on a group, and around one.

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/task_group.hpp>
#include <fanout/detail/waiters.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

struct initiate_join {
  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<group_handle> const& group) const {
    initiate_wait<void>{group->join()}(std::forward<Handler>(handler));
  }
};

struct initiate_slot {
  template <class Handler>
  void operator()(Handler&& handler, std::shared_ptr<group_handle> const& group) const {
    static_assert(brings_executor<std::decay_t<Handler>>,
                  "fanout: the completion handler has no executor to wait on: bind_executor the "
                  "token");
    if constexpr (brings_executor<std::decay_t<Handler>>) {
      auto const waiting = group->slot(asio::get_associated_executor(handler));
      initiate_wait<void>{waiting}(std::forward<Handler>(handler));
    }
  }
};

/// An operation on a group.
template <class Initiation>
class [[nodiscard("nothing happens before the operation is awaited or called with a completion "
                  "token")]] group_operation : public operation_base {
public:
  using result_type = void;
  using signature = void(std::exception_ptr);
  static constexpr bool unwraps_values = false;

  explicit group_operation(std::shared_ptr<group_handle> group) noexcept
      : group_(std::move(group)) {}

  template <class Token>
  auto operator()(Token&& token) const -> decltype(asio::async_initiate<Token, signature>(
      std::declval<Initiation>(), token, std::declval<std::shared_ptr<group_handle>>())) {
    return asio::async_initiate<Token, signature>(Initiation(), token,
                                                  std::shared_ptr<group_handle>(group_));
  }

private:
  std::shared_ptr<group_handle> group_;
};

/// How the operation around a group is listed.
struct around_group {
  static constexpr void apply(rules&) noexcept {}
  static constexpr char const* title() noexcept { return "a with_task_group"; }
};

/// The child of that operation: a coroutine that has a group, whose first task is what `f` returns.
template <class Group, class F, class... P>
class run_with_group {
public:
  using body = std::remove_cvref_t<std::invoke_result_t<F&, Group&>>;
  using value = child_value_t<body>;

  template <class... Q>
  explicit run_with_group(F f, Q&&... policies)
      : f_(std::move(f)), policies_(std::forward<Q>(policies)...) {}

  auto operator()() -> asio::awaitable<value> {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    auto group = make_group(co_await asio::this_coro::executor);
    auto first =
        group.create_task([this, &group] { return f_(group); }, "the body of a task group");
    co_await group.join();
    // What has come to its end is not cancelled any more.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return co_await std::move(first);
  }

private:
  template <class Executor>
  Group make_group(Executor const& executor) {
    return std::apply([&](auto&... p) { return Group(executor, std::move(p)...); }, policies_);
  }

  F f_;
  std::tuple<P...> policies_;
};

template <class Group>
struct with_group_function {
  template <class Initiation, class F, class... P>
  auto operator()(Initiation initiation, F&& f, P&&... policies) const {
    using function = std::decay_t<F>;
    constexpr bool callable = std::is_invocable_v<function&, Group&>;
    static_assert(callable, "fanout: with_task_group takes a callable with a parameter of type "
                            "task_group&, which returns a child");
    if constexpr (callable)
      return make_packaged_child(std::move(initiation),
                                 run_with_group<Group, function, std::decay_t<P>...>(
                                     std::forward<F>(f), std::forward<P>(policies)...),
                                 around_group());
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WITH_TASK_GROUP_HPP
