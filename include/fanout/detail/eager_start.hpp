//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_EAGER_START_HPP
#define FANOUT_DETAIL_EAGER_START_HPP

#include <fanout/detail/eager_loop.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/nested_dispatch.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/rethrow_on.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// Which thread starts children: this one from now on, this one already, or another one.
enum class start_state { begun, nested, elsewhere };

/// The part of an operation with `eager`: starts children inside the initiating call, in a loop
/// that nested operations join. The functions that only pass on are inlined, as `gather_op` says.
template <class Core>
class eager_start {
  using pointer = typename Core::pointer;
  using link = typename Core::link;

public:
  explicit eager_start(Core& core) noexcept : core_(core) {}
  eager_start(eager_start const&) = delete;
  eager_start& operator=(eager_start const&) = delete;

  /// The operation is initiated. `holds`: an awaiting coroutine may go on inside this call.
  [[gnu::always_inline]] void begin(pointer self, bool holds) {
    if (holds) awaiting_ = awaiting::held;
    start_now(std::move(self));
  }

  /// Starts children inside this call if it runs on the executor, and not too deep on the stack.
  /// `self` is the last owner if all children end inside, so that the operation is released before
  /// the awaiting coroutine goes on.
  [[gnu::always_inline]] void start_now(pointer self) {
    if (!runs_here(core_.get_executor())) {
      suspend();
      dispatch(self);
    } else if (is_held() && eager_loop::has_resumed(core_.awaited_in())) {
      if (core_.begin_starting() != start_state::begun) return;
      joined_.emplace(std::move(self), true);
      eager_loop::join(*joined_);
    } else if (nested_dispatch::is_deep(eager_loop::most)) {
      suspend();
      core_.start_later();
    } else {
      if (is_held()) awaiting_ = awaiting::held_in_its_call;
      start_guarded(std::move(self));
    }
  }

  /// Starts children in a loop of its own.
  [[gnu::always_inline]] static void start_in_loop(pointer self) {
    start_state const state = self->begin_starting();
    if (state == start_state::elsewhere) return;
    child_starter all(std::move(self), state == start_state::begun);
    eager_loop::run(all);
  }

  /// Whether the awaiting coroutine goes on inside this call, which has initiated the operation.
  bool completes_in_place() const noexcept { return awaiting_ == awaiting::resumed_in_its_call; }

private:
  // The state of the awaiting coroutine, if there is one.
  enum class awaiting {
    suspended,           // it goes on in a later turn, or in the loop that has resumed it
    held,                // it may go on inside the initiating call
    held_in_its_call,    // the same, and the completion happens inside that call
    resumed_in_its_call, // it goes on inside the initiating call
  };

  bool is_held() const noexcept {
    return awaiting_ == awaiting::held || awaiting_ == awaiting::held_in_its_call;
  }

  // Without memory there is no further child.
  void dispatch(pointer const& self) {
    try {
      reserve::attempt([&] {
        nested_dispatch::run_on(
            core_.get_executor(), [self]() mutable { start_in_loop(std::move(self)); },
            eager_loop::most);
      });
    } catch (...) {
      core_.source_failed(std::current_exception(), ended_in::handler);
    }
  }

  void suspend() noexcept {
    if (!is_held()) return; // in a group several threads may call this
    awaiting_ = awaiting::suspended;
    core_.detach();
  }

  void resume() noexcept {
    awaiting_ = awaiting_ == awaiting::held_in_its_call ? awaiting::resumed_in_its_call
                                                        : awaiting::suspended;
  }

  // Starts children inside a call of the user, which an exception out of a hook must not leave.
  [[gnu::always_inline]] static void start_guarded(pointer self) {
    auto const executor = self->get_executor();
    try {
      start_in_loop(std::move(self));
    } catch (...) {
      rethrow_on(executor, std::current_exception());
    }
  }

  // Starts the children of the operation that may start now. `first`: no other starter of the
  // operation is further down on the stack, so that this one decides at its end whether the
  // operation is over.
  class child_starter final : public starter {
  public:
    child_starter(pointer self, bool first)
        : operation_(std::move(self)), first_(first),
          in_a_row_(eager_loop::in_a_row(operation_->awaited_in())) {}

    bool start_one() override {
      {
        Core& core = *operation_;
        auto const lock = core.lock();
        if (!core.begin_taking()) {
          if (first_) end(core);
          return false;
        }
      }
      operation_->take_and_start(operation_);
      return true;
    }

    void done() override {
      pointer self = std::move(operation_).owner();
      bool const finish = finish_, resumes = resumes_;
      int const in_a_row = in_a_row_ + 1;
      self->eager().joined_.reset(); // this object may be stored there
      if (!finish) return;
      if (!resumes) return self->finish_by(ended_in::handler);
      eager_loop::resuming const scope(self->awaited_in(), in_a_row);
      Core& core = *self;
      core.complete(std::move(self));
    }

    void interrupted() noexcept override {
      pointer const self = std::move(operation_).owner();
      if (first_) {
        auto const lock = self->lock();
        self->interrupt_starting();
        self->eager().suspend();
      }
      self->eager().joined_.reset();
      try {
        self->start_later();
      } catch (...) { // without memory the end of a child starts the rest
      }
    }

  private:
    // Called with the lock held: once it is released, another thread may complete the operation.
    void end(Core& core) {
      eager_start& mine = core.eager();
      finish_ = core.end_starting();
      resumes_ = finish_ && mine.is_held() && !core.is_asked_outside() &&
                 in_a_row_ < eager_loop::most_in_a_row;
      if (resumes_)
        mine.resume();
      else
        mine.suspend();
    }

    link operation_;
    bool const first_;
    int const in_a_row_;
    bool finish_ = false;
    bool resumes_ = false; // the awaiting coroutine goes on without a turn
  };

  Core& core_;
  awaiting awaiting_ = awaiting::suspended;
  std::optional<child_starter> joined_; // served by the loop further down on the stack
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_EAGER_START_HPP
