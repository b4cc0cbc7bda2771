//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ABORT_STATE_HPP
#define FANOUT_DETAIL_ABORT_STATE_HPP

#include <fanout/fwd.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The number of steps that still run after a `terminal` request. The next step is dropped.
inline constexpr int last_steps = 8;

/// The state that the steps of an abortable operation share. It changes on the operation's executor
/// only, which is serial where there are requests.
class abort_state {
public:
  abort_state() noexcept = default;
  abort_state(abort_state const&) = delete;
  abort_state& operator=(abort_state const&) = delete;

  /// Stored in the cancellation slot of the completion handler. The operation listens to the signal
  /// in this object, not to one in the state: the function that the operation puts into the slot
  /// may own the operation, which owns the state.
  class relay {
  public:
    explicit relay(std::shared_ptr<abort_state> state) noexcept : state_(std::move(state)) {
      state_->relay_ = this;
    }
    relay(relay const&) = delete;
    relay& operator=(relay const&) = delete;
    ~relay() { state_->relay_ = nullptr; }

    void operator()(asio::cancellation_type type) {
      if (state_->relay_) state_->request(type);
    }

  private:
    friend class abort_state;

    std::shared_ptr<abort_state> state_;
    asio::cancellation_signal signal_;
  };

  /// The slot that the operation listens to.
  asio::cancellation_slot slot() noexcept {
    return relay_ ? relay_->signal_.slot() : asio::cancellation_slot();
  }

  /// Runs a step, or destroys it with all that it owns.
  template <class Step>
  void run(std::optional<Step>& step) {
    if (asked_ == asio::cancellation_type::none || left_-- > 0)
      (*std::move(step))();
    else
      drop(step);
    // A request between two steps is lost, and the step that has begun since then may wait for
    // ever. So the request is made again. `relay_` is read after a request only; the executor is
    // serial then.
    if (asked_ != asio::cancellation_type::none && relay_) relay_->signal_.emit(asked_);
  }

protected:
  ~abort_state() = default;

  /// Called when the handler of the operation is destroyed without a call. True if a step was
  /// dropped: then `end_aborted` follows.
  bool handler_destroyed() noexcept {
    if (drops_) return dropped_ = true;
    over();
    return false;
  }

  /// The operation has ended: later requests do nothing.
  void over() noexcept { relay_ = nullptr; }

private:
  virtual void end_aborted() = 0;

  void request(asio::cancellation_type type) {
    if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) asked_ |= type;
    relay_->signal_.emit(type);
  }

  // The destructors that run here may run other steps.
  template <class Step>
  void drop(std::optional<Step>& step) {
    bool const outer = std::exchange(drops_, true);
    step.reset();
    drops_ = outer;
    if (std::exchange(dropped_, false)) end_aborted();
  }

  relay* relay_ = nullptr;          // null if there is no slot, or the operation is over
  asio::cancellation_type asked_{}; // none, or with `terminal` in it
  int left_ = last_steps;
  bool drops_ = false;
  bool dropped_ = false;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ABORT_STATE_HPP
