//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_GATHER_OP_HPP
#define FANOUT_DETAIL_GATHER_OP_HPP

#include <fanout/detail/children.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/completion.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/gather_core.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/rethrow_on.hpp>
#include <fanout/detail/start_child.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/prefer.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

/// A completion handler that keeps its operation, which is a `backing_core`.
template <class Handler>
concept knows_core =
    requires(Handler& handler) { handler.set_operation(std::weak_ptr<backing_core>()); };

/// The parts of the core that an operation needs.
template <class Handler, class Children, class Policies>
inline constexpr core_parts parts_of =
    core_parts{.policies = Policies::needs_core,
               .race = Policies::is_race,
               .names = Children::names || Policies::template contains<with_index_t>,
               .operations = Children::operations,
               .open = Policies::is_open || knows_core<Handler>,
               .eager = Policies::template contains<eager_t>}
        .served_by();

/// An operation with all members whose types the user has chosen: the source of the children, the
/// policies, and the completion handler, which is moved out before it is called.
///
/// `Foreign`: the executor of the completion handler may differ from that of the children.
template <class Handler, class Executor, bool Foreign, class Children, class Policies>
class gather_op final : public gather_core<Executor, asio::associated_allocator_t<Handler>,
                                           parts_of<Handler, Children, Policies>>,
                        public child_source<typename Children::next_child> {
  static constexpr core_parts parts = parts_of<Handler, Children, Policies>;
  using allocator = asio::associated_allocator_t<Handler>;
  using base = gather_core<Executor, allocator, parts>;
  using pointer = typename base::pointer;
  using link = typename base::link;
  using source = typename Children::template in<allocator>::type;
  static constexpr bool has_simple_source = requires { requires source::is_simple; };
  using next_child = typename Children::next_child;
  using handler_executor = asio::associated_executor_t<Handler, Executor>;
  using handler_work = std::conditional_t<Foreign, tracked<handler_executor>, nothing>;
  using completion_type = completion<Handler, typename Children::outcome>;
  using timers_type =
      decltype(std::declval<Policies&>().make_timers(std::declval<Executor const&>()));

public:
  gather_op(Handler&& handler, Executor const& executor, all_rules const& r, Children&& children,
            Policies&& policies)
      : base(executor, asio::get_associated_allocator(handler), r, children.total(),
             !Children::own_executors && !is_foreign(handler, executor) && !knows_core<Handler>,
             Policies::has_hooks, policies.make_start_condition(), policies.make_race_score(),
             context_of_handler(handler)),
        foreign_(is_foreign(handler, executor)), policies_(std::in_place, std::move(policies)),
        source_(std::in_place, std::move(children), asio::get_associated_allocator(handler)),
        context_use_(std::in_place, this->get_executor(), handler, executor, *policies_),
        awaited_in_(coroutine_of(handler)), completion_(std::move(handler)) {}

  /// Calls a completion handler on another context if the children's context is destroyed.
  ~gather_op() {
    if constexpr (Foreign && brings_executor<Handler>)
      if (is_owed_) completion_.abort(aborted_error);
  }

  // Always inlined, as what follows up to the launch of a child: each of these functions has one
  // caller, and calls are dear where they are nested (docs/design.md, "Where the time goes").
  [[gnu::always_inline]] static void initiate(std::shared_ptr<gather_op> self) {
    gather_op& op = *self;
    if constexpr (knows_core<Handler>) op.completion_.handler().set_operation(op.weak_from_this());
    op.each_timer([&op](auto& timer) { timer.begin(op); });
    op.connect(op.completion_.slot());
    op.is_owed_ = op.foreign_ && op.completion_.is_on_other_context(op.get_executor());
    if constexpr (parts.eager)
      if (op.is_eager()) return op.begin_start(std::move(self));
    try {
      op.begin_start(self);
    } catch (...) {
      op.is_owed_ = false;
      throw;
    }
  }

  source& children() noexcept { return *source_; }

private:
  // ---- start of children

  void take_and_start(link const& operation) override {
    next_child next;
    if (!pull(nullptr, next)) return;
    source_->assign(std::move(next), [&]<class Assigned>(Assigned&& taken) {
      start_child(operation, runner_source(taken), std::move(taken));
    });
  }

  // The runner of a child from a range, or of one of several alike, takes further children.
  template <class Assigned>
  child_source<Assigned>* runner_source(Assigned const&) noexcept {
    if constexpr (std::is_same_v<Assigned, next_child>)
      return this;
    else
      return nullptr;
  }

  bool end_and_take_next(live_child* record, next_child& child) override {
    if constexpr (requires { child.result_slot; }) {
      if constexpr (has_simple_source)
        if (!child.error) {
          using step = typename base::next_step;
          auto const next = this->count_and_take(record, child.index,
                                                 [this]() noexcept { return source_->advance(); });
          if (next == step::run_child) source_->read(child);
          if (next != step::unknown) return next == step::run_child;
        }
      return end_and_take_next_in_steps(record, child);
    } else {
      return false;
    }
  }

  [[gnu::noinline]] bool end_and_take_next_in_steps(live_child* record, next_child& child) {
    this->ended(record, child.index, *child.result_slot, child.error, ended_in::runner_loop);
    if (child.error) child.error = nullptr;
    if (!this->begin_taking_here() || !pull(record, child)) return false;
    // A cancellation may have come while the child was taken.
    if (record && this->forbids_start()) child.error = aborted_error();
    return true;
  }

  bool pull(live_child* record, next_child& next) {
    return base::pull(
        record, next.index, [this] { return supply(source_->advance()); },
        [&] { source_->read(next); });
  }

  // ---- calls of policies

  asio::cancellation_type call_end_hooks(
      [[maybe_unused]] progress const& after,
      [[maybe_unused]] std::exception_ptr const& error) override {
    if constexpr (Policies::has_hooks)
      return policies_->ended(after, error, guarded());
    else
      return asio::cancellation_type::none;
  }

  bool has_failed_hooks() const noexcept override { return Policies::has_failed_hooks; }

  void call_failure_hooks([[maybe_unused]] failure const& f) override {
    if constexpr (Policies::has_hooks) policies_->failed(f, guarded());
  }

  void call_late_hooks([[maybe_unused]] failure const& f) override {
    if constexpr (Policies::has_hooks) policies_->ended_late(f, guarded());
  }

  // An exception out of a hook leaves the context's run(), from a posted handler.
  auto guarded() {
    return [this](auto const& call) {
      try {
        call();
      } catch (...) {
        rethrow_on(this->get_executor(), std::current_exception());
      }
    };
  }

  // ---- timers

  void start_timers(live_child& record) override {
    each_timer([&](auto& timer) { timer.started(*this, record); });
  }

  void collect_due(std::vector<typename base::child_ref>& due) override {
    each_timer([&](auto& timer) { timer.add_due(*this, due); });
  }

  void stop_timers() override {
    each_timer([](auto& timer) { timer.stop(); });
  }

  template <class F>
  void each_timer([[maybe_unused]] F const& f) {
    if constexpr (Policies::has_timers)
      if (context_use_) std::apply([&f](auto&... timer) { (f(timer), ...); }, context_use_->timers);
  }

  // ---- completion

  void complete(pointer self) override {
    if constexpr (Policies::adopts) hand_stragglers_over(self);
    is_owed_ = false;
    std::optional<typename base::completing_thread> until_return;
    if (foreign_) until_return.emplace(*this);
    // If the children's executor is serial, it is the handler's own executor and not the one inside
    // it.
    if (this->completes_in_place() || (!foreign_ && this->is_on_serial_executor()))
      return call_handler(std::move(self), this->conclude());
    auto const own = completion_.executor(this->get_executor());
    this->complete_on(own, completion_.allocator(), std::move(self));
  }

  void call_handler(pointer self, std::exception_ptr error) override {
    auto completion = std::move(completion_);
    auto const values = [this] { return source_->take(this->how_it_ended(), this->started()); };
    completion.call(std::move(error), values, finished_operation{std::move(self)});
  }

  // The owner of the operation while the completion handler is called. `reset` comes before that
  // call: posted functions may own the operation, too. So what the user has passed is destroyed
  // first, if nothing uses it any more.
  struct finished_operation {
    pointer self;

    void reset() {
      static_cast<gather_op&>(*self).destroy_what_was_passed();
      self.reset();
    }
  };

  void destroy_what_was_passed() {
    {
      auto const lock = this->lock();
      if (!this->is_at_rest()) return;
    }
    source_.reset();
    policies_.reset();
  }

  void drop_handler() noexcept override {
    this->release_context_if_over();
    if (is_owed_) return; // the destructor calls the handler
    [[maybe_unused]] auto const handler = std::move(completion_);
  }

  // Passes the children that still run to the policies.
  void hand_stragglers_over(pointer const& self) {
    std::vector<straggler> left;
    {
      auto const lock = this->lock();
      for (live_child& r : this->records().list())
        left.push_back({r.index, this->given_name(r.index), canceller(self, r)});
    }
    policies_->adopt(this->get_executor(), std::move(left));
  }

  // Returns a function that cancels one child while it runs.
  static auto canceller(pointer const& self, live_child& record) {
    return [weak = std::weak_ptr(self), child = self->records().ref_to(record)](auto type) {
      if (auto const alive = weak.lock()) alive->records().cancel_from_outside(child, type, alive);
    };
  }

  void release_context() override {
    if constexpr (uses_context) context_use_.reset();
  }

  void close_source() override {
    if constexpr (requires { source_->close(this->get_executor()); })
      source_->close(this->get_executor());
  }

  // ---- for `eager`

  // A `co_await` may go on where its executor is that of the children, and runs here. `eager_start`
  // checks that this thread runs functions of the executor of the children.
  bool hold_or_detach() noexcept override {
    if constexpr (parts.eager && resumes_by_co_await<Handler>) {
      auto& handler = completion_.handler();
      if (!foreign_ && (this->is_on_serial_executor() || runs_here(handler.get_executor())))
        return true;
      handler.detach();
    }
    return false;
  }

  void detach() noexcept override {
    if constexpr (parts.eager && resumes_by_co_await<Handler>) completion_.handler().detach();
  }

  // ---- for lists of tasks

  std::string title() const override { return policies_->title(); }
  bool is_task() const override { return Policies::is_task; }
  bool has_tasks() const override { return Policies::has_tasks; }
  coroutine_id awaited_in() const override { return awaited_in_; }

  static bool is_foreign(Handler const& handler, Executor const& executor) {
    if constexpr (Foreign && std::is_same_v<handler_executor, Executor>)
      return asio::get_associated_executor(handler, executor) != executor;
    else
      return Foreign;
  }

  // Returns null if the handler has no executor of its own, or one without a context.
  static asio::execution_context* context_of_handler([[maybe_unused]] Handler const& handler) {
    if constexpr (Foreign && brings_executor<Handler>)
      return &context_of(asio::get_associated_executor(handler));
    else
      return nullptr;
  }

  // Members that use execution contexts. They are destroyed when the last child has ended.
  struct context_use {
    context_use(Executor const& children, [[maybe_unused]] Handler const& handler,
                [[maybe_unused]] Executor const& fallback, Policies const& policies)
        : timers(policies.make_timers(children)) {
      if constexpr (Foreign)
        work.emplace(asio::prefer(asio::get_associated_executor(handler, fallback),
                                  asio::execution::outstanding_work.tracked));
    }

    std::optional<handler_work> work;
    [[no_unique_address]] timers_type timers;
  };
  static constexpr bool uses_context = Foreign || Policies::has_timers;

  bool foreign_;         // the completion handler has an executor of its own
  bool is_owed_ = false; // the handler is on another context and must be called in any case
  std::optional<Policies> policies_; // until `destroy_what_was_passed`, like the next one
  std::optional<source> source_;
  // Empty once the last child has ended.
  [[no_unique_address]] part_member<uses_context, std::optional<context_use>> context_use_;
  coroutine_id awaited_in_;
  completion_type completion_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_GATHER_OP_HPP
