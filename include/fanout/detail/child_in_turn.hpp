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

/// A child that is about to start, one of several arguments that are all coroutines on one type of
/// executor: one runner awaits these one after another, like those of a range. The child stays in
/// the `Source` until it has ended. Has the members of an `assignment`. After `drop` the source is
/// used for the report of the end alone.
template <class Source>
class child_in_turn {
public:
  using child_type = typename Source::first_child;

  /// Stands for the result slot of the child, whose type depends on the index.
  class any_result_slot {
  public:
    any_result_slot& operator*() noexcept { return *this; }

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
      : index(other.index), result_slot(std::exchange(other.result_slot, {})),
        error(std::move(other.error)), has_child_(std::exchange(other.has_child_, false)) {}
  child_in_turn& operator=(child_in_turn&&) = delete;
  ~child_in_turn() { drop(); }

  void assign(Source& source, std::size_t number) noexcept {
    result_slot.source_ = &source;
    result_slot.index_ = number;
    has_child_ = true;
  }

  void suspend(auto caller) {
    result_slot.source_->visit(result_slot.index_,
                               [&](auto& child, auto&) { enter(*child, caller); });
  }

  void resume() {
    result_slot.source_->visit(result_slot.index_,
                               [this](auto& child, auto& at) { fetch(*child, at, error); });
  }

  bool has_child() const noexcept { return has_child_; }

  void drop() noexcept {
    if (std::exchange(has_child_, false))
      result_slot.source_->visit(result_slot.index_, [](auto& child, auto&) { child.reset(); });
  }

  std::size_t index = 0;
  any_result_slot result_slot;
  std::exception_ptr error;

private:
  bool has_child_ = false;
};

/// Whether the children are several coroutines on one type of executor.
template <class... C>
inline constexpr bool are_alike = false;
template <class T, class Executor, class... Others>
inline constexpr bool are_alike<asio::awaitable<T, Executor>, Others...> =
    sizeof...(Others) > 0 &&
    (std::is_same_v<Others, asio::awaitable<child_value_t<Others>, Executor>> && ...);

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_CHILD_IN_TURN_HPP
