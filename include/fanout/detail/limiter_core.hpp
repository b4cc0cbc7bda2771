//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_LIMITER_CORE_HPP
#define FANOUT_DETAIL_LIMITER_CORE_HPP

#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/on_handler_executor.hpp>
#include <fanout/detail/start_condition.hpp>
#include <fanout/detail/waiters.hpp>
#include <fanout/detail/waiting_line.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// The permits of a limiter, and the queue of waits for one. A permit is a `Guard`, which keeps
/// this object alive, and passes itself on in its destructor.
template <class Guard>
class limiter_core : public std::enable_shared_from_this<limiter_core<Guard>> {
  using waiting = future_state<Guard>;
  using line = waiting_line<Guard>;
  using queued_wait = typename line::queued_wait;

public:
  explicit limiter_core(std::size_t n) noexcept : free_(n) {}

  /// Takes a permit if there is one. If there is one, no wait is in the queue.
  Guard try_acquire() {
    std::lock_guard const lock(mutex_);
    if (free_ == 0) return {};
    --free_;
    return Guard(this->shared_from_this());
  }

  /// Returns a future of one permit. The future's executor is `executor`.
  std::shared_ptr<waiting> acquire(asio::any_io_executor const& executor) {
    auto const one = std::make_shared<queued_wait>(
        executor, "a permit of a limiter", std::shared_ptr<line>(this->shared_from_this(), &line_));
    if (auto permit = try_acquire_or_join(*one)) one->succeed(std::move(permit));
    return one;
  }

  /// Gives a permit to the oldest wait, or keeps it.
  void pass_on(Guard permit) {
    for (;;) {
      std::unique_lock lock(mutex_);
      auto const next = line_.next();
      if (!next) {
        ++free_;
        // Destroyed after the lock was released.
        auto const last = std::move(permit.core_); // NOLINT(bugprone-use-after-move): not taken yet
        return lock.unlock();
      }
      lock.unlock();
      if (next->succeed(std::move(permit))) return;
    }
  }

private:
  Guard try_acquire_or_join(queued_wait& one) {
    std::lock_guard const lock(mutex_);
    if (free_ == 0) {
      line_.join(one);
      return {};
    }
    --free_;
    return Guard(this->shared_from_this());
  }

  std::mutex mutex_; // protects what follows
  std::size_t free_;
  line line_{mutex_};
};

/// Initiates a wait for a permit, on the executor of the completion handler.
template <class Guard>
struct acquire_on_handler : on_handler_executor<decltype(nowhere_to_acquire())> {
  explicit acquire_on_handler(std::shared_ptr<limiter_core<Guard>> c) : core(std::move(c)) {}

  using on_handler_executor::operator();

  template <class Handler>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler) const {
    auto const waiting = core->acquire(asio::get_associated_executor(handler));
    initiate_wait<Guard>{waiting}(std::forward<Handler>(handler));
  }

  std::shared_ptr<limiter_core<Guard>> core;
};

/// Initiates a wait for a permit where an executor stands first.
template <class Guard, class Executor>
struct acquire_on {
  using executor_type = Executor;

  executor_type get_executor() const noexcept { return executor; }

  template <class Handler>
  void operator()(Handler&& handler) const {
    initiate_wait<Guard>{core->acquire(executor)}(std::forward<Handler>(handler));
  }

  std::shared_ptr<limiter_core<Guard>> core;
  Executor executor;
};

/// The permits that the running children of one operation hold.
template <class Guard>
class limiter_condition final : public start_condition {
public:
  explicit limiter_condition(std::shared_ptr<limiter_core<Guard>> core) : core_(std::move(core)) {}

  bool try_start() override {
    auto permit = waiting_ ? waited_for() : core_->try_acquire();
    if (!permit) return false;
    taken_.push_back(std::move(permit));
    return true;
  }

  void wait(asio::any_io_executor const& executor, std::function<void()> ready) override {
    auto call = [ready = std::move(ready)](auto const&) { ready(); };
    using callback = pending_callback<std::shared_ptr<future_state<Guard>>, decltype(call)>;
    waiting_ = core_->acquire(executor);
    context_lock const context(*waiting_->registry());
    if (!context) return;
    waiting_->add(waiting_->registry(),
                  std::make_unique<callback>(waiting_, std::move(call), executor));
  }

  void cancel_wait() override {
    if (waiting_ && !waiting_->cancel(asio::cancellation_type::terminal)) waited_for();
    waiting_ = nullptr;
  }

  void child_ended(bool) override { taken_.pop_back(); }

private:
  Guard waited_for() {
    auto got = std::exchange(waiting_, nullptr)->take();
    return got ? *std::move(got) : Guard();
  }

  std::shared_ptr<limiter_core<Guard>> core_;
  std::shared_ptr<future_state<Guard>> waiting_;
  std::vector<Guard> taken_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_LIMITER_CORE_HPP
