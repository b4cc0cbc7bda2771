//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_EAGER_LOOP_HPP
#define FANOUT_DETAIL_EAGER_LOOP_HPP

#include <fanout/config.hpp>
#include <fanout/error.hpp>
#include <fanout/detail/nested_dispatch.hpp>

#include <exception>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Starts the children of one operation with `eager`, one at a time.
class starter {
public:
  starter(starter const&) = delete;
  starter& operator=(starter const&) = delete;
  virtual ~starter() = default;

  /// Starts one child. Returns false if none can start now.
  virtual bool start_one() = 0;

  /// No child can start now. The loop does not refer to the starter any more.
  virtual void done() = 0;

  /// As `done`, but `start_one` has thrown: the other children must start later.
  virtual void interrupted() noexcept = 0;

protected:
  starter() = default;

private:
  friend class eager_loop;
  starter* outer_ = nullptr;
  bool has_thrown_ = false;
};

/// The loop of a thread that starts the children of operations with `eager`.
///
/// A coroutine that the loop has resumed, and that awaits such an operation, does not start the
/// children on its own stack: their starter joins the loop, and the coroutine suspends. The loop
/// serves the starter that has joined last. So the order is that of recursion, and the stack stays
/// flat. A call that must start children before it returns runs a loop of its own.
class eager_loop {
public:
  /// The most loops on one stack.
  static constexpr int most = 8;

  /// How often in a row a coroutine may go on without a turn of the context's loop.
  static constexpr int most_in_a_row = 64;

  /// Stands around the call by which the loop resumes a coroutine, for the nth time in a row.
  class resuming {
  public:
    explicit resuming(void const* coroutine, int in_a_row = 0) noexcept
        : resumed_before_(std::exchange(resumed_, coroutine)),
          in_a_row_before_(std::exchange(in_a_row_, in_a_row)) {}
    resuming(resuming const&) = delete;
    resuming& operator=(resuming const&) = delete;
    ~resuming() {
      resumed_ = resumed_before_;
      in_a_row_ = in_a_row_before_;
    }

  private:
    void const* resumed_before_;
    int in_a_row_before_;
  };

  /// Starts all that `first` and the starters that join meanwhile can start. Then throws what the
  /// first of them has thrown. What others have thrown goes to the unhandled error handler.
  [[gnu::always_inline]] static void run(starter& first) {
    nested_dispatch const inside;
    resuming const none_yet(nullptr);
    starter* const outer = innermost_;
    std::exception_ptr thrown;
    join(first);
    while (innermost_ != outer) {
      try {
        serve(*innermost_);
      } catch (...) {
        if (thrown)
          report_lost("an operation with eager", std::current_exception());
        else
          thrown = std::current_exception();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
  }

  /// The loop that runs on this thread serves the starter next.
  static void join(starter& s) noexcept { s.outer_ = std::exchange(innermost_, &s); }

  /// Whether the loop has resumed this coroutine, and nothing else runs on the stack between.
  static bool has_resumed(void const* coroutine) noexcept {
    return coroutine && resumed_ == coroutine;
  }

  /// How often in a row the coroutine has gone on without a turn.
  static int in_a_row(void const* coroutine) noexcept {
    return has_resumed(coroutine) ? in_a_row_ : 0;
  }

  /// The coroutine that the loop has resumed begins something else.
  static void count_anew() noexcept { in_a_row_ = 0; }

private:
  static void serve(starter& s) {
    if (s.has_thrown_) {
      innermost_ = s.outer_;
      return s.interrupted();
    }
    s.has_thrown_ = true; // unless the next call returns
    bool const may_have_more = s.start_one();
    s.has_thrown_ = false;
    if (may_have_more) return;
    innermost_ = s.outer_;
    s.done();
  }

  inline static thread_local starter* innermost_ = nullptr;
  inline static thread_local void const* resumed_ = nullptr;
  inline static thread_local int in_a_row_ = 0;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_EAGER_LOOP_HPP
