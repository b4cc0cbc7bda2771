//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_ASSIGNMENT_HPP
#define FANOUT_DETAIL_ASSIGNMENT_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/operation.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace fanout::detail {

/// Awaits a coroutine that is a child, and puts what it yields into its place.
template <class Coroutine, class Place>
class awaited_child : public awaited_only<void()> {
public:
  awaited_child(Coroutine& child, Place& place) noexcept : child_(&child), place_(&place) {}

  void suspend(auto caller) const { child_->await_suspend(caller); }

  void resume() const {
    if constexpr (std::is_void_v<child_value_t<Coroutine>>) {
      child_->await_resume();
      place_->value();
    } else {
      place_->value(child_->await_resume());
    }
  }

private:
  Coroutine* child_;
  Place* place_;
};

/// A child that is about to start. `Place` points to its place, which it may own. `error` is set if
/// there is no child because taking it failed.
template <class Child, class Place>
struct assignment {
  using child_type = Child;

  std::size_t index = 0;
  Place place{};
  std::optional<Child> child;
  std::exception_ptr error;

  auto awaited() noexcept { return awaited_child(*child, *place); }
  void drop() noexcept { child.reset(); }

  /// The same place for what the child has turned into.
  template <class Other>
  assignment<Other, Place> with(Other other) const {
    return {index, place, std::move(other), nullptr};
  }
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_ASSIGNMENT_HPP
