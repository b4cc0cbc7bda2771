//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_MAIN_CONTROL_HPP
#define FANOUT_DETAIL_MAIN_CONTROL_HPP

#include <fanout/error.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/run_service.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Ends `main` early: after a signal, or an exception out of a handler. Thread-safe; several
/// threads may run the loop.
class main_control : public std::enable_shared_from_this<main_control> {
public:
  explicit main_control(asio::io_context& c)
      : context(c), executor(is_run_by_many_threads(c) ? asio::any_io_executor(asio::make_strand(c))
                                                       : asio::any_io_executor(c.get_executor())) {}

  asio::io_context& context;
  asio::any_io_executor const executor; // `main` runs on it
  asio::cancellation_signal cancel;     // connected to `main`; used on the executor of `main` only

  /// Tracks work, so that the loop runs until it is stopped.
  void keep_busy() {
    std::lock_guard const lock(mutex_);
    if (!work_) work_.emplace(context.get_executor());
  }

  /// Returns an object that the handler of `main` must hold: its destruction shows that the handler
  /// was destroyed.
  std::shared_ptr<void> handler() {
    auto const made = std::make_shared<char>();
    handler_ = made;
    return made;
  }

  /// Notes an end of `main` if its handler was destroyed uncalled, since the end of `main` has
  /// thrown. Returns whether it was: true once.
  bool note_lost_main() {
    std::lock_guard const lock(mutex_);
    if (ended_ || !handler_.expired()) return false;
    ended_ = aborted_error();
    return true;
  }

  /// `main` has ended; `error` is null without an error.
  void ended(std::exception_ptr error) {
    keep_busy(); // the loop must run until all leftovers have ended
    std::lock_guard const lock(mutex_);
    ended_ = std::move(error);
  }

  /// A signal has come. Returns whether to listen for another one.
  bool on_signal(int signal) noexcept {
    std::unique_lock lock(mutex_);
    bool const first = std::exchange(signal_, signal) == 0;
    lock.unlock();
    if (first)
      cancel_main();
    else
      stop();
    return first;
  }

  /// A handler has thrown. `run` ends with the first exception, unless `main` has ended with an
  /// error before.
  void threw(std::exception_ptr error) noexcept {
    std::unique_lock lock(mutex_);
    bool const counts = !thrown_ && !(ended_ && *ended_);
    if (counts) thrown_ = error;
    lock.unlock();
    if (!counts) return report_lost("run", error);
    keep_busy();
    cancel_main();
  }

  /// Calls `f`, which makes the loop end in order. Stops the loop if that throws.
  template <class F>
  void or_stop(F const& f) noexcept {
    try {
      f();
    } catch (...) {
      stop();
    }
  }

  /// Throws the exception that `run` ends with, if there is one. `leaves_children`: some children
  /// on other contexts have not ended. `stuck` makes the text of the error if `main` has not ended.
  /// Called when the loop has ended.
  void rethrow(bool leaves_children, std::string (*stuck)(asio::io_context&)) const {
    std::exception_ptr const error = ended_ ? *ended_ : aborted_error();
    bool const cancelled = is_cancelled(error);
    bool const incomplete = stopped_ && (leaves_children || !ended_);
    if (!cancelled && error && (incomplete || thrown_)) report_lost("main", error);
    if (signal_ != 0 && incomplete) {
      if (thrown_) report_lost("run", thrown_);
      throw interrupted(signal_);
    }
    if (thrown_) std::rethrow_exception(thrown_);
    if (signal_ != 0 && cancelled) throw interrupted(signal_);
    if (!ended_) throw invalid_state(stuck(context));
    if (error) std::rethrow_exception(error);
  }

  static std::string nothing_left(asio::io_context&) {
    return "fanout::run: nothing is left to wait for, but main has not ended";
  }

private:
  // Cancels `main`. Only the first call does so.
  void cancel_main() noexcept {
    std::unique_lock lock(mutex_);
    if (std::exchange(asked_, true)) return;
    lock.unlock();
    or_stop([this] {
      asio::post(executor, [self = shared_from_this()] {
        self->cancel.emit(asio::cancellation_type::terminal);
      });
    });
  }

  void stop() noexcept {
    std::lock_guard const lock(mutex_);
    stopped_ = true;
    context.stop();
  }

  std::mutex mutex_; // protects the members below
  std::weak_ptr<void> handler_;
  std::optional<std::exception_ptr> ended_; // the end of `main`
  std::exception_ptr thrown_;               // the first exception out of a handler
  int signal_ = 0;                          // the last signal, or 0
  bool asked_ = false;                      // `main` was asked to end
  bool stopped_ = false;                    // the loop was stopped early
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_MAIN_CONTROL_HPP
