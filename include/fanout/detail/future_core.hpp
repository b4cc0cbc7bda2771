//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_FUTURE_CORE_HPP
#define FANOUT_DETAIL_FUTURE_CORE_HPP

// The state of a future without its value: shared by the handles of the future, its producer, and
// the waiters.

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/cleanup_scope.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/waiting_queue.hpp>
#include <fanout/detail/work_poster.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The id of one callback, or other entry, in the queue of a future.
enum class callback_id : std::uint64_t {};

/// Waits for the end of a future. A waiter is bound to the context on which it is called.
class waiter : public context_bound {
public:
  /// The future has ended: posts the function that waits. Called once, when the waiter was removed
  /// from its registry; the caller then destroys the waiter. `keep_alive` must live until the
  /// function was called. `inline_on`: the current executor, if a function that runs no user code
  /// and resumes no coroutine may be called inline; else null.
  virtual void wake(std::shared_ptr<void> const& keep_alive,
                    asio::any_io_executor const* inline_on) = 0;
};

/// Is called at the ends of several futures, which share it.
class watcher {
public:
  watcher(watcher const&) = delete;
  watcher& operator=(watcher const&) = delete;

  /// A future has ended. Called on any thread, once for each entry in a queue. `failed`: the future
  /// has ended with an error that is no cancellation.
  virtual void ended(bool failed) = 0;

  /// A future will never end, since its context was destroyed. Called like `ended`.
  virtual void lost() = 0;

protected:
  watcher() = default;
  ~watcher() = default;
};

/// The state of a future without its value. Thread-safe.
///
/// The future belongs to the context of its executor. It uses the context and the executor only
/// while it holds a `context_lock`. If the context is destroyed before the future has ended, the
/// future never ends.
class future_core : public std::enable_shared_from_this<future_core> {
public:
  /// `serial`: the executor on which requests reach the producer. Without it none does, and a
  /// request ends the future at once.
  future_core(asio::any_io_executor executor, asio::any_io_executor serial, std::string name)
      : registry_(context_registry::of(context_of(executor))),
        cancels_producer_(static_cast<bool>(serial)), name_(std::move(name)) {
    context_lock const context(*registry_);
    if (!context) return;
    auto made = std::make_unique<executors>(std::move(executor), std::move(serial));
    executors_ = made.get();
    registry_->add(std::move(made));
  }

  future_core(future_core const&) = delete;
  future_core& operator=(future_core const&) = delete;

  // ---- members for handles

  bool done() const {
    std::lock_guard const lock(mutex_);
    return done_;
  }

  bool cancelled() const {
    std::lock_guard const lock(mutex_);
    return cancelled_;
  }

  bool cancel(asio::cancellation_type type) {
    return request(type, false, [](auto const& executor, auto emit) {
      reserve::attempt([&] { asio::post(executor, emit); });
    });
  }

  /// Passes on the cancellation of a waiter. The request is dispatched instead of posted, so that
  /// requests reach what is awaited in the order in which the waiters get them.
  void pass_on(asio::cancellation_type type) {
    if (waits_for_its_turn()) return static_cast<void>(cancel(type));
    bool const in_time = request(type, true, [](auto const& executor, auto emit) {
      nested_dispatch::run_on(executor, emit);
    });
    if (!in_time) requested_too_late();
  }

  std::exception_ptr exception() {
    std::lock_guard const lock(mutex_);
    check_done();
    looked_ = true;
    if (cancelled_) std::rethrow_exception(error_);
    return error_;
  }

  std::exception_ptr look() {
    std::lock_guard const lock(mutex_);
    looked_ = true;
    return done_ ? error_ : aborted_error();
  }

  std::string name() const {
    std::lock_guard const lock(mutex_);
    return name_;
  }

  /// The text for a wait for this future.
  std::string shown() const {
    std::lock_guard const lock(mutex_);
    return described();
  }

  /// The text for the task itself.
  std::string title() const {
    std::lock_guard const lock(mutex_);
    return task_title(name_);
  }

  void set_name(std::string name) {
    std::lock_guard const lock(mutex_);
    name_.swap(name);
  }

  /// Empty once the context was destroyed.
  asio::any_io_executor get_executor() const {
    context_lock const context(*registry_);
    return context ? executors_->general : asio::any_io_executor();
  }

  /// The same while a `context_lock` is held; another one might not be granted.
  asio::any_io_executor const& executor_here() const noexcept { return executors_->general; }

  std::shared_ptr<context_registry> const& registry() const noexcept { return registry_; }

  // ---- members for waiters

  /// Appends a waiter to the queue, or destroys it if its context was destroyed. `inline_on`: the
  /// current executor, if the waiter may be woken inline.
  callback_id add(std::shared_ptr<context_registry> registry, std::unique_ptr<waiter> w,
                  asio::any_io_executor const* inline_on = nullptr) {
    context_lock const context(*registry);
    std::unique_lock lock(mutex_);
    auto const id = callback_id{++last_id_};
    if (!context) return id;
    queue_.push({id, registry, w.get()});
    registry->add(std::move(w));
    if (done_ || (registry != registry_ && !follow_context())) wake_all(std::move(lock), inline_on);
    return id;
  }

  /// Appends a watcher to the queue, unless the future has ended or never will. Then there is no
  /// id.
  callback_id watch(std::shared_ptr<watcher> w) {
    std::lock_guard const lock(mutex_);
    if (done_ || !follow_context()) return {};
    auto const id = callback_id{++last_id_};
    queue_.push({id, std::move(w), nullptr});
    return id;
  }

  /// Removes a waiter or a watcher from the queue. Returns whether it was still there.
  bool remove(callback_id id) {
    std::unique_lock lock(mutex_);
    queue_entry const removed = queue_.take(id);
    lock.unlock();
    if (removed.empty()) return false;
    if (!removed.to_wake) return true;
    context_lock const context(removed.registry());
    if (context) removed.registry().remove(*removed.to_wake);
    return static_cast<bool>(context);
  }

  /// Whether the future has ended with an error that is no cancellation.
  bool failed() const {
    std::lock_guard const lock(mutex_);
    return has_failed();
  }

  // ---- members for the producer

  /// Ends the future with an error. `asked`: something other than the future has asked the producer
  /// to end. Returns false if the future was cancelled or its context was destroyed.
  bool fail(std::exception_ptr error, bool asked = false) {
    bool const cancelled = was_cancelled(error, asked || requested_);
    std::unique_lock lock(mutex_);
    if (!settle()) return false;
    end(std::move(lock), std::move(error), cancelled);
    return true;
  }

  // NOLINTNEXTLINE(bugprone-exception-escape): nothing wakes a promise's waits in a way that throws
  void break_promise() noexcept {
    std::unique_lock lock(mutex_);
    if (settled_ || !settle()) return;
    auto error = error_from([this] {
      return broken_promise("the promise of " + described() + " was destroyed without a value");
    });
    end(std::move(lock), std::move(error), false);
  }

  /// The producer was destroyed with its context, or for want of memory. If the context of the
  /// future still exists, the future ends as a cancelled one.
  void abandon() noexcept {
    context_lock const context(*registry_);
    std::unique_lock lock(mutex_);
    abandoned_ = true;
    if (context && !done_) {
      done_ = cancelled_ = true;
      error_ = aborted_error();
      wake_or_report(std::move(lock));
      return executors_->poster.reset();
    }
    auto const keep_alive = std::exchange(keep_alive_, nullptr);
    lock.unlock();
  }

  bool abandoned() const {
    std::lock_guard const lock(mutex_);
    return abandoned_;
  }

  bool requested() const noexcept { return requested_; }

  /// Connected to the producer; used on the serial executor only.
  asio::cancellation_slot slot() noexcept { return signal_.slot(); }

  /// Keeps an object alive until the waiters have been called. To be called before the future is
  /// shared.
  void keep_alive(std::shared_ptr<void> object) noexcept { keep_alive_ = std::move(object); }

  /// Lists the state of a task, with the time of its creation.
  virtual void list_in(listing&, std::chrono::steady_clock::time_point) {}

  /// The executor on which the producer is cancelled. To be called while a `context_lock` is held.
  asio::any_io_executor const& serial_here() const noexcept { return executors_->serial; }

protected:
  virtual ~future_core() {
    {
      context_lock const context(*registry_);
      if (context) registry_->remove(*executors_);
    }
    if (!error_ || cancelled_ || looked_) return;
    report_lost(name_.empty() ? std::string_view("a future without a name") : name_, error_);
  }

  /// Tracks work on the executor of a task until the task has ended. Returns the poster for the
  /// start of the task. To be called while a `context_lock` is held.
  work_poster<asio::any_io_executor> const& keep_busy() {
    return executors_->poster.emplace(executors_->serial, true);
  }

  /// The executor on which the producer ends the future, if requests reach the producer.
  virtual asio::any_io_executor const& ends_on() const noexcept { return executors_->serial; }

  /// The future was cancelled and has ended; the request does not reach the producer.
  virtual void ended_by_request() {}

  /// A wait was cancelled when the future had ended, and the waiter may not have been called yet.
  virtual void requested_too_late() {}

  /// Whether the producer has not started. A request destroys the producer then, so the request is
  /// posted.
  virtual bool waits_for_its_turn() const { return false; }

  /// Forwards a request to the producer. Called on the serial executor.
  virtual void emit(asio::cancellation_type type) { signal_.emit(type); }

  // ---- with the lock held

  /// Whether the future has ended, or never will.
  bool over() const noexcept { return done_ || abandoned_ || registry_->closed(); }

  void check_done() const {
    if (!done_) throw invalid_state(described() + " is still pending");
  }

  bool has_ended() const noexcept { return done_; }
  bool has_failed() const noexcept { return error_ && !cancelled_; }

  /// Called when the producer ends the future. Returns whether that end counts. Throws if the
  /// producer has ended the future before.
  bool settle() {
    if (settled_) throw invalid_state("the promise of " + described() + " was set before");
    settled_ = true;
    return !over();
  }

  void unsettle() noexcept { settled_ = false; }

  void end(std::unique_lock<std::mutex> lock, std::exception_ptr error, bool cancelled) {
    done_ = true;
    error_ = std::move(error);
    cancelled_ = cancelled;
    if (!cancels_producer_) return wake_or_report(std::move(lock));
    context_lock const context(*registry_);
    wake_all(std::move(lock), context ? &ends_on() : nullptr);
    if (context) executors_->poster.reset();
  }

  std::string described() const {
    return name_.empty() ? "a future without a name" : "future '" + name_ + "'";
  }

  mutable std::mutex mutex_; // protects the members below
  std::exception_ptr error_;
  bool looked_ = false; // the error was read

private:
  // The executors of the future. They are destroyed with the context, since some executors use
  // their context in their destructor.
  struct executors : context_bound {
    executors(asio::any_io_executor g, asio::any_io_executor s)
        : general(std::move(g)), serial(std::move(s)) {}

    // Called when the context is destroyed, too.
    ~executors() override {
      if (auto const alive = awaited.lock()) alive->lose_context();
    }

    asio::any_io_executor general;
    asio::any_io_executor serial;
    std::optional<work_poster<asio::any_io_executor>> poster; // of a task that has not ended
    std::weak_ptr<future_core> awaited; // set if a waiter is on another context
  };

  // An entry in the queue of waiters.
  struct queue_entry {
    callback_id id{};
    std::shared_ptr<void> holder; // the registry of the waiter's context, or the watcher
    waiter* to_wake = nullptr;

    bool empty() const noexcept { return !holder; }
    bool stale() const noexcept { return empty() || (to_wake && registry().closed()); }
    context_registry& registry() const noexcept {
      return *static_cast<context_registry*>(holder.get());
    }
    watcher& watching() const noexcept { return *static_cast<watcher*>(holder.get()); }
  };

  // Makes the future wake its waiters when the context is destroyed: waiters on other contexts must
  // not wait for ever. Returns whether the context still exists. Called with the lock held.
  bool follow_context() {
    context_lock const context(*registry_);
    if (context) executors_->awaited = weak_from_this();
    return static_cast<bool>(context);
  }

  // Wakes the waiters on other contexts; those on this context were destroyed with it.
  void lose_context() noexcept { wake_or_report(std::unique_lock(mutex_)); }

  template <class RunOn>
  bool request(asio::cancellation_type type, bool passed_on, RunOn run_on) {
    context_lock const context(*registry_);
    if (!context) return false;
    std::unique_lock lock(mutex_);
    if (over()) return false;
    auto const made = passed_on ? requests_in_flight_ | requests_before_turn_ : requests_in_flight_;
    if ((type & ~made) == asio::cancellation_type::none) return true;
    requested_ = true;
    if (!cancels_producer_) {
      end(std::move(lock), aborted_error(), true);
      ended_by_request();
      return true;
    }
    if (cleanup_scope::is_active() && std::exchange(asked_as_leftover_, true)) return true;
    requests_in_flight_ |= type;
    requests_before_turn_ |= type;
    lock.unlock();
    auto const self = shared_from_this();
    try {
      run_on(executors_->serial, cleanup_scope::carry([self, type] {
               self->emit(type);
               self->post([self, type] { self->forget(self->requests_before_turn_, type); });
             }));
      post([self, type] { self->forget(self->requests_in_flight_, type); });
    } catch (...) {
      forget(requests_in_flight_, type); // the requests reach nothing, so the next ones may be sent
      forget(requests_before_turn_, type);
      throw;
    }
    return true;
  }

  template <class F>
  void post(F f) {
    context_lock const context(*registry_);
    if (context) reserve::attempt([&] { asio::post(executors_->serial, f); });
  }

  void forget(asio::cancellation_type& made, asio::cancellation_type type) {
    std::lock_guard const lock(mutex_);
    made &= ~type;
  }

  // Wakes waiters one at a time, in the order in which they were added. A waiter that is added
  // meanwhile is woken by the call that is waking.
  void wake_all(std::unique_lock<std::mutex> lock, asio::any_io_executor const* inline_on) {
    if (waking_) return;
    waking_ = true;
    auto const keep_alive = std::exchange(keep_alive_, nullptr);
    std::exception_ptr thrown; // one waiter could not be woken: the others are
    while (!queue_.empty()) {
      auto woken = queue_.take_all();
      bool const done = done_, failed = has_failed();
      lock.unlock();
      for (queue_entry& each : woken) {
        try {
          if (each.empty()) continue;
          if (each.to_wake)
            wake(std::move(each), keep_alive, inline_on);
          else
            notify(std::move(each), done, failed);
        } catch (...) {
          thrown = std::current_exception();
        }
      }
      lock.lock();
    }
    waking_ = false;
    lock.unlock();
    if (thrown) std::rethrow_exception(thrown);
  }

  // As `wake_all`, where an exception would mean that the future has not ended. A waiter that
  // cannot be woken is destroyed.
  void wake_or_report(std::unique_lock<std::mutex> lock) noexcept {
    try {
      wake_all(std::move(lock), nullptr);
    } catch (...) {
      report_lost(name_.empty() ? std::string_view("a wait for a future") : name_,
                  std::current_exception());
    }
  }

  // The entry is destroyed without the lock, since it may be the last owner of the watcher.
  static void notify(queue_entry p, bool done, bool failed) {
    if (done)
      p.watching().ended(failed);
    else
      p.watching().lost();
  }

  static void wake(queue_entry p, std::shared_ptr<void> const& keep_alive,
                   asio::any_io_executor const* inline_on) {
    context_lock const context(p.registry());
    if (!context) return;
    auto const left = p.registry().remove(*p.to_wake); // nothing else refers to the waiter any more
    p.to_wake->wake(keep_alive, inline_on);
  }

  std::shared_ptr<context_registry> const registry_;
  executors* executors_ = nullptr;
  bool const cancels_producer_; // requests reach the producer
  asio::cancellation_signal signal_;
  std::string name_;
  bool done_ = false;
  bool cancelled_ = false;             // ended as a cancelled future
  std::atomic<bool> requested_{false}; // a cancellation was requested
  // Types of requests that are on their way to the producer: the same type is not sent twice.
  asio::cancellation_type requests_in_flight_ = asio::cancellation_type::none;
  // Types of requests after which the producer has not had a turn yet. All waiters of a future may
  // be cancelled at once, and their requests would interrupt the cleaning up after the first
  // request.
  asio::cancellation_type requests_before_turn_ = asio::cancellation_type::none;
  bool asked_as_leftover_ = false; // asked to end at the end of `run`
  bool settled_ = false;           // the producer has ended the future
  bool abandoned_ = false;         // the producer will not end the future
  bool waking_ = false;
  std::uint64_t last_id_ = 0;
  waiting_queue<queue_entry> queue_;
  std::shared_ptr<void> keep_alive_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_FUTURE_CORE_HPP
