//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RESULT_SLOT_HPP
#define FANOUT_DETAIL_RESULT_SLOT_HPP

// Where the end of a child goes.

#include <fanout/result.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

namespace fanout::inline FANOUT_ABI::detail {

/// What stores the end of one child, or passes it on. Besides these members a result slot has
/// `value(v...)`, which takes the value of the child, nothing for `void`; it may throw. The kinds
/// are:
/// - `result_slot`: stores the result in the operation,
/// - `any_result_slot` (child_in_turn.hpp): stands for one of several `result_slot`s,
/// - `stream_result_slot` (stream_core.hpp): pushes the end into an `as_completed`,
/// - `task_result_slot` (task.hpp): stores the value in the future of a task,
/// - `future_result_slot` (group_tasks.hpp): ends the future of a task in a group,
/// - `adopted_result_slot` (group_tasks.hpp): stores nothing, for a child that runs already.
///
/// Runners and handlers hold something that behaves like a pointer to the slot: the next concepts
/// are about that.
template <class Slot>
concept takes_end = requires(Slot& slot, std::exception_ptr& error, bool asked) {
  // Takes the error of the child; may move from it. `asked`: the child was asked to end.
  requires(requires { slot.error(error); }) || (requires { slot.error(error, asked); });
  // The operation has completed before: destroys what is stored.
  { slot.drop() } noexcept;
};

/// The slot needs to know whether its child was asked to end.
template <class Slot>
concept takes_end_if_asked =
    requires(Slot& slot, std::exception_ptr& error, bool asked) { slot.error(error, asked); };

/// The child runs already when it is started, so it is awaited in any case.
template <class SlotPointer>
concept of_running_child = requires(SlotPointer const& slot) { slot->runs_already; };

/// The child can be cancelled through the slot before it starts.
template <class SlotPointer>
concept knows_requests = requires(SlotPointer const& slot) {
  // Whether a cancellation was requested.
  { slot->requested() } -> std::same_as<bool>;
};

/// The slot needs to know where its child runs, to cancel it.
template <class SlotPointer, class Link>
concept follows_child = requires(SlotPointer& slot, Link const& link) {
  // The child runs with this link from now on.
  slot->runs_at(link);
};

/// The slot refers to the executor of its child, and must release it.
template <class SlotPointer>
concept releases_child = requires(SlotPointer& slot) {
  // The child was destroyed: nothing may refer to its executor any more.
  slot->runs_nowhere();
};

/// The end is reported only if a context still exists.
template <class SlotPointer>
concept needs_context = requires(SlotPointer& slot) {
  // The registry of that context.
  slot->registry();
};

/// Facts about the end of an operation that are not in the result slots.
struct ending {
  std::exception_ptr (*missing)();      // makes the error of a child that never started
  std::span<std::size_t const> winners; // of a race, in the order in which they ended
};

template <class T>
using value_or_monostate = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// The type of one element of the results.
template <class T, bool ReturnExceptions>
using delivered = std::conditional_t<ReturnExceptions, result<T>, value_or_monostate<T>>;

/// Stores the result of one child. Takes over an error only if errors are results. If the slot was
/// never filled, it delivers the error in `end`.
template <class T, bool ReturnExceptions>
class result_slot {
public:
  void value()
    requires std::is_void_v<T>
  {
    if constexpr (ReturnExceptions)
      content_.emplace(boost::system::in_place_value);
    else
      content_.emplace();
  }

  template <class U>
  void value(U&& u) {
    if constexpr (ReturnExceptions)
      content_.emplace(boost::system::in_place_value, std::forward<U>(u));
    else
      content_.emplace(std::forward<U>(u));
  }

  void error([[maybe_unused]] std::exception_ptr& e) {
    if constexpr (ReturnExceptions)
      content_.emplace(boost::system::in_place_error, std::exchange(e, nullptr));
  }

  void drop() noexcept { content_.reset(); }

  delivered<T, ReturnExceptions> take([[maybe_unused]] ending const& end) {
    if constexpr (ReturnExceptions)
      if (!content_) content_.emplace(boost::system::in_place_error, end.missing());
    return *std::move(content_);
  }

private:
  std::optional<delivered<T, ReturnExceptions>> content_;
};

// Children that yield nothing need no storage in the default mode.
template <>
class result_slot<void, false> {
public:
  void value() noexcept {}
  void error(std::exception_ptr&) noexcept {}
  void drop() noexcept {}
  std::monostate take(ending const&) noexcept { return {}; }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RESULT_SLOT_HPP
