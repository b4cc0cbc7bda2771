//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ABORTABLE_HPP
#define FANOUT_DETAIL_ABORTABLE_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/abort_executor.hpp>
#include <fanout/detail/abort_state.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/calls.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/completion.hpp>
#include <fanout/detail/executor.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/on_handler_executor.hpp>
#include <fanout/detail/operation.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/received.hpp>
#include <fanout/detail/token.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// An abortable operation that runs. Executors share this object and may outlive the completion
/// handler, so its memory does not come from the handler's allocator.
template <class Handler, class Executor, class Child>
class abortable_state final : public abort_state {
  using traits = child_traits<Child>;
  using outcome = single_outcome<value_or_monostate<typename traits::value>>;
  using result_slot_type = result_slot<typename traits::value, false>;
  using completion_type = completion<Handler, outcome>;

  // False if the handler must be dispatched to an executor of its own.
  static constexpr bool at_once =
      brings_executor<Handler> || std::is_same_v<own_executor_t<Handler>, executor_probe>;

public:
  abortable_state(Handler&& handler, Executor const& executor)
      : end_(std::in_place, completion_type(std::move(handler)), executor) {}

  template <class Operation>
  static void start(std::shared_ptr<abortable_state> const& self, Operation&& operation) {
    auto slot = self->end_->completion.slot();
    if (slot.is_connected()) slot.template emplace<relay>(self);
    std::forward<Operation>(operation)(step_handler(self));
  }

private:
  /// The completion handler and the executor on which it is called.
  struct end {
    completion_type completion;
    Executor executor;

    end(completion_type c, Executor const& e) : completion(std::move(c)), executor(e) {}

    void operator()(std::exception_ptr error, result_slot_type& result_slot) {
      completion.complete(
          at_once, executor, [&] { return std::move(error); },
          [&] { return outcome::take({}, result_slot); }, std::shared_ptr<void>());
    }
  };

  /// The completion handler of the operation inside.
  class step_handler {
  public:
    using executor_type = abort_executor<Executor>;
    using allocator_type = asio::associated_allocator_t<Handler>;
    using cancellation_slot_type = asio::cancellation_slot;

    explicit step_handler(std::shared_ptr<abortable_state> state) noexcept
        : state_(std::move(state)) {}
    step_handler(step_handler&&) noexcept = default;
    ~step_handler() {
      if (state_ && !state_->handler_destroyed()) state_->end_.reset();
    }

    executor_type get_executor() const noexcept { return {state_->end_->executor, state_}; }
    allocator_type get_allocator() const noexcept { return state_->end_->completion.allocator(); }
    cancellation_slot_type get_cancellation_slot() const noexcept { return state_->slot(); }

    template <class... Args>
    void operator()(Args&&... args) {
      // The function in the cancellation slot may own this handler and is destroyed with the slot's
      // content, so the state is taken out first.
      auto const state = std::move(state_);
      result_slot_type result_slot;
      auto error = received<typename traits::disposition>(result_slot, std::forward<Args>(args)...);
      state->over();
      state->take_end()(std::move(error), result_slot);
    }

  private:
    std::shared_ptr<abortable_state> state_;
  };

  // Posts, since the operation inside may still be on the stack.
  void end_aborted() override {
    auto aborted = take_end();
    if (auto slot = aborted.completion.slot(); slot.is_connected()) slot.clear();
    auto const executor = aborted.executor;
    auto const allocator = aborted.completion.allocator();
    auto call = [aborted = std::move(aborted)]() mutable {
      result_slot_type none;
      aborted(aborted_error(), none);
    };
    asio::post(executor, with_allocator(allocator, std::move(call)));
  }

  end take_end() {
    auto taken = *std::move(end_);
    end_.reset();
    return taken;
  }

  // Empty once the handler was called or the operation was destroyed. The relay may stay in a
  // cancellation slot after that, and must not hold an executor then: the context may be destroyed
  // before the slot.
  std::optional<end> end_;
};

/// Runs the operation on the executor of its completion handler.
struct abort_on_handler : on_handler_executor<decltype(nowhere_to_step())> {
  using on_handler_executor::operator();

  template <class Handler, class Operation>
    requires brings_executor<std::decay_t<Handler>>
  void operator()(Handler&& handler, Operation&& operation) const {
    auto const executor = asio::get_associated_executor(handler);
    start(executor, std::forward<Handler>(handler), std::forward<Operation>(operation));
  }

  template <class Executor, class Handler, class Operation>
  static void start(Executor const& executor, Handler&& handler, Operation&& operation) {
    using state = abortable_state<std::decay_t<Handler>, Executor, std::decay_t<Operation>>;
    state::start(
        std::make_shared<state>(std::decay_t<Handler>(std::forward<Handler>(handler)), executor),
        std::forward<Operation>(operation));
  }
};

/// Runs the operation on `executor` if its completion handler has no executor.
template <class Executor>
struct abort_on {
  using executor_type = Executor;

  executor_type get_executor() const noexcept { return executor; }

  template <class Handler, class Operation>
  void operator()(Handler&& handler, Operation&& operation) const {
    if constexpr (brings_executor<std::decay_t<Handler>>)
      abort_on_handler()(std::forward<Handler>(handler), std::forward<Operation>(operation));
    else
      abort_on_handler::start(executor, std::forward<Handler>(handler),
                              std::forward<Operation>(operation));
  }

  Executor executor;
};

template <class Initiation, class Operation>
class [[nodiscard("nothing runs before the operation is awaited or called with a completion "
                  "token")]] abortable_operation : public operation_base {
  using outcome = single_outcome<value_or_monostate<child_value_t<Operation>>>;

public:
  using result_type = typename outcome::type;
  using signature = typename outcome::signature;
  static constexpr bool unwraps_values = outcome::unwraps_values;

  abortable_operation(Initiation initiation, Operation operation)
      : initiation_(std::move(initiation)), operation_(std::move(operation)) {}

  template <class Token>
    requires good_token<Token, signature, Initiation>
  auto operator()(Token&& token) && -> decltype(asio::async_initiate<Token, signature>(
      std::declval<Initiation>(), token, std::declval<Operation>())) {
    return asio::async_initiate<Token, signature>(std::move(initiation_), token,
                                                  std::move(operation_));
  }

  template <class Token>
    requires good_token<Token, signature, Initiation>
  auto operator()(Token&& token) const& -> decltype(asio::async_initiate<Token, signature>(
      std::declval<Initiation>(), token, std::declval<Operation>())) {
    static_assert(std::is_copy_constructible_v<Operation>,
                  "fanout: this operation holds one that cannot be copied and runs once: use "
                  "std::move(operation)");
    if constexpr (std::is_copy_constructible_v<Operation>)
      return abortable_operation(*this)(std::forward<Token>(token));
  }

  template <class Token, class Signature = signature,
            class Mistake = mistake_in_token<Token, signature, Initiation>>
  Mistake operator()(Token&&) const& = delete;

private:
  Initiation initiation_;
  Operation operation_;
};

/// The argument must be one operation whose steps all run on the executor of its handler.
struct abortable_function {
  template <class A = void, class... Others>
  static consteval auto mistake() {
    using operation = std::decay_t<A>;
    if constexpr (sizeof...(Others) != 0 || !asio::is_async_operation<operation>::value ||
                  is_executor_binder<operation> || our_operation<operation>)
      return no_abortable_operation();
    else if constexpr (!std::is_constructible_v<operation, A>)
      return operation_not_moved();
    else
      return no_mistake();
  }

  template <class Initiation, class A>
  auto operator()(Initiation initiation, A&& operation) const {
    return abortable_operation<Initiation, std::decay_t<A>>(std::move(initiation),
                                                            std::forward<A>(operation));
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ABORTABLE_HPP
