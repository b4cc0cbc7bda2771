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
#include <fanout/detail/start_loop.hpp>
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
/// `gather_fsm`: starts children, is told of their ends, forwards cancellations, and completes.
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

  /// Forwards a cancellation from outside. Called by the slot of the completion handler.
  void request_cancel(asio::cancellation_type type) {
    bool pass_on;
    {
      std::lock_guard const lock(mutex_);
      asked_outside_ = true;
      pass_on = fsm_.requested((type & asio::cancellation_type::terminal) !=
                               asio::cancellation_type::none);
    }
    forward_and_go_on(pass_on ? type : asio::cancellation_type::none);
  }

  /// Offers a further child to the source: calls `push` if the operation takes it. Returns whether
  /// it does.
  template <class Push>
  bool feed(Push const& push) {
    if (!fed(&gather_fsm::feed, push)) return false;
    if (this->eager_)
      eager_start_.now(this->shared_from_this());
    else
      go_on();
    return true;
  }

  /// Offers a child that runs already.
  template <class Push>
  bool adopt(Push const& push) {
    if (!fed(&gather_fsm::adopt, push)) return false;
    go_on();
    return true;
  }

  /// No further child is offered: the operation finishes when it is idle.
  void end_when_idle() {
    {
      std::lock_guard const lock(mutex_);
      fsm_.end_when_idle();
    }
    go_on();
  }

  /// No further child starts from now on; `request_cancel` or `stop` follows. Returns whether the
  /// running children must still be asked to end: not if the end of `run` has asked them, since a
  /// second request would interrupt their cleaning up.
  bool call_off() {
    std::lock_guard const lock(mutex_);
    fsm_.call_off();
    return !leftover_;
  }

  /// The owner of the operation is destroyed: cancels the running children.
  void dismiss() {
    if (call_off()) request_cancel(asio::cancellation_type::terminal);
  }

  /// Cancels the running children as a policy would, so the operation completes with the results
  /// there are.
  void stop() { forward_and_go_on(rest_to_cancel(asio::cancellation_type::terminal)); }

  // ---- members for children and their runners

  /// A child has ended. `error` may be moved from.
  template <class ResultSlot>
  void ended(live_child* record, std::size_t index, ResultSlot& result_slot,
             std::exception_ptr& error, ended_in where) {
    if (error || !count_success(record, result_slot, where))
      record_end(record, index, result_slot, error, where);
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
    bool give_up;
    {
      std::lock_guard const lock(mutex_);
      initiations_.end(one);
      give_up = fsm_.gives_up_waits();
    }
    if (!give_up) return;
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

  /// The handler is called. Returns whether the child ends with that.
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
    live_child& record = live_.acquire();
    this->begin(record, index);
    return link(this->shared_from_this(), &record);
  }

  /// Gives a record to a child that has an executor of its own.
  link new_link(std::size_t index, asio::any_io_executor executor) {
    std::lock_guard const lock(mutex_);
    live_child& record = live_.acquire();
    record.executor = std::move(executor);
    this->begin(record, index);
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
    fsm_.begin();
    return start_state::begun;
  }

  /// Whether the starter or a runner may take the next child now. Called with the lock held.
  bool take_next() {
    if (fsm_.take_next()) return true;
    if (fsm_.closed()) this->close();
    return false;
  }

  /// Starts the child; `take_next` has returned true.
  virtual void start_next(link const& operation) = 0;

  /// The starter ends. Returns whether it must complete the operation. Called with the lock held.
  bool end_starting() {
    starting_thread_ = nullptr;
    return this->decide_finish();
  }

  /// The starter has thrown: the next call of `go_on` starts the rest. Called with the lock held.
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
    forward_and_go_on(asked_by(o), where);
  }

  /// Lets the runner complete the operation at its end, when the runner has released all that
  /// belongs to the operation; otherwise posts the completion. It is posted if
  /// - co_spawn launches the children: at that point it still uses the slot;
  /// - a handler reports the end: it may be called where no user code may run;
  /// - several threads use the operation: another one may be at the end of a runner;
  /// - policies are told of ends: exceptions out of hooks, which are posted, must come first.
  void finish_by(ended_in where) {
    if (has_own_launch && where != ended_in::handler && !mutex_.locks() && !listens_)
      runner_completes_ = true;
    else
      try {
        post_by(this->poster_, this->shared_from_this(), &gather_core::complete);
      } catch (...) {
        let_go();
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
  void fire() {
    std::vector<typename base::child_ref> due;
    {
      std::lock_guard const lock(mutex_);
      this->collect_due(due);
    }
    before_going_on(ended_in::handler, [&] {
      for (auto const& child : due)
        live_.cancel(child, asio::cancellation_type::terminal, this->shared_from_this());
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
  void begin_start(pointer self) {
    if constexpr (Parts.eager)
      if (this->eager_) {
        bool const holds = holds_awaiting();
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
      if (this->tells_ends() || fsm_.finished() || !may_start_here()) return next_step::unknown;
      if (this->eager_) start_loop::count_anew();
      if (record) live_.end(*record);
      fsm_.count_end();
      if (!take_next()) {
        last = fsm_.closed() && !fsm_.awaits_others();
      } else if (advance()) {
        index = fsm_.start();
        if (record) this->begin(*record, index);
        return next_step::run_child;
      } else {
        fsm_.exhausted();
        last = true;
      }
    }
    if (last) go_on(ended_in::runner);
    return next_step::end;
  }

  /// Whether a runner whose child has ended may take the next one.
  bool take_next_here() {
    std::lock_guard const lock(mutex_);
    return may_start_here() && take_next();
  }

  /// Takes the next child; `take_next()` has returned true. `advance` finds out whether the source
  /// has a next child, `read` moves it out, and `record` is that of the runner, if it has one. A
  /// child that must wait for a start condition has been found, but not moved out.
  template <class Advance, class Read>
  bool pull(live_child* record, std::size_t& index, Advance const& advance, Read const& read) {
    if (this->eager_) start_loop::count_anew();
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
      index = fsm_.start();
      if (record) this->begin(*record, index);
      turned_away = !starting_thread_ && fsm_.may_start();
    }
    if (turned_away) start_later();
    return true;
  }

private:
  // ---- what depends on the types of children, policies and handler

  // Tells the policies of an end. Returns how to cancel the rest, if at all.
  virtual asio::cancellation_type tell_end(progress const&, std::exception_ptr const&) = 0;
  virtual bool hears_failures() const noexcept = 0;
  virtual void tell_failure(failure const&) = 0;
  virtual void tell_late(failure const&) = 0; // of an end after completion, also without an error
  virtual void let_go() noexcept = 0;         // the operation cannot complete, for want of memory
  // With `eager`: whether the awaiting coroutine may go on inside the initiating call. If there is
  // one that may not, it is detached.
  virtual bool holds_awaiting() noexcept = 0;

  // ---- start of children

  template <class Push>
  bool fed(bool (gather_fsm::*come)(), Push const& push) {
    std::lock_guard const lock(mutex_);
    if (!(fsm_.*come)()) return false;
    push();
    return true;
  }

  // Whether no other thread is the starter.
  bool may_start_here() const noexcept { return !starting_thread_ || is_starter(); }

  // Whether this thread starts children, further down on the same stack.
  bool is_starter() const noexcept { return starting_thread_ == this_thread(); }

  // Identifies this thread while it runs.
  static void const* this_thread() noexcept {
    static thread_local char const here = 0;
    return &here;
  }

  // Posts the start of further children. Another thread may have started them meanwhile, and the
  // operation may even be over: then there is no poster.
  void post_start(pointer const& self) {
    if (!mutex_.locks()) return post_by(this->poster_, self, &gather_core::start);
    if (auto const poster = copied_poster()) post_by(poster, self, &gather_core::start);
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
        start_condition_->wait(executor_, [self = this->shared_from_this()] { self->let_in(); });
    }
    go_on();
    return false;
  }

  // The start condition holds.
  void let_in() {
    {
      std::lock_guard const lock(mutex_);
      if (!fsm_.let_in()) return start_condition_->give_up();
    }
    go_on();
  }

  // Starts children for as long as the FSM allows it. Children that run inside may themselves take
  // children meanwhile.
  void start(pointer self) {
    if constexpr (Parts.eager)
      if (this->eager_) return eager_start<gather_core>::in_loop(std::move(self));
    if (begin_starting() != start_state::begun) return;
    link operation(std::move(self));
    bool finish = false;
    try {
      while (take_next_or_stop(finish)) start_next(operation);
    } catch (...) {
      std::lock_guard const lock(mutex_);
      interrupt_starting();
      throw;
    }
    if (finish) complete(std::move(operation).owner());
  }

  // Whether the starter may take the next child. If not, the starting is over.
  bool take_next_or_stop(bool& finish) {
    std::lock_guard const lock(mutex_);
    if (take_next()) return true;
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
    forward_and_go_on(asked_by(o), ended_in::runner);
  }

  // ---- ends

  // Handles the most frequent end: a value, of which no policy is told. Returns whether it was one.
  template <class ResultSlot>
  bool count_success(live_child* record, ResultSlot& result_slot, ended_in where) {
    bool late, goes_on;
    {
      std::lock_guard const lock(mutex_);
      if (this->tells_ends()) return false;
      if (record) live_.end(*record);
      late = fsm_.finished();
      fsm_.count_end();
      if (late) stop_clocks_if_over();
      // Once no further child starts, only the last end must call go_on(). Before that, a starter
      // further down on this stack finishes the operation in take_next_or_stop(), and a runner that
      // goes on takes the next child or reports that there is none. All other ends must call
      // go_on().
      goes_on =
          fsm_.closed() ? fsm_.awaits_others() : where == ended_in::runner_loop || is_starter();
    }
    if (late) result_slot.drop();
    if (!goes_on) go_on(where);
    return true;
  }

  // Handles every other end.
  template <class ResultSlot>
  void record_end(live_child* record, std::size_t index, ResultSlot& result_slot,
                  std::exception_ptr& error, ended_in where) {
    // Policies are told of one end at a time.
    bool in_turn = false, asked = false;
    if (record || start_condition_ || listens_) {
      std::lock_guard const lock(mutex_);
      asked = this->asks_children() || (record && record->asked);
      in_turn = listens_ && mutex_.locks() && !(this->serial_ && record && !record->executor);
      if (record) this->unlist(*record, error);
      if (start_condition_) start_condition_->child_ended(error != nullptr);
    }
    bool const failed = error && !(fsm_.forgives_cancelled() && was_cancelled(error, asked));
    std::exception_ptr thrown; // the error could not be stored: the end counts all the same
    if (error) {
      std::exception_ptr const heard = listens_ ? error : nullptr; // policies are told of it below
      try {
        if constexpr (takes_end_if_asked<ResultSlot>)
          result_slot.error(error, asked);
        else
          result_slot.error(error);
      } catch (...) {
        thrown = std::current_exception();
      }
      if (heard) error = heard;
    }
    if (!failed) error = nullptr;
    bool const late =
        in_turn ? judge_in_turn(index, failed, error) : judge(index, failed, error, where);
    if (late) result_slot.drop();
    if (thrown) std::rethrow_exception(thrown);
  }

  // Posts the call of `judge`. Returns, like `judge`, whether the operation had completed before.
  bool judge_in_turn(std::size_t index, bool failed, std::exception_ptr& error) {
    bool late = false;
    if constexpr (Parts.policies) {
      {
        std::lock_guard const lock(mutex_);
        late = fsm_.finished(); // read first: the posted call may finish the operation
      }
      reserve::attempt([&] {
        this->hooks_.execute([self = this->shared_from_this(), index, failed, error]() mutable {
          self->judge(index, failed, error, ended_in::handler);
        });
      });
    }
    return late;
  }

  bool judge(std::size_t index, bool failed, std::exception_ptr& error, ended_in where) {
    actions o;
    bool late, asked, unheard;
    std::string name;
    progress told;
    auto wanted = asio::cancellation_type::none; // request of a policy for the other children
    {
      std::lock_guard const lock(mutex_);
      late = fsm_.finished();
      asked = this->asks_children();
      unheard = leftover_ || fsm_.abandons();
      o = fsm_.ended(failed, listens_);
      name = this->take_name(index);
      if (o.keep_error || o.wins || o.loses) this->keep_outcome(o, index, name, error);
      told = fsm_.told(index);
    }
    if (late) {
      if (listens_) tell_late({told.index, name, error});
    } else if (listens_) {
      if (error && hears_failures()) tell_failure({index, name, error});
      wanted = rest_to_cancel(tell_end(told, error));
    }
    if (late || listens_) reported();
    before_going_on(where, [&] {
      if (late && unheard && error && !was_cancelled(error, asked))
        report_unhandled_error(this->name_of(told.index, name), error);
      forward(wanted);
      forward(asked_by(o));
    });
    return late;
  }

  void reported() {
    std::lock_guard const lock(mutex_);
    if (listens_) fsm_.reported();
    stop_clocks_if_over();
  }

  // Called with the lock held.
  void stop_clocks_if_over() {
    if constexpr (Parts.policies)
      if (fsm_.over()) this->stop_clocks();
  }

  // A policy cancels the rest. Returns the request for the running children.
  asio::cancellation_type rest_to_cancel(asio::cancellation_type type) {
    if (type == asio::cancellation_type::none) return type;
    std::lock_guard const lock(mutex_);
    bool const first = fsm_.cancel_rest((type & asio::cancellation_type::terminal) !=
                                        asio::cancellation_type::none);
    return first ? type : asio::cancellation_type::none;
  }

  // Completes if it is time, and starts further children if possible. A starter on this stack does
  // both by itself, and can then complete without a further post.
  void go_on(ended_in where = ended_in::handler) {
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

  static constexpr asio::cancellation_type asked_by(actions const& o) noexcept {
    return o.cancel_rest ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  }

  void forward(asio::cancellation_type type) {
    if (type != asio::cancellation_type::none) live_.cancel_all(type, this->shared_from_this());
  }

  // Calls `f`, then go_on(), and only then throws the exception of `f`: the step must not be
  // missed.
  template <class F>
  void before_going_on(ended_in where, F const& f) {
    std::exception_ptr thrown;
    try {
      f();
    } catch (...) {
      thrown = std::current_exception();
    }
    go_on(where);
    if (thrown) std::rethrow_exception(thrown);
  }

  void forward_and_go_on(asio::cancellation_type type, ended_in where = ended_in::handler) {
    before_going_on(where, [&] { forward(type); });
  }

  void cancel_leftovers() override {
    nested_dispatch::run_on(
        executor_, member_call{this->shared_from_this(), &gather_core::cancel_as_leftover});
  }

  // Cancels the operation at the end of `run`. The waiter of this operation is cancelled too and
  // forwards its request: each child takes the first only.
  void cancel_as_leftover(pointer) {
    {
      std::lock_guard const lock(mutex_);
      leftover_ = true;
      asked_outside_ = true;
      fsm_.requested(true);
    }
    cleanup_scope const cleanup;
    forward_and_go_on(asio::cancellation_type::terminal);
  }

  using base::allocator_;
  using base::asked_outside_;
  using base::error_;
  using base::executor_;
  using base::fsm_;
  using base::initiations_;
  using base::leftover_;
  using base::listens_;
  using base::live_;
  using base::mutex_;
  using base::roster_;
  using base::start_condition_;

  void const* starting_thread_ = nullptr; // the thread that starts children, or null
  bool runner_completes_ = false;         // the runner that has ended last must complete
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
