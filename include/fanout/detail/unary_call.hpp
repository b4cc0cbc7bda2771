//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_UNARY_CALL_HPP
#define FANOUT_DETAIL_UNARY_CALL_HPP

// A unary call has two parts. `call_core` is what gRPC works with; gRPC and the operation share it,
// and it may outlive the execution context. `pending_call` has the completion handler and its
// executor, and is destroyed with the context.

#include <fanout/rpc_error.hpp>
#include <fanout/detail/completion.hpp>
#include <fanout/detail/context_registry.hpp>
#include <fanout/detail/duration.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/listing.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/on_handler_executor.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/reserve.hpp>
#include <fanout/detail/roster.hpp>
#include <fanout/detail/run_service.hpp>
#include <fanout/detail/work_poster.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <grpc/support/time.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/time.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// A method of the callback interface that protoc generates for a stub.
template <class Async, class Request, class Reply>
using unary_method = void (Async::*)(grpc::ClientContext*, Request const*, Reply*,
                                     std::function<void(grpc::Status)>);

using steady_clock = std::chrono::steady_clock;

/// The same moment of the steady clock. A maximum stays one.
template <class Clock, class Duration>
steady_clock::time_point steady(std::chrono::time_point<Clock, Duration> const& until) {
  if (until == std::chrono::time_point<Clock, Duration>::max())
    return steady_clock::time_point::max();
  if constexpr (std::is_same_v<Clock, steady_clock>) {
    return std::chrono::time_point_cast<steady_clock::duration>(until);
  } else {
    using seconds = std::chrono::duration<long double>;
    auto const left = seconds(until.time_since_epoch()) - seconds(Clock::now().time_since_epoch());
    return from_now<steady_clock>(rounded_up<steady_clock::duration>(left));
  }
}

/// gRPC counts the time that is left by its monotonic clock: a wall clock that is set does not
/// matter.
template <class Clock, class Duration>
void set_deadline(grpc::ClientContext& context,
                  std::chrono::time_point<Clock, Duration> const& until) {
  auto const at = steady(until);
  if (at == steady_clock::time_point::max()) return;
  auto const now = steady_clock::now();
  // A moment before the clock has begun would be too long ago to be subtracted.
  auto const left = at <= now ? std::chrono::nanoseconds(0) : std::chrono::nanoseconds(at - now);
  context.set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(left.count(), GPR_TIMESPAN)));
}

/// What gRPC works with, as far as it does not depend on the types of a call. It refers to nothing
/// of the execution context.
class call_base {
public:
  call_base(call_base const&) = delete;
  call_base& operator=(call_base const&) = delete;
  virtual ~call_base() = default;

  /// Asks for the end of the call. On any thread, also after it.
  void cancel() {
    asked_.store(true);
    context_->TryCancel();
  }

  /// What the call has ended with: null for OK. Where the handler is called.
  std::exception_ptr error() const noexcept {
    if (status_.ok()) return nullptr;
    if (status_.error_code() == grpc::CANCELLED && asked_.load()) return aborted_error();
    if (status_.error_code() == grpc::DEADLINE_EXCEEDED)
      return error_from([&] { return rpc_deadline_exceeded(status_); });
    return error_from([&] { return rpc_error(status_); });
  }

  /// Has `run` cancel the call where nothing else does, and wait for it.
  static void enlist(std::shared_ptr<call_base> const& call, roster& list) {
    call->listed_ = std::make_shared<listed>(call);
    list.add(*call->listed_, call->listed_);
  }

  void leave_roster() noexcept { listed_.reset(); }

protected:
  explicit call_base(std::shared_ptr<grpc::ClientContext> context) : context_(std::move(context)) {}

  grpc::ClientContext* context() const noexcept { return context_.get(); }
  void end_with(grpc::Status&& s) noexcept { status_ = std::move(s); }

private:
  friend class abandoned_calls;

  /// Apart from the call, which may have to stay for longer.
  class listed final : public roster::entry {
  public:
    explicit listed(std::weak_ptr<call_base> call) noexcept : call_(std::move(call)) {}

  private:
    void cancel_leftovers() override {
      if (auto const alive = call_.lock()) alive->cancel();
    }
    void list_in(listing&) override {} // the coroutine that waits is listed by the registry

    std::weak_ptr<call_base> call_;
  };

  std::shared_ptr<grpc::ClientContext> const context_;
  grpc::Status status_;
  std::atomic<bool> asked_{false};
  std::shared_ptr<listed> listed_;  // null where `run` does not run the context
  std::shared_ptr<call_base> self_; // while it is abandoned
  call_base* next_ = nullptr;
};

/// Calls that have ended when nothing waited for their end any more. The context of a call owns its
/// channel, and the last channel of a program, when it goes, joins the threads on which gRPC ends
/// calls: so it must not go on one of these. Such calls are kept until the next one starts.
class abandoned_calls {
public:
  /// On a thread of gRPC.
  static void keep(std::shared_ptr<call_base> call) noexcept {
    auto& kept = *call;
    kept.leave_roster();
    kept.self_ = std::move(call);
    std::lock_guard const lock(mutex_);
    kept.next_ = std::exchange(first_, &kept);
  }

  /// On a thread of the user.
  static void destroy() noexcept {
    std::unique_lock lock(mutex_);
    auto* rest = std::exchange(first_, nullptr);
    lock.unlock();
    while (rest) {
      auto const call = std::move(rest->self_);
      rest = call->next_;
    }
  }

private:
  // Nothing is destroyed at the end of the program: calls may still end then.
  inline static std::mutex mutex_;
  inline static call_base* first_ = nullptr;
};

/// The part of a call that its end needs, in the registry of the context that the handler is
/// called on. It owns a reference to the call.
class ending_call : public context_bound {
public:
  /// Posts the completion. `self` has left the registry.
  virtual void conclude(std::unique_ptr<context_bound> self) noexcept = 0;
};

template <class Request, class Reply>
class call_core final : public call_base {
public:
  using reply_type = Reply;

  call_core(std::shared_ptr<context_registry> registry,
            std::shared_ptr<grpc::ClientContext> context, Request&& request)
      : call_base(std::move(context)), registry_(std::move(registry)),
        request_(std::move(request)) {}

  /// Under a context_lock. If it throws, the call has not started and `waiting` has gone.
  template <class Async>
  static void start(std::shared_ptr<call_core> const& call, Async& stub,
                    unary_method<Async, Request, Reply> method,
                    std::unique_ptr<ending_call> waiting) {
    std::function<void(grpc::Status)> done = [self = call](grpc::Status s) mutable {
      ended(std::move(self), std::move(s));
    };
    call->waiting_ = waiting.get();
    call->registry_->add(std::move(waiting));
    try {
      (stub.*method)(call->context(), &call->request_, &call->reply_, std::move(done));
    } catch (...) {
      if (auto* const mine = call->waiting_.exchange(nullptr)) call->registry_->remove(*mine);
      throw;
    }
  }

  Reply& reply() noexcept { return reply_; }

private:
  /// gRPC calls this once, on a thread of its own or inside `start`. The call must not be destroyed
  /// here: so this reference goes before the handler can let go of the other one.
  static void ended(std::shared_ptr<call_core> self, grpc::Status&& s) noexcept {
    self->end_with(std::move(s));
    auto const registry = self->registry_;
    context_lock const here(*registry);
    auto* const waiting = here ? self->waiting_.exchange(nullptr) : nullptr;
    if (!waiting) return abandoned_calls::keep(std::move(self));
    self.reset();
    waiting->conclude(registry->remove(*waiting));
  }

  std::shared_ptr<context_registry> const registry_;
  Request const request_;
  Reply reply_;
  std::atomic<ending_call*> waiting_{nullptr};
};

/// The completion handler, and what it is called with. Destroyed on the handler's executor, or with
/// its context.
template <class Core, class Handler, class Executor>
class call_end {
public:
  using reply_type = typename Core::reply_type;

  call_end(std::shared_ptr<Core> core, Handler&& handler, Executor const& executor)
      : executor_(executor), completion_(std::move(handler)), core_(std::move(core)) {}
  call_end(call_end const&) = delete;
  call_end& operator=(call_end const&) = delete;

  /// Nothing waits for the end of the call any more.
  ~call_end() {
    if (core_) core_->cancel();
  }

  void complete() {
    auto completion = std::move(completion_);
    auto& core = *core_;
    completion.complete(
        true, executor_, [&] { return core.error(); }, [&] { return std::move(core.reply()); },
        std::move(core_));
  }

  std::shared_ptr<Core> release() noexcept { return std::move(core_); }

private:
  Executor executor_;
  completion<Handler, single_outcome<reply_type>> completion_;
  std::shared_ptr<Core> core_;
};

template <class Core, class Handler, class Executor>
class pending_call final : public ending_call {
public:
  pending_call(std::shared_ptr<Core> core, Handler&& handler, Executor const& executor)
      : coroutine_(coroutine_of(handler)), allocator_(asio::get_associated_allocator(handler)),
        poster_(executor, true), end_(std::make_shared<call_end<Core, Handler, Executor>>(
                                     std::move(core), std::move(handler), executor)) {
    reserve::fill();
  }

  wait awaited() const override {
    return {coroutine_, [] { return std::string("a call of gRPC"); }};
  }

  // A thread of gRPC is here under a context_lock, so that the context is there until `self` has
  // gone, and with it the last of what refers to the executor on this thread.
  void conclude(std::unique_ptr<context_bound> self) noexcept override {
    try {
      reserve::attempt([&] { poster_.post(allocator_, [end = end_] { end->complete(); }); });
    } catch (...) {
      report_lost("a call of gRPC", std::current_exception());
      abandoned_calls::keep(end_->release());
    }
    self.reset();
  }

private:
  coroutine_id coroutine_;
  asio::associated_allocator_t<Handler> allocator_;
  work_poster<Executor> poster_;                           // keeps it busy
  std::shared_ptr<call_end<Core, Handler, Executor>> end_; // a post that fails is tried twice
};

/// What a call is given: its deadline, or a context that the caller has made.
inline std::shared_ptr<grpc::ClientContext> context_for(steady_clock::time_point until) {
  auto context = std::make_shared<grpc::ClientContext>();
  set_deadline(*context, until);
  return context;
}

inline std::shared_ptr<grpc::ClientContext> context_for(
    std::shared_ptr<grpc::ClientContext> const& context) {
  // gRPC would end the program.
  if (context->c_call())
    throw std::invalid_argument("fanout::unary_call: the client context has served another call");
  return context;
}

template <class Async, class Request, class Reply>
struct initiate_call : on_handler_executor<decltype(nowhere_to_go_on())> {
  initiate_call(Async* s, unary_method<Async, Request, Reply> m) noexcept : stub(s), method(m) {}

  using on_handler_executor::operator();

  template <class Handler, class Given>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler, Request request, Given const& given) const {
    using handler_type = std::decay_t<Handler>;
    using core_type = call_core<Request, Reply>;
    auto const executor = asio::get_associated_executor(handler);
    using executor_type = std::decay_t<decltype(executor)>;
    auto const registry = context_registry::of(context_of(executor));
    context_lock const here(*registry);
    if (!here) return;
    abandoned_calls::destroy();
    auto const slot = asio::get_associated_cancellation_slot(handler);
    auto const core = std::make_shared<core_type>(registry, context_for(given), std::move(request));
    auto waiting = std::make_unique<pending_call<core_type, handler_type, executor_type>>(
        core, handler_type(std::forward<Handler>(handler)), executor);
    if (auto const list = roster_of(context_of(executor))) call_base::enlist(core, *list);
    connect(slot, core);
    core_type::start(core, *stub, method, std::move(waiting));
  }

  Async* stub;
  unary_method<Async, Request, Reply> method;

private:
  // After its end a call is cancelled in vain.
  template <class Slot, class Core>
  static void connect(Slot slot, std::shared_ptr<Core> const& core) {
    if (slot.is_connected())
      slot.assign([weak = std::weak_ptr(core)](asio::cancellation_type type) {
        if (type == asio::cancellation_type::none) return;
        if (auto const alive = weak.lock()) alive->cancel();
      });
  }
};

template <class Reply, class Token, class Initiation, class Request, class Given>
auto async_call(std::remove_reference_t<Token>& token, Initiation initiation, Request request,
                Given given) {
  return asio::async_initiate<Token, void(std::exception_ptr, Reply)>(
      std::move(initiation), token, std::move(request), std::move(given));
}

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_UNARY_CALL_HPP
