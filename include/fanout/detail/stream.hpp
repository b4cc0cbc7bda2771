//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_STREAM_HPP
#define FANOUT_DETAIL_STREAM_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/background_end.hpp>
#include <fanout/detail/future_state.hpp>
#include <fanout/detail/gather_function.hpp>
#include <fanout/detail/initiate.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/on_handler_executor.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/slot_scope.hpp>
#include <fanout/detail/stream_core.hpp>
#include <fanout/detail/waiters.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The completion handler of the operation behind a stream.
template <class T>
class stream_end : public background_end {
public:
  template <class Executor>
  stream_end(Executor const& executor, std::shared_ptr<stream_core<T>> core)
      : background_end(executor, "an as_completed"), core_(std::move(core)) {}

  stream_end(stream_end&&) = default;
  ~stream_end() {
    abandon([this] { core_->drop(); });
  }

  /// Called when the operation is initiated.
  void set_operation(std::weak_ptr<backing_core> operation) {
    core_->set_operation(std::move(operation));
  }

  void operator()(std::exception_ptr error) {
    take_future()->succeed();
    core_->end(std::move(error));
  }

private:
  std::shared_ptr<stream_core<T>> core_;
};

/// A stream and the operation behind it, which is initiated once. Thread-safe.
template <class T>
class stream_state {
public:
  explicit stream_state(std::shared_ptr<stream_core<T>> core) : core_(std::move(core)) {}

  virtual ~stream_state() {
    try {
      close();
    } catch (...) { // without memory the children are not cancelled, and run on
      report_lost("an as_completed", std::current_exception());
    }
  }

  stream_core<T>& core() const noexcept { return *core_; }

  /// An executor stood first: a posted handler starts the operation. To be called before the stream
  /// is shared.
  void start_elsewhere() noexcept { starts_elsewhere_ = true; }

  /// Whether the next wait starts the operation.
  bool starts_with_a_wait() {
    std::lock_guard const lock(mutex_);
    return !started_ && !starts_elsewhere_;
  }

  /// If the initiation throws, the next wait ends with that.
  void start(asio::any_io_executor const& executor) {
    std::unique_lock lock(mutex_);
    if (started_) return;
    started_ = true;
    lock.unlock();
    std::shared_ptr<future_state<void>> control;
    core_->begin_initiation();
    try {
      stream_end<T> end(executor, core_);
      control = end.future();
      initiate(std::move(end));
    } catch (...) {
      return core_->end_initiation(std::current_exception());
    }
    core_->end_initiation(nullptr);
    lock.lock();
    control_ = std::move(control); // stored after the initiation, so that nothing cancels it before
    bool const closed = closed_;
    lock.unlock();
    if (closed) cancel();
  }

  /// An operation that was not started never starts.
  void close() {
    std::unique_lock lock(mutex_);
    bool const first = !std::exchange(started_, true);
    lock.unlock();
    if (first)
      core_->end(nullptr);
    else
      cancel();
  }

private:
  virtual void initiate(stream_end<T> end) = 0;

  void cancel() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    auto const control = std::exchange(control_, nullptr); // only once: children may be cleaning up
    lock.unlock();
    // With `eager` a child may close the stream in its first step, when there is no control yet.
    bool const must_request = core_->forbid_starts();
    if (control && must_request) control->cancel(asio::cancellation_type::terminal);
  }

  std::shared_ptr<stream_core<T>> const core_;
  bool starts_elsewhere_ = false;
  std::mutex mutex_; // protects what follows
  std::shared_ptr<future_state<void>> control_;
  bool started_ = false;
  bool closed_ = false;
};

template <class T, class Operation>
class stream_of_operation final : public stream_state<T> {
public:
  explicit stream_of_operation(Operation operation)
      : stream_state<T>(operation.children().kept_outcome.core), operation_(std::move(operation)) {}

private:
  void initiate(stream_end<T> end) override { std::move(operation_)(std::move(end)); }

  Operation operation_;
};

/// Initiates a wait for the next end, on the executor of the completion handler. Starts the
/// operation there if it was not started.
template <class T>
struct initiate_next : on_handler_executor<decltype(nowhere_to_go_on())> {
  explicit initiate_next(std::shared_ptr<stream_state<T>> s) : stream(std::move(s)) {}

  using on_handler_executor::operator();

  template <class Handler>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler) const {
    asio::any_io_executor const executor = asio::get_associated_executor(handler);
    auto const waiting = stream->core().next(executor);
    if (stream->starts_with_a_wait()) {
      slot_scope const scope(asio::get_associated_cancellation_slot(handler),
                             cancel_awaited{waiting});
      stream->start(executor);
    }
    initiate_wait<std::optional<completed<T>>>{waiting}(std::forward<Handler>(handler));
  }

  std::shared_ptr<stream_state<T>> stream;
};

/// Closes the stream, and initiates a wait for the end of all children.
template <class T>
struct initiate_close : on_handler_executor<decltype(nowhere_to_go_on())> {
  explicit initiate_close(std::shared_ptr<stream_state<T>> s) : stream(std::move(s)) {}

  using on_handler_executor::operator();

  template <class Handler>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler) const {
    auto const waiting = stream->core().all_ended(asio::get_associated_executor(handler));
    stream->close();
    initiate_wait<void>{waiting}(std::forward<Handler>(handler));
  }

  std::shared_ptr<stream_state<T>> stream;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_STREAM_HPP
