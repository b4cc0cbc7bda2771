//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_CHILD_IN_TURN_HPP
#define FANOUT_DETAIL_CHILD_IN_TURN_HPP

#include <fanout/concepts.hpp>
#include <fanout/detail/assignment.hpp>
#include <fanout/detail/operation.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

namespace fanout::inline FANOUT_ABI::detail {

/// A child that is about to start, one of several that were given one by one and are all coroutines
/// on one type of executor: one runner can await them one after the other, as those of a range. It
/// stays in the `Source` until it has ended. Does what an `assignment` does.
template <class Source>
class child_in_turn {
public:
  using child_type = typename Source::first_child;

  /// The place of the child.
  class any_place {
  public:
    any_place& operator*() noexcept { return *this; }

    void error(std::exception_ptr& e) {
      source_->visit(index_, [&](auto&, auto& p) { p.error(e); });
    }
    void drop() noexcept {
      source_->visit(index_, [](auto&, auto& p) { p.drop(); });
    }

  private:
    friend child_in_turn;
    Source* source_ = nullptr;
    std::size_t index_ = 0;
  };

  child_in_turn() = default;
  child_in_turn(child_in_turn&& other) noexcept
      : index(other.index), place(std::exchange(other.place, {})), error(std::move(other.error)) {}
  child_in_turn& operator=(child_in_turn&&) = delete;
  ~child_in_turn() { drop(); }

  void assign(Source& source, std::size_t number) noexcept {
    place.source_ = &source;
    place.index_ = number;
  }

  void suspend(auto caller) {
    place.source_->visit(place.index_, [&](auto& child, auto&) { enter(*child, caller); });
  }

  void resume() {
    place.source_->visit(place.index_, [this](auto& child, auto& at) { fetch(*child, at, error); });
  }

  bool has_child() const noexcept {
    bool has = false;
    if (place.source_)
      place.source_->visit(place.index_, [&](auto& child, auto&) { has = child.has_value(); });
    return has;
  }

  void drop() noexcept {
    if (place.source_)
      place.source_->visit(place.index_, [](auto& child, auto&) { child.reset(); });
  }

  std::size_t index = 0;
  any_place place;
  std::exception_ptr error;
};

/// Whether children are coroutines that can take turns.
template <class... C>
inline constexpr bool are_alike = false;
template <class T, class Executor, class... Others>
inline constexpr bool are_alike<asio::awaitable<T, Executor>, Others...> =
    sizeof...(Others) > 0 &&
    (std::is_same_v<Others, asio::awaitable<child_value_t<Others>, Executor>> && ...);

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CHILD_IN_TURN_HPP
