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

/// What may end `main` early, signals and exceptions out of handlers, and what comes of it.
/// Thread-safe; the loop may be run by several threads.
class main_control : public std::enable_shared_from_this<main_control> {
public:
  explicit main_control(asio::io_context& c)
      : context(c), executor(is_run_by_many_threads(c) ? asio::any_io_executor(asio::make_strand(c))
                                                       : asio::any_io_executor(c.get_executor())) {}

  asio::io_context& context;
  asio::any_io_executor const executor; // of `main`
  asio::cancellation_signal cancel;     // connected to `main`, used on its executor

  /// From now on the loop runs until it is stopped.
  void keep_busy() {
    std::lock_guard const lock(mutex_);
    if (!work_) work_.emplace(context.get_executor());
  }

  /// Part of the handler of `main`, to tell whether it is still there.
  std::shared_ptr<void> handler() {
    auto const made = std::make_shared<char>();
    handler_ = made;
    return made;
  }

  /// Whether the end of `main` has thrown, so that its handler has gone uncalled. Says so once.
  bool has_lost_main() {
    std::lock_guard const lock(mutex_);
    if (ended_ || !handler_.expired()) return false;
    ended_ = aborted_error();
    return true;
  }

  /// `main` has ended: without an error, if that is null.
  void ended(std::exception_ptr error) {
    keep_busy(); // what is left needs the loop until it has gone itself
    std::lock_guard const lock(mutex_);
    ended_ = std::move(error);
  }

  /// A signal has come. Says whether the next one is to be heard too.
  bool hear(int signal) noexcept {
    std::unique_lock lock(mutex_);
    bool const first = std::exchange(signal_, signal) == 0;
    lock.unlock();
    if (first)
      ask_to_end();
    else
      stop();
    return first;
  }

  /// A handler has thrown. The first exception is what `run` ends with, unless `main` has ended
  /// with an error before.
  void threw(std::exception_ptr error) noexcept {
    std::unique_lock lock(mutex_);
    bool const counts = !thrown_ && !(ended_ && *ended_);
    if (counts) thrown_ = error;
    lock.unlock();
    if (!counts) return report_lost("run", error);
    keep_busy();
    ask_to_end();
  }

  /// Does what lets the loop end in order. Where that fails, the loop is stopped.
  template <class F>
  void or_stop(F const& f) noexcept {
    try {
      f();
    } catch (...) {
      stop();
    }
  }

  /// Whether the loop is to run once more: without any work it has ended before `main` could hear
  /// that it is to end.
  bool resumes() {
    std::lock_guard const lock(mutex_);
    if (!thrown_ || ended_ || stopped_ || std::exchange(resumed_, true)) return false;
    context.restart();
    return true;
  }

  /// Throws what `run` ends with, unless that is the value of `main`. `leaves_children`: some of
  /// those that run elsewhere have not ended. `stuck` tells that `main` has not. Nothing runs any
  /// more.
  void rethrow(bool leaves_children, std::string (*stuck)(asio::io_context&)) const {
    std::exception_ptr const error = ended_ ? *ended_ : aborted_error();
    bool const cancelled = is_cancelled(error);
    bool const given_up = stopped_ && (leaves_children || !ended_);
    if (!cancelled && error && (given_up || thrown_)) report_lost("main", error);
    if (signal_ != 0 && given_up) {
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
  // Cancels `main`, once.
  void ask_to_end() noexcept {
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

  std::mutex mutex_; // protects what follows
  std::weak_ptr<void> handler_;
  std::optional<std::exception_ptr> ended_; // `main`, with that
  std::exception_ptr thrown_;               // the first that left a handler
  int signal_ = 0;                          // the last that came
  bool asked_ = false;                      // `main` to end
  bool stopped_ = false;                    // the loop, early
  bool resumed_ = false;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_MAIN_CONTROL_HPP
