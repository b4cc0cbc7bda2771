//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_WAIT_HPP
#define FANOUT_DETAIL_WAIT_HPP

// The operation `wait`, which watches futures. It has two parts: `wait_core`, which the futures
// share, and `pending_watch`, which owns the completion handler and is bound to the handler's
// context.

#include <fanout/detail/because.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/completion.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/future_core.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/run_service.hpp>
#include <fanout/detail/work_poster.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// When a wait ends: after how many ends of how many futures, and whether one failure is enough.
struct wait_condition {
  std::size_t ends;
  std::size_t futures;
  bool failure;
};

/// The part of a wait that owns the completion handler. It is bound to the context of the wait.
class ending_wait : public context_bound {
public:
  /// Posts the completion. `self` was removed from the registry.
  virtual void conclude(std::unique_ptr<context_bound> self, bool aborted) = 0;
};

/// Decides when a wait ends. Thread-safe; shared by the futures, the timer and the cancellation
/// slot.
class wait_core final : public watcher,
                        public roster::entry,
                        public std::enable_shared_from_this<wait_core> {
public:
  wait_core(std::shared_ptr<context_registry> registry, wait_condition const& e)
      : registry_(std::move(registry)), missing_(e.ends), left_(e.futures), failure_(e.failure) {}

  void ended(bool failed) override {
    std::unique_lock lock(mutex_);
    if (--missing_ == 0 || --left_ == 0 || (failed && failure_)) end(std::move(lock), false);
  }

  void lost() override {
    std::unique_lock lock(mutex_);
    if (--left_ == 0) end(std::move(lock), false);
  }

  /// Ends the wait with `operation_aborted`.
  void abort() { end(std::unique_lock(mutex_), true); }

  /// The time has passed, when the timer begins or later.
  void expire() { end(std::unique_lock(mutex_), false); }
  void timer_expired() { expire(); }

  bool over() {
    std::lock_guard const lock(mutex_);
    return over_;
  }

  /// Called when all futures are being watched: the wait may be concluded from now on. A
  /// `context_lock` is held.
  void begin(std::unique_ptr<ending_wait> waiting) {
    std::unique_lock lock(mutex_);
    waiting_ = waiting.get();
    registry_->add(std::move(waiting));
    if (over_) conclude(std::move(lock));
  }

private:
  void end(std::unique_lock<std::mutex> lock, bool aborted) {
    if (over_) return;
    over_ = true;
    aborted_ = aborted;
    if (waiting_) conclude(std::move(lock));
  }

  void conclude(std::unique_lock<std::mutex> lock) {
    lock.unlock();
    context_lock const context(*registry_);
    if (context) waiting_->conclude(registry_->remove(*waiting_), aborted_);
  }

  void cancel_leftovers() override { abort(); }
  void list_in(listing&) override {} // the registry lists the coroutine that waits

  std::shared_ptr<context_registry> const registry_;
  std::mutex mutex_; // protects the members below
  std::size_t missing_;
  std::size_t left_;
  bool const failure_;
  bool over_ = false;
  bool aborted_ = false;
  ending_wait* waiting_ = nullptr;
};

/// The completion handler of a wait with its futures: `Watched` registers the core with its futures
/// by `watch(core)`, and removes it by `take()` or in its destructor. `Limit` is a timer or
/// nothing.
template <class Watched, class Limit, class Handler, class Executor>
class pending_watch final : public ending_wait {
public:
  pending_watch(Watched&& watched, Handler&& handler, Executor const& executor)
      : coroutine_(coroutine_of(handler)), allocator_(asio::get_associated_allocator(handler)),
        executor_(executor), poster_(executor, true), completion_(std::move(handler)),
        watched_(std::move(watched)) {}

  template <class LimitExecutor>
  void begin(std::shared_ptr<wait_core> const& core, LimitExecutor const& executor,
             typename Limit::policy const& limit) {
    limit_.begin(*core, executor, limit);
    if (!core->over()) watched_.watch(core);
  }

  wait awaited() const override {
    return {coroutine_, [] { return std::string("a wait"); }};
  }

  void conclude(std::unique_ptr<context_bound> self, bool aborted) override {
    auto const poster = std::move(poster_); // this object may be destroyed before post() returns
    std::unique_ptr<pending_watch> mine(static_cast<pending_watch*>(self.release()));
    poster.post(allocator_, [mine = std::move(mine), aborted]() mutable {
      auto& ended = *mine;
      ended.complete(std::move(mine), aborted);
    });
  }

private:
  void complete(std::unique_ptr<pending_watch> self, bool aborted) {
    auto completion = std::move(completion_);
    auto const error = [aborted] { return aborted ? aborted_error() : nullptr; };
    completion.complete(
        brings_executor<Handler>, executor_, error, [this] { return watched_.take(); },
        std::move(self));
  }

  coroutine_id coroutine_;
  asio::associated_allocator_t<Handler> allocator_;
  Executor executor_;
  work_poster<Executor> poster_; // tracks work on it
  completion<Handler, Watched> completion_;
  [[no_unique_address]] Limit limit_;
  Watched watched_;
};

/// The timer of a wait, on an executor whose context may be destroyed first. `Timer` is constructed
/// from the executor and a `Policy`.
template <class Timer, class Policy>
class wait_limit {
public:
  using policy = Policy;

  wait_limit() = default;
  wait_limit(wait_limit const&) = delete;
  wait_limit& operator=(wait_limit const&) = delete;

  ~wait_limit() {
    if (!registry_) return;
    context_lock const context(*registry_);
    if (context) registry_->remove(*timer_);
  }

  template <class Executor>
  void begin(wait_core& core, Executor const& executor, Policy const& limit) {
    auto made = std::make_unique<running>(executor, limit);
    made->timer.begin(core);
    if (core.over()) return;
    auto registry = context_registry::of(context_of(executor));
    context_lock const context(*registry);
    if (!context) return;
    timer_ = made.get();
    registry->add(std::move(made));
    registry_ = std::move(registry);
  }

private:
  struct running : context_bound {
    template <class Executor>
    running(Executor const& executor, Policy const& limit) : timer(executor, limit) {}

    Timer timer;
  };

  std::shared_ptr<context_registry> registry_;
  context_bound* timer_ = nullptr;
};

/// The limit of a wait that has none.
struct no_wait_limit {
  struct policy {};

  template <class Executor>
  void begin(wait_core&, Executor const&, policy) noexcept {}
};

/// Initiates a wait on the executor that `Initiation` has, or on that of the completion handler.
/// The wait is bound to the context on which the handler is called, if that is known.
template <class Limit, class Initiation>
struct initiate_waiting : Initiation {
  static constexpr bool named = requires(Initiation const& i) { i.executor; };

  template <class Handler>
  using mistake_for = std::conditional_t<named || brings_executor<Handler>, no_mistake,
                                         decltype(nowhere_to_wait())>;

  template <class Handler, class Watched>
    requires(named || brings_executor<std::decay_t<Handler>>)
  void operator()(Handler&& handler, wait_condition const& e, Watched watched,
                  typename Limit::policy const& limit) const {
    if constexpr (named && brings_executor<std::decay_t<Handler>>)
      begin(std::forward<Handler>(handler), asio::get_associated_executor(handler), this->executor,
            e, std::move(watched), limit);
    else if constexpr (named)
      begin(std::forward<Handler>(handler), this->executor, this->executor, e, std::move(watched),
            limit);
    else
      begin(std::forward<Handler>(handler), asio::get_associated_executor(handler),
            asio::get_associated_executor(handler), e, std::move(watched), limit);
  }

  template <class Handler, class... Args,
            class Mistake = mistake_t<mistake_for<std::decay_t<Handler>>>>
  Mistake operator()(Handler&&, Args&&...) const = delete;

private:
  template <class Handler, class Executor, class LimitExecutor, class Watched>
  static void begin(Handler&& handler, Executor const& executor, LimitExecutor const& limited_on,
                    wait_condition const& e, Watched&& watched,
                    typename Limit::policy const& limit) {
    using handler_type = std::decay_t<Handler>;
    using waiting_type = pending_watch<Watched, Limit, handler_type, Executor>;
    auto const registry = context_registry::of(context_of(executor));
    context_lock const context(*registry);
    if (!context) return;
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto const core = std::make_shared<wait_core>(registry, e);
    auto waiting = std::make_unique<waiting_type>(
        std::move(watched), handler_type(std::forward<Handler>(handler)), executor);
    if (slot.is_connected())
      slot.assign([weak = std::weak_ptr(core)](asio::cancellation_type type) {
        if (type == asio::cancellation_type::none) return;
        if (auto const alive = weak.lock()) alive->abort();
      });
    if (auto const list = roster_of(context_of(executor))) list->add(*core, core);
    waiting->begin(core, limited_on, limit);
    core->begin(std::move(waiting));
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_WAIT_HPP
