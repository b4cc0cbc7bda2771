//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_LIMITER_HPP
#define FANOUT_LIMITER_HPP

#include <fanout/concepts.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/limiter_core.hpp>
#include <fanout/detail/repeatable_operation.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// A limit on what runs at once, shared by all operations that use it: one for each host, say, or
/// one for a database. It has `n` permits. An operation that wants a permit and finds none waits;
/// waits are served in the order in which they came.
///
/// There are two ways to use a limiter: `co_await acquire()` in a coroutine, and the policy
/// `limit(l)` of a gather, each child of which holds a permit from right before its start to its
/// end.
///
/// *Errors*: `limiter(0)` throws `std::invalid_argument`.
///
/// *Executor and threads*: all members are thread-safe. The completion handler of a wait is called
/// on its associated executor, or on the executor argument if the handler has none.
///
/// *Object lifetimes*: a limiter may be destroyed before its guards and waits, which stay valid. A
/// wait belongs to the context of its executor, and is destroyed with it. A child that holds a
/// permit and waits for another permit of the same limiter, in a gather of its own for instance,
/// may wait for ever.
///
/// *Python*: `asyncio.Semaphore`.
///
/// *Example*:
/// @code
/// fanout::limiter host(8);
/// auto pages = co_await gather(urls | std::views::transform(get), fanout::limit(host));
/// @endcode
class limiter {
public:
  /// Holds one permit, or none. Its destructor returns the permit.
  class guard {
  public:
    /// Holds no permit.
    guard() noexcept = default;
    /// The moved-from guard holds no permit.
    guard(guard&&) noexcept = default;
    guard& operator=(guard&& other) noexcept {
      guard(std::move(other)).core_.swap(core_);
      return *this;
    }
    // NOLINTNEXTLINE(bugprone-exception-escape): waits are woken without a throw
    ~guard() { release(); }

    /// Returns the permit now.
    void release() {
      if (auto* const core = core_.get()) core->pass_on(std::move(*this));
    }

    /// Whether the guard holds a permit.
    explicit operator bool() const noexcept { return core_ != nullptr; }

  private:
    friend class detail::limiter_core<guard>;
    explicit guard(std::shared_ptr<detail::limiter_core<guard>> core) noexcept
        : core_(std::move(core)) {}

    std::shared_ptr<detail::limiter_core<guard>> core_;
  };

  template <std::integral N>
    requires(!std::same_as<N, bool>)
  explicit limiter(N n) : core_(std::make_shared<detail::limiter_core<guard>>(checked(n))) {}

  limiter(limiter const&) = delete;
  limiter& operator=(limiter const&) = delete;

  /// Waits for a permit.
  ///
  /// *Effects*: packages an asynchronous operation; the wait begins with its initiation.
  ///
  /// *Results*: a `guard`; the completion signature is `void(std::exception_ptr, guard)`.
  ///
  /// *Errors*: `operation_aborted` if cancelled.
  ///
  /// *Cancellation*: a request of any type ends a wait that has no permit yet.
  ///
  /// *Python*: `async with semaphore`.
  auto acquire() const {
    return detail::make_operation<guard>(detail::acquire_on_handler<guard>(core_));
  }

  /// The same on an executor or context that stands first.
  template <executor_or_context Ex>
  auto acquire(Ex&& executor) const {
    auto own = detail::executor_of(std::forward<Ex>(executor));
    return detail::make_operation<guard>(detail::acquire_on<guard, decltype(own)>{core_, own});
  }

  /// Takes a permit if one is free and nothing waits for it. Otherwise the guard holds none.
  [[nodiscard("the guard returns its permit when it is destroyed: give it a name")]]
  guard try_acquire() const {
    return core_->try_acquire();
  }

private:
  friend class limit<limiter>;

  template <std::integral N>
  static std::size_t checked(N n) {
    if (n <= 0)
      throw std::invalid_argument("fanout::limiter: it needs at least one permit, not " +
                                  std::to_string(n));
    return static_cast<std::size_t>(n);
  }

  std::shared_ptr<detail::limiter_core<guard>> core_;
};

/// The policy: each child of the operation holds a permit of a limiter while it runs.
template <>
class limit<limiter> {
public:
  explicit limit(limiter const& l) : core_(l.core_) {}

  constexpr void apply(rules&) const noexcept {}
  std::unique_ptr<detail::start_condition> make_start_condition() const {
    return std::make_unique<detail::limiter_condition<limiter::guard>>(core_);
  }

private:
  std::shared_ptr<detail::limiter_core<limiter::guard>> core_;
};

limit(limiter const&) -> limit<limiter>;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_LIMITER_HPP
