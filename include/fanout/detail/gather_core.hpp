//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_CORE_HPP
#define FANOUT_DETAIL_GATHER_CORE_HPP

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/child_names.hpp>
#include <fanout/detail/cleanup_scope.hpp>
#include <fanout/detail/completion.hpp>
#include <fanout/detail/core_parts.hpp>
#include <fanout/detail/eager_loop.hpp>
#include <fanout/detail/eager_start.hpp>
#include <fanout/detail/gather_core_base.hpp>
#include <fanout/detail/gather_fsm.hpp>
#include <fanout/detail/launch.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/nested_dispatch.hpp>
#include <fanout/detail/post_on.hpp>
#include <fanout/detail/request_link.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/result_slot.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/work_poster.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// One operation, from its initiation to the end of its last child. Carries out the actions of
/// `gather_fsm`: starts children, handles their ends, forwards cancellations, and completes.
/// What depends on the types of the children, of the policies and of the completion handler is left
/// to `gather_op`, so that operations that differ only in these share this code.
///
/// The runners and handlers of children, and posted functions, share the ownership.
template <class Executor, class Allocator, core_parts Parts>
class gather_core : public gather_core_base<Executor, Allocator, Parts>,
                    public std::enable_shared_from_this<gather_core<Executor, Allocator, Parts>> {
  using base = gather_core_base<Executor, Allocator, Parts>;

public:
  using pointer = std::shared_ptr<gather_core>;
  using link = child_link<gather_core>;

  /// Forwards a cancellation from outside: of the slot of the completion handler, or of the owner
  /// of a group.
  void request_cancel(asio::cancellation_type type) {
    if (type == asio::cancellation_type::none) return;
    bool pass_on;
    {
      std::lock_guard const lock(mutex_);
      asked_outside_ = true;
      pass_on = fsm_.requested((type & asio::cancellation_type::terminal) !=
                               asio::cancellation_type::none);
    }
    forward_and_review(pass_on ? type : asio::cancellation_type::none);
  }

  /// Offers a further child to the source: calls `push` if the operation takes it. Returns whether
  /// it does.
  template <class Push>
  bool offer(Push const& push) {
    if (!push_if(&gather_fsm::offer, push)) return false;
    if (this->eager_)
      eager_start_.start_now(this->shared_from_this());
    else
      review();
    return true;
  }

  /// Offers a child that runs already.
  template <class Push>
  bool adopt(Push const& push) {
    if (!push_if(&gather_fsm::adopt, push)) return false;
    review();
    return true;
  }

  /// No further child is offered: the operation finishes when it is idle.
  void end_when_idle() {
    {
      std::lock_guard const lock(mutex_);
      fsm_.end_when_idle();
    }
    review();
  }

  /// No further child starts from now on; `request_cancel` or `cancel_running` follows. Returns
  /// whether the running children must still be asked to end: not if the end of `run` has asked
  /// them, since a second request would interrupt their cleaning up.
  bool forbid_starts() {
    std::lock_guard const lock(mutex_);
    fsm_.forbid_starts();
    return !leftover_;
  }

  /// The owner of the operation is destroyed: cancels the running children.
  void owner_destroyed() {
    if (forbid_starts()) request_cancel(asio::cancellation_type::terminal);
  }

  /// Cancels the running children as a policy would, so that the operation completes with the
  /// results there are.
  void cancel_running() { forward_and_review(cancel_by_policy(asio::cancellation_type::terminal)); }

  // ---- members for children and their runners

  /// A child has ended. `error` may be moved from.
  template <class ResultSlot>
  void ended(live_child* record, std::size_t index, ResultSlot& result_slot,
             std::exception_ptr& error, ended_in where) {
    if (error || !count_success(record, where))
      handle_end(record, index, result_slot, error, where);
  }

  /// Whether the runner whose child has just ended must complete the operation.
  bool runner_completes() const noexcept { return runner_completes_; }

  /// Called on the executor: no other thread uses the operation.
  static void complete_from_runner(pointer self) {
    gather_core& core = *self;
    core.runner_completes_ = false;
    constexpr int most = 8; // each level takes 2 KB of stack
    if (nested_dispatch::is_deep(most)) {
      Executor const& executor = core.executor_;
      return post_on(executor, member_call{std::move(self), &gather_core::complete});
    }
    nested_dispatch const inside;
    core.complete(std::move(self));
  }

  /// A child is being initiated. Its completion handler calls `handler_called`.
  void initiation_begins(initiation& one) {
    static_assert(Parts.operations);
    std::lock_guard const lock(mutex_);
    initiations_.begin(one);
  }

  /// The initiation has returned.
  void initiation_returns(initiation& one) {
    bool cancels_wait;
    {
      std::lock_guard const lock(mutex_);
      initiations_.end(one);
      cancels_wait = fsm_.cancels_waits();
    }
    if (!cancels_wait) return;
    try {
      forward(asio::cancellation_type::terminal);
    } catch (...) { // without memory the wait goes on
    }
  }

  /// The initiation has thrown. Returns whether the child ends with that.
  bool initiation_throws(initiation& one) {
    std::lock_guard const lock(mutex_);
    return initiations_.fail(one);
  }

  /// The handler is called, or was destroyed. Returns whether the child ends with that.
  bool handler_called([[maybe_unused]] std::size_t index) {
    if constexpr (Parts.operations) {
      std::lock_guard const lock(mutex_);
      return initiations_.complete(index);
    } else {
      return true;
    }
  }

  /// Gives a child a record, through which it can be cancelled.
  link new_link(std::size_t index) {
    std::lock_guard const lock(mutex_);
    live_child& record = records_.acquire();
    this->begin(record, index, start_time());
    return link(this->shared_from_this(), &record);
  }

  /// Gives a record to a child that has an executor of its own.
  link new_link(std::size_t index, asio::any_io_executor executor) {
    std::lock_guard const lock(mutex_);
    live_child& record = records_.acquire();
    record.executor = std::move(executor);
    this->begin(record, index, start_time());
    return link(this->shared_from_this(), &record);
  }

  /// Sets the name of a child that is about to start. Of several names the first one counts, which
  /// is the outermost. An empty name is none.
  void set_name(std::size_t index, std::string name) {
    static_assert(Parts.names);
    if (name.empty()) return;
    std::lock_guard const lock(mutex_);
    if (!this->names_) this->names_ = std::make_unique<name_map<std::size_t>>();
    this->names_->add(index, std::move(name));
  }

  // ---- members for starters

  /// A starter begins, unless there is one already.
  start_state begin_starting() {
    std::lock_guard const lock(mutex_);
    if (starting_thread_) return is_starter() ? start_state::nested : start_state::elsewhere;
    starting_thread_ = this_thread();
    if (roster_) starting_since_ = std::chrono::steady_clock::now();
    fsm_.begin();
    return start_state::begun;
  }

  /// Begins to take the next child, for the starter or a runner. Returns whether it does. Called
  /// with the lock held.
  bool begin_taking() {
    if (fsm_.begin_taking()) return true;
    if (fsm_.closed() && !fsm_.finished()) this->close();
    return false;
  }

  /// Takes the next child from the source and starts it; `begin_taking` has returned true.
  virtual void take_and_start(link const& operation) = 0;

  /// The starter ends. Returns whether it must complete the operation. Called with the lock held.
  bool end_starting() {
    starting_thread_ = nullptr;
    return this->decide_finish();
  }

  /// The starter has thrown: the next call of `review` starts the rest. Called with the lock held.
  void interrupt_starting() noexcept { starting_thread_ = nullptr; }

  /// Posts the start of further children. Without memory there is none.
  void start_later() {
    try {
      post_start(this->shared_from_this());
    } catch (...) {
      source_failed(std::current_exception(), ended_in::handler);
    }
  }

  /// There is no further child, since to take or to start one has thrown.
  void source_failed(std::exception_ptr error, ended_in where = ended_in::runner) {
    actions o;
    {
      std::lock_guard const lock(mutex_);
      o = fsm_.source_failed();
      if (o.keep_error) error_ = std::move(error);
    }
    forward_and_review(request_of(o), where);
  }

  /// Lets the runner complete the operation at its end, when the runner has released all that
  /// belongs to the operation; otherwise posts the completion. It is posted if
  /// - co_spawn launches the children: at that point it still uses the child's slot;
  /// - a handler reports the end: it may be called where no user code may run;
  /// - several threads use the operation: another one may be at the end of a runner;
  /// - policies have hooks: exceptions out of hooks, which are posted, must come first.
  void finish_by(ended_in where) {
    if (has_own_launch && where != ended_in::handler && !mutex_.locks() && !has_hooks_)
      runner_completes_ = true;
    else
      try {
        post_by(this->poster_, this->shared_from_this(), &gather_core::complete);
      } catch (...) {
        drop_handler();
        throw;
      }
  }

  virtual void complete(pointer self) = 0;

  /// Calls the completion handler, here. The operation is released before.
  virtual void call_handler(pointer self, std::exception_ptr error) = 0;

  /// The awaiting coroutine of an operation with `eager` does not go on inside the initiating call.
  virtual void detach() noexcept = 0;

  bool is_asked_outside() const noexcept { return asked_outside_; }
  eager_start<gather_core>& eager() noexcept { return eager_start_; }

  // ---- members for the timers of policies

  /// A timer has expired.
  void timer_expired() {
    std::vector<typename base::child_ref> due;
    {
      std::lock_guard const lock(mutex_);
      this->collect_due(due);
    }
    run_then_review(ended_in::handler, [&] {
      for (auto const& child : due)
        records_.cancel(child, asio::cancellation_type::terminal, this->shared_from_this());
    });
  }

protected:
  using base::base;

  ~gather_core() = default;

  /// Calls the completion handler on its own executor, on which work is tracked before `conclude`
  /// releases the operation's own work.
  template <class HandlerExecutor, class HandlerAllocator>
  void complete_on(HandlerExecutor const& own, HandlerAllocator const& allocator, pointer self) {
    auto work = asio::prefer(own, asio::execution::outstanding_work.tracked);
    auto error = this->conclude();
    dispatch_on(
        own, allocator,
        [work = std::move(work), error = std::move(error), self = std::move(self)]() mutable {
          gather_core& core = *self;
          core.call_handler(std::move(self), std::move(error));
        });
  }

  /// Called once, when the operation is initiated. `begin_start` follows.
  template <class Slot>
  void connect(Slot slot) {
    if (slot.is_connected()) {
      this->cancellable_ = true;
      request_link_.connect(slot, this->weak_from_this());
    }
    if (!roster_) return;
    using clock = std::chrono::steady_clock;
    roster_->add(*this, this->shared_from_this(),
                 this->is_task() ? clock::now() : clock::time_point());
  }

  /// Starts the children, or posts that. With `eager` the operation may be gone when this returns.
  [[gnu::always_inline]] void begin_start(pointer self) {
    if constexpr (Parts.eager)
      if (this->eager_) {
        bool const holds = hold_or_detach();
        return eager_start_.begin(std::move(self), holds);
      }
    post_start(self);
  }

  /// Whether the awaiting coroutine goes on inside the call that has initiated the operation.
  bool completes_in_place() const noexcept {
    if constexpr (Parts.eager)
      return eager_start_.completes_in_place();
    else
      return false;
  }

  /// What a runner does next.
  enum class next_step { run_child, end, unknown };

  /// The child of a runner has ended with a value: counts that and takes the next child in one
  /// step, where `advance` neither throws nor runs code of the user. If it returns `unknown`
  /// nothing has happened, and the steps must be taken one by one.
  template <class Advance>
  [[gnu::always_inline]] next_step count_and_take(live_child* record, std::size_t& index,
                                                  Advance const& advance) {
    bool last;
    {
      std::lock_guard const lock(mutex_);
      if (this->handles_ends() || fsm_.finished() || !may_start_here()) return next_step::unknown;
      if (this->eager_) eager_loop::count_anew();
      if (record) records_.end(*record);
      fsm_.count_end();
      if (!begin_taking()) {
        last = fsm_.closed() && !fsm_.awaits_others();
      } else if (advance()) {
        index = fsm_.count_start();
        if (record) this->begin(*record, index, start_time());
        return next_step::run_child;
      } else {
        fsm_.exhausted();
        last = true;
      }
    }
    if (last) review(ended_in::runner);
    return next_step::end;
  }

  /// Begins to take the next child, for a runner whose child has ended. Returns whether it does.
  bool begin_taking_here() {
    std::lock_guard const lock(mutex_);
    return may_start_here() && begin_taking();
  }

  /// Takes the next child; `begin_taking()` has returned true. `advance` finds out whether the
  /// source has a next child, `read` moves it out, and `record` is that of the runner, if it has
  /// one. A child that must wait for a start condition has been found, but not moved out.
  template <class Advance, class Read>
  bool pull(live_child* record, std::size_t& index, Advance const& advance, Read const& read) {
    if (this->eager_) eager_loop::count_anew();
    try {
      if (!advanced_)
        if (supply const state = advance(); state != supply::available) {
          no_child(state);
          return false;
        }
      if constexpr (Parts.policies)
        if (start_condition_ && !take_permit_or_wait()) return false;
      read();
    } catch (...) {
      source_failed(std::current_exception());
      return false;
    }
    bool turned_away; // another thread may have been refused while this child was being taken
    {
      std::lock_guard const lock(mutex_);
      index = fsm_.count_start();
      if (record) this->begin(*record, index, start_time());
      turned_away = !starting_thread_ && fsm_.may_start();
    }
    if (turned_away) start_later();
    return true;
  }

private:
  // ---- what depends on the types of children, policies and handler

  // Calls the hooks of the policies for an end. Returns how to cancel the rest, if at all.
  virtual asio::cancellation_type call_end_hooks(progress const&, std::exception_ptr const&) = 0;
  virtual bool has_failed_hooks() const noexcept = 0;
  virtual void call_failure_hooks(failure const&) = 0;
  // For an end after the operation has completed, also without an error.
  virtual void call_late_hooks(failure const&) = 0;
  // The operation cannot complete, for want of memory.
  virtual void drop_handler() noexcept = 0;
  // With `eager`: returns whether the awaiting coroutine may go on inside the initiating call.
  // Detaches a coroutine that may not.
  virtual bool hold_or_detach() noexcept = 0;

  // ---- start of children

  // Calls `push` if the FSM accepts the child. Returns whether it does.
  template <class Push>
  bool push_if(bool (gather_fsm::*event)(), Push const& push) {
    std::lock_guard const lock(mutex_);
    if (!(fsm_.*event)()) return false;
    push();
    return true;
  }

  // Whether no other thread is the starter.
  bool may_start_here() const noexcept { return !starting_thread_ || is_starter(); }

  // Whether this thread starts children, further down on the same stack.
  bool is_starter() const noexcept { return starting_thread_ == this_thread(); }

  // When a child starts, for `all_tasks`; else nothing. All that a starter starts has one time: to
  // read the clock takes as long as to start a child.
  std::chrono::steady_clock::time_point start_time() const {
    if (!roster_) return {};
    return is_starter() ? starting_since_ : std::chrono::steady_clock::now();
  }

  // Identifies this thread while it runs.
  static void const* this_thread() noexcept {
    static thread_local char const here = 0;
    return &here;
  }

  // Posts the start of further children. Another thread may have started them meanwhile, and the
  // operation may even be over: then there is no poster.
  void post_start(pointer const& self) {
    if (!mutex_.locks()) return post_by(this->poster_, self, &gather_core::start_children);
    if (auto const poster = copied_poster()) post_by(poster, self, &gather_core::start_children);
  }

  work_poster<Executor> copied_poster() {
    std::lock_guard const lock(mutex_);
    return this->poster_;
  }

  // A posted call of a member, which is passed the owning pointer.
  struct member_call {
    pointer self;
    void (gather_core::*member)(pointer);

    void operator()() {
      auto& state = *self;
      (state.*member)(std::move(self));
    }
  };

  void post_by(work_poster<Executor> const& poster, pointer const& self,
               void (gather_core::*member)(pointer)) {
    reserve::attempt([&] { poster.post(allocator_, member_call{self, member}); });
  }

  // Takes a permit of the start condition, or waits for one.
  bool take_permit_or_wait() {
    {
      std::lock_guard const lock(mutex_);
      advanced_ = !start_condition_->try_start();
      if (!advanced_) return true;
      if (fsm_.hold_back())
        start_condition_->wait(
            executor_, [self = this->shared_from_this()] { self->start_condition_holds(); });
    }
    review();
    return false;
  }

  // The start condition holds.
  void start_condition_holds() {
    {
      std::lock_guard const lock(mutex_);
      if (!fsm_.release_held_back()) return start_condition_->cancel_wait();
    }
    review();
  }

  // Starts children for as long as the FSM allows it. Children that run inside may themselves take
  // children meanwhile.
  void start_children(pointer self) {
    if constexpr (Parts.eager)
      if (this->eager_) return eager_start<gather_core>::start_in_loop(std::move(self));
    if (begin_starting() != start_state::begun) return;
    link operation(std::move(self));
    bool finish = false;
    try {
      while (begin_taking_or_stop(finish)) take_and_start(operation);
    } catch (...) {
      std::lock_guard const lock(mutex_);
      interrupt_starting();
      throw;
    }
    if (finish) complete(std::move(operation).owner());
  }

  // Begins to take the next child, for the starter. If there is none to take now, the starting is
  // over, and `finish` is set if the starter must complete the operation.
  bool begin_taking_or_stop(bool& finish) {
    std::lock_guard const lock(mutex_);
    if (begin_taking()) return true;
    finish = end_starting();
    return false;
  }

  // There is no child for the starter or the runner.
  void no_child(supply state) {
    actions o;
    {
      std::lock_guard const lock(mutex_);
      if (state == supply::pending)
        fsm_.starved();
      else
        o = fsm_.exhausted();
    }
    forward_and_review(request_of(o), ended_in::runner);
  }

  // ---- ends

  // Handles the most frequent end: a value, for which no hook is called, and which is not late.
  // Returns whether it was one.
  bool count_success(live_child* record, ended_in where) {
    bool reviewed;
    {
      std::lock_guard const lock(mutex_);
      if (this->handles_ends() || fsm_.finished()) return false;
      if (record) records_.end(*record);
      fsm_.count_end();
      // Once no further child starts, only the last end must call review(). Before that, a starter
      // further down on this stack finishes the operation in begin_taking_or_stop(), and a runner
      // that goes on takes the next child or reports that there is none. All other ends must call
      // review().
      reviewed =
          fsm_.closed() ? fsm_.awaits_others() : where == ended_in::runner_loop || is_starter();
    }
    if (!reviewed) review(where);
    return true;
  }

  // Handles every other end.
  template <class ResultSlot>
  void handle_end(live_child* record, std::size_t index, ResultSlot& result_slot,
                  std::exception_ptr& error, ended_in where) {
    // Hooks are called for one end at a time.
    bool late, asked, posted;
    {
      std::lock_guard const lock(mutex_);
      late = fsm_.finished();
      asked = this->children_asked() || (record && record->asked);
      posted = has_hooks_ && mutex_.locks() && !(this->serial_ && record && !record->executor);
      if (record) this->release_record(*record, error);
      if (start_condition_) start_condition_->child_ended(error != nullptr);
    }
    bool const failed = error && !(fsm_.forgives_cancelled() && was_cancelled(error, asked));
    std::exception_ptr thrown; // the error could not be stored: the end counts all the same
    if (error) {
      std::exception_ptr const for_hooks = has_hooks_ ? error : nullptr; // hooks get it below
      try {
        if constexpr (takes_end_if_asked<ResultSlot>)
          result_slot.error(error, asked);
        else
          result_slot.error(error);
      } catch (...) {
        thrown = std::current_exception();
      }
      if (for_hooks) error = for_hooks;
    }
    if (!failed) error = nullptr;
    if (late) result_slot.drop(); // nothing uses it once the end counts
    if (posted)
      post_judge(index, failed, error);
    else
      judge(index, failed, error, where);
    if (thrown) std::rethrow_exception(thrown);
  }

  void post_judge(std::size_t index, bool failed, std::exception_ptr& error) {
    if constexpr (Parts.policies)
      reserve::attempt([&] {
        this->hooks_executor_.execute(
            [self = this->shared_from_this(), index, failed, error]() mutable {
              self->judge(index, failed, error, ended_in::handler);
            });
      });
  }

  // Asks the FSM what the end of a child means, calls the hooks, and carries out the actions.
  void judge(std::size_t index, bool failed, std::exception_ptr& error, ended_in where) {
    actions o;
    bool late, asked, unobserved;
    std::string name;
    progress after;
    auto wanted = asio::cancellation_type::none; // request of a policy for the other children
    {
      std::lock_guard const lock(mutex_);
      late = fsm_.finished();
      asked = this->children_asked();
      unobserved = leftover_ || fsm_.leaves_shielded();
      o = fsm_.ended(failed, late || has_hooks_);
      name = this->take_name(index);
      if (o.keep_error || o.wins || o.loses) this->keep_outcome(o, index, name, error);
      after = fsm_.progress_after(index);
    }
    bool const lost = late && unobserved && error && !was_cancelled(error, asked);
    std::string lost_by; // named before `reported`: then the policies may be gone
    if (late) {
      if (has_hooks_) call_late_hooks({after.index, name, error});
      if (lost) lost_by = this->name_of(after.index, name);
    } else if (has_hooks_) {
      if (error && has_failed_hooks()) call_failure_hooks({index, name, error});
      wanted = cancel_by_policy(call_end_hooks(after, error));
    }
    if (late || has_hooks_) reported();
    run_then_review(where, [&] {
      if (lost) report_unhandled_error(lost_by, error);
      forward(wanted);
      forward(request_of(o));
    });
  }

  void reported() {
    std::lock_guard const lock(mutex_);
    fsm_.reported();
    stop_timers_if_over();
  }

  // Called with the lock held.
  void stop_timers_if_over() {
    if constexpr (Parts.policies)
      if (fsm_.over()) this->stop_timers();
  }

  // A policy cancels the rest. Returns the request for the running children.
  asio::cancellation_type cancel_by_policy(asio::cancellation_type type) {
    if (type == asio::cancellation_type::none) return type;
    std::lock_guard const lock(mutex_);
    bool const first = fsm_.cancel_by_policy((type & asio::cancellation_type::terminal) !=
                                             asio::cancellation_type::none);
    return first ? type : asio::cancellation_type::none;
  }

  // Follows every event: completes if it is time, and starts further children if possible. A
  // starter on this stack does both by itself, and can then complete without a further post.
  void review(ended_in where = ended_in::handler) {
    bool finish, start;
    {
      std::lock_guard const lock(mutex_);
      if (starting_thread_ && (this->eager_ || is_starter())) return;
      finish = this->decide_finish();
      start = !starting_thread_ && where != ended_in::runner_loop && fsm_.may_start();
    }
    if (finish) finish_by(where);
    if (start) start_later();
  }

  // ---- cancellation

  static constexpr asio::cancellation_type request_of(actions const& o) noexcept {
    return o.cancel_rest ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  }

  void forward(asio::cancellation_type type) {
    if (type != asio::cancellation_type::none) records_.cancel_all(type, this->shared_from_this());
  }

  // Calls `f`, then review(), and only then throws the exception of `f`: the step must not be
  // missed.
  template <class F>
  void run_then_review(ended_in where, F const& f) {
    std::exception_ptr thrown;
    try {
      f();
    } catch (...) {
      thrown = std::current_exception();
    }
    review(where);
    if (thrown) std::rethrow_exception(thrown);
  }

  void forward_and_review(asio::cancellation_type type, ended_in where = ended_in::handler) {
    run_then_review(where, [&] { forward(type); });
  }

  void cancel_leftovers() override {
    nested_dispatch::run_on(
        executor_, member_call{this->shared_from_this(), &gather_core::cancel_as_leftover});
  }

  // Cancels the operation at the end of `run`. The operation that waits for this one is
  // cancelled too, and forwards its request. Each child gets the first request only.
  void cancel_as_leftover(pointer) {
    {
      std::lock_guard const lock(mutex_);
      leftover_ = true;
      asked_outside_ = true;
      fsm_.requested(true);
    }
    cleanup_scope const cleanup;
    forward_and_review(asio::cancellation_type::terminal);
  }

  using base::allocator_;
  using base::asked_outside_;
  using base::error_;
  using base::executor_;
  using base::fsm_;
  using base::has_hooks_;
  using base::initiations_;
  using base::leftover_;
  using base::mutex_;
  using base::records_;
  using base::roster_;
  using base::start_condition_;

  void const* starting_thread_ = nullptr;                // the thread that starts children, or null
  std::chrono::steady_clock::time_point starting_since_; // when it began, if `all_tasks` asks
  bool runner_completes_ = false; // the runner that has ended last must complete
  // The source has a child that waits for a start condition.
  [[no_unique_address]] part_flag<Parts.policies> advanced_{};
  [[no_unique_address]] part_member<Parts.eager, eager_start<gather_core>> eager_start_{*this};
  request_link<gather_core> request_link_;
};

/// The core of an operation that only this library initiates, behind a group or a stream.
using backing_core =
    gather_core<asio::any_io_executor, std::allocator<void>, core_parts{.open = true}.served_by()>;

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_CORE_HPP
