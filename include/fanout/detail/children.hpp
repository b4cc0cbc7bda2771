//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CHILDREN_HPP
#define FANOUT_DETAIL_CHILDREN_HPP

// The sources of children, and the result slots. The two kinds, children given one by one and a
// range of them, differ in nothing else.

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/child_in_turn.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/stable_vector.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// An outcome that constructs its result slots by itself, each with its index.
template <class Outcome>
concept makes_result_slots = requires { requires Outcome::makes_result_slots; };

/// An array where all types are the same, which is the most frequent case: so less is compiled.
template <class... T>
struct tuple_or_array {
  using type = std::tuple<T...>;
};
template <class T, std::same_as<T>... Same>
struct tuple_or_array<T, Same...> {
  using type = std::array<T, 1 + sizeof...(Same)>;
};
template <class... T>
using tuple_or_array_t = typename tuple_or_array<T...>::type;

/// The index of the next child to start, of children given one by one.
struct child_number {
  std::size_t index = 0;
};

template <class Outcome, child... Child>
class several_children;

/// Children given one by one, before the operation is initiated.
template <class Outcome, child... Child>
struct kept_children {
  using outcome = Outcome;
  using next_child =
      std::conditional_t<are_alike<Child...>, child_in_turn<several_children<Outcome, Child...>>,
                         child_number>;
  static constexpr bool own_executors = (has_own_executor<Child>() || ...);
  static constexpr bool names = (may_have_name<Child>() || ...);
  static constexpr bool operations = !(is_awaited<Child>() && ...);

  template <class Allocator>
  struct in;

  std::optional<std::size_t> total() const noexcept { return sizeof...(Child); }

  tuple_or_array_t<Child...> children;
  [[no_unique_address]] Outcome kept_outcome;
};

template <class Outcome, child... Child>
class several_children {
public:
  using next_child = typename kept_children<Outcome, Child...>::next_child;
  using first_child = std::tuple_element_t<0, std::tuple<Child..., void>>;

  template <class Allocator>
  several_children(kept_children<Outcome, Child...>&& kept, Allocator const&)
      : outcome_(std::move(kept.kept_outcome)),
        places_(make_places(kept.children, std::index_sequence_for<Child...>())) {}

  /// `advance` and `read` neither throw nor run code of the user.
  static constexpr bool is_simple = true;

  bool advance() noexcept { return ++position_ <= sizeof...(Child); }

  void read(next_child& next) noexcept {
    if constexpr (are_alike<Child...>) next.assign(*this, position_ - 1);
  }

  /// Calls `f` with the assignment of the child that is to start.
  template <class F>
  void assign(next_child next, F const& f) {
    if constexpr (are_alike<Child...>) {
      f(std::move(next));
    } else {
      visit(next.index, [&]<class C, class P>(std::optional<C>& child, P& result_slot) {
        assignment<C, P*> taken{next.index, &result_slot, std::nullopt, nullptr};
        taken.take(*std::move(child));
        // A moved-from binder still holds its executor.
        child.reset(); // NOLINT(bugprone-use-after-move): the optional itself was not moved
        f(std::move(taken));
      });
    }
  }

  /// Calls `f` with the child of this index and its result slot.
  template <class F>
  void visit(std::size_t index, F const& f) {
    if constexpr (requires { places_[index]; })
      f(places_[index].child, places_[index].result_slot);
    else
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((index == I ? f(std::get<I>(places_).child, std::get<I>(places_).result_slot) : void()),
         ...);
      }(std::index_sequence_for<Child...>());
  }

  typename Outcome::type take(ending const& end, std::size_t) {
    return std::apply([&](auto&... p) { return outcome_.take(end, p.result_slot...); }, places_);
  }

private:
  // A child until it has ended, and what it yields.
  template <class C>
  struct place {
    using slot_type = typename Outcome::template result_slot<child_value_t<C>>;

    std::optional<C> child;
    [[no_unique_address]] slot_type result_slot;
  };
  using places = tuple_or_array_t<place<Child>...>;

  template <std::size_t... I>
  places make_places(auto& children, std::index_sequence<I...>) {
    return places{place<Child>{std::optional<Child>(std::move(std::get<I>(children))),
                               make_result_slot<Child>(I)}...};
  }

  template <class C>
  typename place<C>::slot_type make_result_slot([[maybe_unused]] std::size_t index) {
    if constexpr (makes_result_slots<Outcome>)
      return outcome_.template make_result_slot<child_value_t<C>>(index);
    else
      return {};
  }

  std::size_t position_ = 0;
  [[no_unique_address]] Outcome outcome_;
  places places_;
};

template <class Outcome, child... Child>
template <class Allocator>
struct kept_children<Outcome, Child...>::in {
  using type = several_children<Outcome, Child...>;
};

/// A view that owns its container. Iterators and the children that a view's callables make point
/// into the view, so it is moved to its final address before its first element is read.
template <class View>
concept owning = requires(View& v) {
  requires std::same_as<View, std::ranges::owning_view<std::remove_cvref_t<decltype(v.base())>>>;
};

template <class Outcome, std::ranges::view View, class Allocator>
class range_of_children;

/// A range of children, before the operation is initiated.
template <class Outcome, std::ranges::view View>
struct kept_range {
  using outcome = Outcome;
  using child_type = std::ranges::range_value_t<View>;
  using result_slot_type = typename Outcome::template result_slot<child_value_t<child_type>>;
  using next_child = assignment<child_type, result_slot_type*>;
  static constexpr bool own_executors = has_own_executor<child_type>();
  static constexpr bool names = may_have_name<child_type>();
  static constexpr bool operations = !is_awaited<child_type>();

  template <class Allocator>
  struct in {
    using type = range_of_children<Outcome, View, Allocator>;
  };

  std::optional<std::size_t> total() {
    if constexpr (std::ranges::sized_range<View>)
      return static_cast<std::size_t>(std::ranges::size(view));
    else
      return std::nullopt;
  }

  View view;
  [[no_unique_address]] Outcome kept_outcome;
};

template <class Outcome, std::ranges::view View, class Allocator>
class range_of_children {
  using kept = kept_range<Outcome, View>;
  using child_type = typename kept::child_type;
  using result_slot_type = typename kept::result_slot_type;
  static constexpr bool has_result_slots = !std::is_empty_v<result_slot_type>;

public:
  using next_child = typename kept::next_child;

  range_of_children(kept&& range, Allocator const& allocator)
      : total_(range.total()), view_(std::move(range.view)),
        outcome_(std::move(range.kept_outcome)),
        result_slots_(total_ && has_result_slots ? *total_ : 8, allocator) {}

  bool advance() {
    if (current_)
      ++*current_;
    else
      current_.emplace(std::ranges::begin(view_));
    return *current_ != std::ranges::end(view_);
  }

  void read(next_child& next) {
    if constexpr (makes_result_slots<Outcome>)
      next.result_slot = &result_slots_.grow(
          outcome_.template make_result_slot<child_value_t<child_type>>(result_slots_.size()));
    else if constexpr (has_result_slots)
      next.result_slot = &result_slots_.grow();
    else
      next.result_slot = &no_result_slot_;
    try {
      next.child.emplace(element());
    } catch (...) {
      next.error = std::current_exception();
    }
  }

  template <class F>
  void assign(next_child&& next, F const& f) {
    f(std::move(next));
  }

  typename Outcome::type take(ending const& end, std::size_t started) {
    return outcome_.take_range(end, result_slots_, started, total_);
  }

private:
  // Elements of a container that the operation owns are moved out of the container.
  decltype(auto) element() {
    if constexpr (owning<View>)
      return std::ranges::iter_move(*current_);
    else
      return **current_;
  }

  std::optional<std::size_t> total_;
  View view_;
  std::optional<std::ranges::iterator_t<View>> current_;
  [[no_unique_address]] Outcome outcome_;
  stable_vector<result_slot_type, Allocator> result_slots_;
  [[no_unique_address]] result_slot<void, false> no_result_slot_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CHILDREN_HPP
