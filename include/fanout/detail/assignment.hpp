//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ASSIGNMENT_HPP
#define FANOUT_DETAIL_ASSIGNMENT_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/detail/co_await.hpp>
#include <fanout/detail/operation.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// The operand of `co_await` that forwards to `steps`. It exists within one `co_await` expression
/// only, so it holds a plain pointer.
template <class Steps>
class awaited_by : public awaited_only<void()> {
public:
  explicit awaited_by(Steps& steps) noexcept : steps_(&steps) {}

  void suspend(auto caller) const { steps_->suspend(caller); }
  void resume() const { steps_->resume(); }

private:
  Steps* steps_;
};

/// Throws `invalid_state` if the child is an awaitable that was moved from or was awaited before.
/// Asio would dereference a null pointer.
template <class C>
void require_valid([[maybe_unused]] C const& child) {
  if constexpr (is_named<C>) {
    require_valid(child.child);
  } else if constexpr (is_executor_binder<C>) {
    require_valid(child.get());
  } else if constexpr (is_awaitable<C>) {
    if (!child.valid())
      throw invalid_state("fanout: this awaitable is empty, or was awaited before");
  }
}

/// Starts a coroutine, which runs until it suspends.
template <class Coroutine>
void enter(Coroutine& coroutine, auto caller) {
  require_valid(coroutine);
  coroutine.await_suspend(caller);
}

/// Moves the value of an ended coroutine into its result slot, or its exception into `error`.
/// Throws the exception if it cannot be taken otherwise.
template <class Coroutine, class ResultSlot>
void fetch(Coroutine& ended, ResultSlot& result_slot, std::exception_ptr& error) {
  take_error(ended, error);
  if (error) return;
  if constexpr (std::is_void_v<child_value_t<Coroutine>>) {
    ended.await_resume();
    result_slot.value();
  } else {
    result_slot.value(ended.await_resume());
  }
}

/// A child that is about to start, with its index and its result slot. `ResultSlot` behaves like a
/// pointer to the slot. `error` is set if there is no child because taking it has thrown.
template <class Child, class ResultSlot>
struct assignment {
  using child_type = Child;

  std::size_t index = 0;
  ResultSlot result_slot{};
  std::optional<Child> child;
  std::exception_ptr error;

  void suspend(auto caller) { enter(*child, caller); }
  void resume() { fetch(*child, *result_slot, error); }
  bool has_child() const noexcept { return child.has_value(); }

  template <class C>
  void take(C&& from) noexcept {
    try {
      child.emplace(std::forward<C>(from));
    } catch (...) {
      error = std::current_exception();
    }
  }
  void drop() noexcept { child.reset(); }

  /// The same index and result slot with another child, which this one has turned into.
  template <class Other>
  assignment<Other, ResultSlot> with(Other other) const {
    return {index, result_slot, std::move(other), nullptr};
  }
};

/// The coroutine that a callable child has returned, while it runs.
template <class Coroutine, class Assignment>
class made_child {
public:
  made_child(Coroutine child, Assignment& assigned)
      : child_(std::move(child)), assigned_(assigned) {}

  void suspend(auto caller) { enter(child_, caller); }
  void resume() { fetch(child_, *assigned_.result_slot, assigned_.error); }

private:
  Coroutine child_;
  Assignment& assigned_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_ASSIGNMENT_HPP
