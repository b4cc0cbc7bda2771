//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_STATE_HPP
#define FANOUT_DETAIL_GATHER_STATE_HPP

#include <fanout/detail/children.hpp>
#include <fanout/detail/completion.hpp>
#include <fanout/detail/decision.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/live_children.hpp>
#include <fanout/detail/optional_mutex.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/request_link.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/start_child.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::detail {

/// One operation from its initiation to the end of its last child. It carries out what `decision`
/// decides: takes children from their source, starts them, hears of their ends, passes
/// cancellations on, and completes.
///
/// Everybody who may still tell it something holds a reference: the runners and handlers of the
/// children, and what is posted. The completion handler leaves it before it is called.
///
/// `Foreign`: the completion handler may have another executor than the children.
template <class Handler, class Executor, bool Foreign, class Children, class Policies>
class gather_state final : public std::enable_shared_from_this<
                               gather_state<Handler, Executor, Foreign, Children, Policies>>,
                           public roster::entry {
public:
  using allocator = asio::associated_allocator_t<Handler>;
  using executor_type = Executor;
  using source = typename Children::template in<allocator>::type;
  using pointer = std::shared_ptr<gather_state>;
  using handler_executor = asio::associated_executor_t<Handler, Executor>;
  using handler_work = std::conditional_t<Foreign, tracked<handler_executor>, nothing>;
  using completion_type = completion<Handler, typename Children::outcome>;
  using timer = decltype(std::declval<Policies&>().make_timer(std::declval<Executor const&>()));

  gather_state(Handler&& handler, Executor const& executor, rules const& r, Children&& children,
               Policies&& policies)
      : executor_(without_serial(executor)), serial_(is_serial(executor_)),
        foreign_(is_foreign(handler, executor)),
        mutex_(!serial_ || source::own_executors || foreign_),
        allocator_(asio::get_associated_allocator(handler)), policies_(std::move(policies)),
        source_(std::move(children), allocator_), decide_(r, source_.total()),
        live_(executor_, mutex_, allocator_),
        ties_(std::in_place, executor_, asio::get_associated_executor(handler, executor),
              policies_),
        roster_(roster::find(context_of(executor_))), completion_(std::move(handler)) {
    cancellable_ = r.cancel_on_error || r.cancels_children || roster_;
    if constexpr (Policies::has_hooks)
      if (mutex_.locks()) ties_->hook_strand.emplace(executor_);
    if (roster_) roster_->add(*this);
  }

  ~gather_state() {
    if (roster_) roster_->remove(*this);
  }

  /// Called once, by the initiation.
  void initiate() {
    auto slot = completion_.slot();
    if (slot.is_connected()) {
      cancellable_ = true;
      link_.connect(slot, this->weak_from_this());
    }
    post_start();
  }

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

  /// Takes the next child for a runner whose last one has ended.
  template <class Next>
  bool take(live_child* record, Next& next) {
    {
      std::lock_guard const lock(mutex_);
      if (starter_ && starter_ != this_thread()) return false;
      if (!decide_.reach()) return false;
    }
    return pull(record, next);
  }

  /// A child has ended. `taker_follows`: the caller takes the next one.
  template <class Place>
  void ended(live_child* record, std::size_t index, Place& place, std::exception_ptr error,
             bool taker_follows = false) {
    {
      std::lock_guard const lock(mutex_);
      if (record) {
        if (record->timed_out && is_cancelled(error))
          error = std::make_exception_ptr(deadline_exceeded());
        live_.end(*record);
      }
    }
    bool const failed = error != nullptr;
    if (failed) place.error(error);
    if constexpr (Policies::has_hooks) {
      if (ties_->hook_strand)
        return asio::post(*ties_->hook_strand, [self = this->shared_from_this(), index, &place,
                                                failed, error = std::move(error)]() mutable {
          self->judge(index, place, failed, std::move(error));
        });
    }
    judge(index, place, failed, std::move(error), taker_follows);
  }

  live_children<Executor, allocator>& reachable() noexcept { return live_; }

  // ---- what those who start children ask

  Executor const& get_executor() const noexcept { return executor_; }
  bool is_on_serial_executor() const noexcept { return serial_; }
  bool cancellable() const noexcept { return cancellable_; }

  bool cancelling() {
    std::lock_guard const lock(mutex_);
    return decide_.cancelling();
  }

  /// Makes a child reachable, on an executor of its own if it has one: where, is known from the
  /// beginning.
  live_child* new_record(std::size_t index, asio::any_io_executor home = {}) {
    std::lock_guard const lock(mutex_);
    live_child& record = live_.acquire();
    record.home = std::move(home);
    begin(record, index);
    return &record;
  }

  // ---- what the clockwork of a policy asks

  std::unique_lock<optional_mutex> lock() { return std::unique_lock(mutex_); }

  /// The clockwork's time has come.
  void fire() {
    auto held = lock();
    if (ties_) ties_->clockwork.fire(*this, held);
  }

  using std::enable_shared_from_this<gather_state>::weak_from_this;

private:
  // ---- starting

  // Where this thread is, as long as it is there: tells whether the starter is further down on the
  // same stack.
  static void const* this_thread() noexcept {
    static thread_local char const here = 0;
    return &here;
  }

  void post_start() {
    asio::post(executor_, with_allocator(allocator_, [self = this->shared_from_this()]() mutable {
                 auto& state = *self;
                 state.start(std::move(self));
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
      typename source::next_child next;
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
      if (pull(nullptr, next))
        source_.assign(std::move(next),
                       [&self](auto&& assigned) { start_taken(self, std::move(assigned)); });
    }
  }

  // At the source, where only one may be at a time: `decide_.reach()` has said yes.
  template <class Next>
  bool pull(live_child* record, Next& next) {
    std::exception_ptr fault;
    bool there = false;
    try {
      there = source_.advance();
      if (there) source_.read(next);
    } catch (...) {
      fault = std::current_exception();
      there = false;
    }
    orders o;
    bool turned_away;
    {
      std::lock_guard const lock(mutex_);
      if (there) {
        next.index = decide_.start();
        if (record) begin(*record, next.index);
      } else if (fault) {
        o = decide_.source_failed();
        if (o.keep_error) error_ = fault;
      } else {
        decide_.exhausted();
      }
      turned_away = !starter_ && decide_.may_start();
    }
    if (turned_away) post_start();
    if (o.cancel_rest) forward(asio::cancellation_type::terminal);
    if (!there) go_on();
    return there;
  }

  template <class Child, class Place>
  static void start_taken(pointer const& self, assignment<Child, Place>&& assigned) {
    // Only a child that was taken from a range is followed by others of its kind.
    constexpr bool in_range = std::is_same_v<typename source::next_child, assignment<Child, Place>>;
    start_child<std::conditional_t<in_range, take_next, no_next>>(self, std::move(assigned));
  }

  void begin(live_child& record, std::size_t index) {
    live_.begin(record, index);
    ties_->clockwork.started(*this, record);
  }

  // ---- ends

  template <class Place>
  void judge(std::size_t index, Place& place, bool failed, std::exception_ptr error,
             bool taker_follows = false) {
    orders o;
    bool late, leftover;
    progress told;
    {
      std::lock_guard const lock(mutex_);
      late = decide_.finished();
      leftover = leftover_;
      o = decide_.ended(failed);
      if (o.keep_error) error_ = std::move(error);
      told = decide_.told(index);
    }
    if (late)
      ended_late(index, place, error, leftover);
    else
      policies_.ended(told, guarded());
    if (o.cancel_rest) forward(asio::cancellation_type::terminal);
    {
      std::lock_guard const lock(mutex_);
      decide_.reported();
      if (late && decide_.over()) ties_->clockwork.stop();
    }
    go_on(taker_follows);
  }

  template <class Place>
  void ended_late(std::size_t index, Place& place, std::exception_ptr const& error, bool leftover) {
    place.drop();
    if (!error) return;
    policies_.late_error(index, error, guarded());
    if (leftover && !is_cancelled(error))
      report_unhandled_error("child " + std::to_string(index) + " of a gather", error);
  }

  // An exception out of a hook leaves the context's run(), from a handler of its own.
  auto guarded() {
    return [this](auto const& call) {
      try {
        call();
      } catch (...) {
        asio::post(executor_, [e = std::current_exception()] { std::rethrow_exception(e); });
      }
    };
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

  // Not inline: a completion resumes coroutines, and these may end a gather around this one.
  void post_completion() {
    asio::post(executor_, with_allocator(allocator_, [self = this->shared_from_this()]() mutable {
                 auto& state = *self;
                 state.complete(std::move(self));
               }));
  }

  void complete(pointer self) {
    auto completion = std::move(completion_);
    // Where the children's executor is serial it is the handler's own, not what is under that.
    if (!foreign_ && serial_) {
      deliver(completion, [](auto call) { call(); }, std::move(self));
    } else {
      deliver(completion, completion.on_own_executor(executor_), std::move(self));
    }
  }

  template <class CallOn>
  void deliver(completion_type& completion, CallOn const& call_on, pointer self) {
    {
      // The end of a runner may still be on its way out on another thread, and its context is then
      // the user's to destroy.
      std::lock_guard const lock(mutex_);
      if (decide_.over()) ties_.reset();
    }
    auto const outcome = decide_.outcome();
    std::exception_ptr error;
    if (outcome == verdict::error) error = std::move(error_);
    if (outcome == verdict::aborted) error = aborted_error();
    std::size_t const started = decide_.started();
    auto const values = [&] { return source_.take(started); };
    completion.complete(call_on, std::move(error), values, std::move(self));
  }

  // ---- cancellation

  void forward(asio::cancellation_type type) { live_.cancel_all(type, this->shared_from_this()); }

  std::shared_ptr<roster::entry> hold() noexcept override { return this->weak_from_this().lock(); }

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

  static bool is_foreign(Handler const& handler, Executor const& executor) {
    if constexpr (Foreign && std::is_same_v<handler_executor, Executor>)
      return asio::get_associated_executor(handler, executor) != executor;
    else
      return Foreign;
  }

  // What needs the execution contexts to be there.
  struct ties {
    ties(Executor const& e, handler_executor const& h, Policies const& policies)
        : work(asio::prefer(e, asio::execution::outstanding_work.tracked)),
          clockwork(policies.make_timer(e)) {
      if constexpr (Foreign)
        handlers_work.emplace(asio::prefer(h, asio::execution::outstanding_work.tracked));
    }

    tracked<Executor> work;
    std::optional<handler_work> handlers_work;
    [[no_unique_address]] timer clockwork;
    std::optional<asio::strand<Executor>> hook_strand; // where ends are judged, one at a time
  };

  Executor executor_;             // of children that have none of their own
  bool serial_;                   // handlers on it run one at a time
  bool foreign_;                  // the completion handler has another one
  bool cancellable_ = false;      // somebody may cancel children: they need signals
  bool leftover_ = false;         // `run` is cleaning up
  optional_mutex mutex_;          // protects what follows, where several threads come by
  void const* starter_ = nullptr; // the thread that is starting children
  allocator allocator_;
  Policies policies_;
  source source_;
  decision decide_;
  std::exception_ptr error_; // the one to complete with
  live_children<Executor, allocator> live_;
  std::optional<ties> ties_; // until the last child has ended
  std::shared_ptr<roster> roster_;
  request_link<gather_state> link_;
  completion_type completion_;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_GATHER_STATE_HPP
