//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_MACHINE_HPP
#define FANOUT_DETAIL_MACHINE_HPP

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/completion.hpp>
#include <fanout/detail/decision.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/machine_base.hpp>
#include <fanout/detail/request_link.hpp>
#include <fanout/detail/roster.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace fanout::detail {

/// One operation from its initiation to the end of its last child. It carries out what `decision`
/// decides: has children started, hears of their ends, passes cancellations on, and completes. What
/// depends on the types of the children, of the policies and of the completion handler is left to
/// `gather_state`, so that operations that differ only in these share this code.
///
/// Everybody who may still tell it something holds a reference: the runners and handlers of the
/// children, and what is posted.
template <class Executor, class Allocator>
class machine : public machine_base<Executor, Allocator>,
                public std::enable_shared_from_this<machine<Executor, Allocator>> {
  using base = machine_base<Executor, Allocator>;

public:
  using pointer = std::shared_ptr<machine>;
  using link = child_link<machine>;

  /// Somebody cancels the operation.
  void request(asio::cancellation_type type) {
    bool pass_on;
    {
      std::lock_guard const lock(mutex_);
      pass_on = decide_.requested((type & asio::cancellation_type::terminal) !=
                                  asio::cancellation_type::none);
    }
    if (pass_on) forward(type);
    go_on();
  }

  // ---- what children and their runners say and ask

  /// A child has ended, with an error that may be taken away. `taker_follows`: the caller takes the
  /// next one.
  template <class Place>
  void ended(live_child* record, std::size_t index, Place& place, std::exception_ptr& error,
             bool taker_follows) {
    if (record) {
      std::lock_guard const lock(mutex_);
      this->unlist(*record, error);
    }
    bool const failed = error != nullptr;
    if (failed) place.error(error);
    bool const late = listens_ && mutex_.locks() ? judge_in_turn(index, failed, error)
                                                 : judge(index, failed, error, taker_follows);
    if (late) place.drop();
  }

  /// Makes a child reachable.
  link new_link(std::size_t index) {
    std::lock_guard const lock(mutex_);
    live_child& record = live_.acquire();
    this->begin(record, index);
    return link(this->shared_from_this(), &record);
  }

  /// The same for a child with an executor of its own: where it is, is known from the beginning.
  link new_link(std::size_t index, asio::any_io_executor home) {
    std::lock_guard const lock(mutex_);
    live_child& record = live_.acquire();
    record.home = std::move(home);
    this->begin(record, index);
    return link(this->shared_from_this(), &record);
  }

  // ---- what the clockwork of a policy asks

  /// The clockwork's time has come.
  virtual void fire() = 0;

protected:
  using base::base;

  ~machine() {
    if (roster_) roster_->remove(*this);
  }

  /// Called once, by the initiation.
  template <class Slot>
  void initiate(Slot slot) {
    if (slot.is_connected()) {
      this->cancellable_ = true;
      request_link_.connect(slot, this->weak_from_this());
    }
    if (roster_) roster_->add(*this, this->shared_from_this());
    post_start();
  }

  /// Whether a runner whose child has ended may take the next one.
  bool may_take() {
    std::lock_guard const lock(mutex_);
    return (!starter_ || starter_ == this_thread()) && decide_.reach();
  }

  /// Takes the next child, where only one may be at a time: `decide_.reach()` has said yes.
  /// `advance` asks the source for it, and `record` is where it will be reached, if its runner has
  /// one.
  template <class Advance>
  bool pull(live_child* record, std::size_t& index, Advance const& advance) {
    bool there = false;
    try {
      there = advance();
    } catch (...) {
      source_failed(std::current_exception());
      return false;
    }
    if (there)
      index = took(record);
    else
      exhausted();
    return there;
  }

private:
  // ---- what depends on the types of children, policies and handler

  virtual void start_next(pointer const& self) = 0; // after `reach`
  virtual void tell_end(progress const& told) = 0;  // the policies, of an end
  virtual void tell_late(std::size_t,
                         std::exception_ptr const&) = 0; // of an error after completion
  virtual bool ends_at_once() const = 0;
  virtual void complete(pointer self) = 0;

  // ---- starting

  // Where this thread is, as long as it is there: tells whether the starter is further down on the
  // same stack.
  static void const* this_thread() noexcept {
    static thread_local char const here = 0;
    return &here;
  }

  void post_start() { post(&machine::start); }

  // Has a member called, which gets what keeps this alive.
  void post(void (machine::*member)(pointer)) {
    asio::post(executor_,
               with_allocator(allocator_, [self = this->shared_from_this(), member]() mutable {
                 auto& state = *self;
                 (state.*member)(std::move(self));
               }));
  }

  // Starts children for as long as the decision allows it. Whatever runs inside may itself take
  // children meanwhile, since control comes back here.
  void start(pointer self) {
    {
      std::lock_guard const lock(mutex_);
      if (starter_) return;
      starter_ = this_thread();
      decide_.begin();
    }
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        if (!decide_.reach()) {
          starter_ = nullptr;
          bool const finish = decide_.review().finish;
          lock.unlock();
          if (finish) complete(std::move(self));
          return;
        }
      }
      start_next(self);
    }
  }

  std::size_t took(live_child* record) {
    std::size_t index;
    bool turned_away;
    {
      std::lock_guard const lock(mutex_);
      index = decide_.start();
      if (record) this->begin(*record, index);
      turned_away = !starter_ && decide_.may_start();
    }
    if (turned_away) post_start();
    return index;
  }

  void exhausted() {
    {
      std::lock_guard const lock(mutex_);
      decide_.exhausted();
    }
    go_on();
  }

  void source_failed(std::exception_ptr error) {
    orders o;
    {
      std::lock_guard const lock(mutex_);
      o = decide_.source_failed();
      if (o.keep_error) error_ = std::move(error);
    }
    if (o.cancel_rest) forward(asio::cancellation_type::terminal);
    go_on();
  }

  // ---- ends

  // Policies hear of one end after the other. Says, like `judge`, whether the operation has
  // completed before.
  bool judge_in_turn(std::size_t index, bool failed, std::exception_ptr& error) {
    asio::post(*this->ties_->hook_strand,
               [self = this->shared_from_this(), index, failed,
                error = std::move(error)]() mutable { self->judge(index, failed, error, false); });
    std::lock_guard const lock(mutex_);
    return decide_.finished();
  }

  bool judge(std::size_t index, bool failed, std::exception_ptr& error, bool taker_follows) {
    orders o;
    bool late;
    {
      std::lock_guard const lock(mutex_);
      late = decide_.finished();
      o = decide_.ended(failed, listens_);
      if (o.keep_error) error_ = std::move(error);
    }
    if (late || listens_) report(index, late, error);
    if (o.cancel_rest) forward(asio::cancellation_type::terminal);
    go_on(taker_follows);
    return late;
  }

  void report(std::size_t index, bool late, std::exception_ptr const& error) {
    progress told;
    bool leftover;
    {
      std::lock_guard const lock(mutex_);
      told = decide_.told(index);
      leftover = leftover_;
    }
    if (!late) {
      tell_end(told);
    } else if (error) {
      if (listens_) tell_late(index, error);
      if (leftover && !is_cancelled(error)) report_unhandled_error(this->name_of(index), error);
    }
    std::lock_guard const lock(mutex_);
    if (listens_) decide_.reported();
    if (decide_.over()) this->clock_stop();
  }

  // Completes if it is time, and starts further children if there is room. A starter on this stack
  // does both by itself, and can then complete without a further post.
  void go_on(bool taker_follows = false) {
    bool finish, start;
    {
      std::lock_guard const lock(mutex_);
      if (starter_ == this_thread()) return;
      finish = decide_.review().finish;
      start = !starter_ && !taker_follows && decide_.may_start();
    }
    if (finish) post_completion();
    if (start) post_start();
  }

  // Not inline, as a rule: a completion resumes coroutines, and these may end a gather around this
  // one.
  void post_completion() {
    if (!ends_at_once()) return post(&machine::complete);
    nesting::run_on(executor_, [self = this->shared_from_this()]() mutable {
      auto& state = *self;
      state.complete(std::move(self));
    });
  }

  // ---- cancellation

  void forward(asio::cancellation_type type) { live_.cancel_all(type, this->shared_from_this()); }

  void cancel_leftovers() override {
    asio::dispatch(executor_, [self = this->shared_from_this()] {
      {
        std::lock_guard const lock(self->mutex_);
        self->leftover_ = true;
        self->decide_.requested(true);
      }
      self->forward(asio::cancellation_type::terminal);
      self->go_on();
    });
  }

  using base::allocator_;
  using base::decide_;
  using base::error_;
  using base::executor_;
  using base::leftover_;
  using base::listens_;
  using base::live_;
  using base::mutex_;
  using base::roster_;

  void const* starter_ = nullptr; // the thread that is starting children
  request_link<machine> request_link_;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_MACHINE_HPP
