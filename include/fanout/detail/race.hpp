//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_RACE_HPP
#define FANOUT_DETAIL_RACE_HPP

// `race` and `first_success`: the children that end first decide the operation.

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/outcome.hpp>
#include <fanout/detail/policy_set.hpp>
#include <fanout/detail/race_score.hpp>
#include <fanout/detail/reserve.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

template <class Variant, class... T>
struct add_alternatives {
  using type = Variant;
};
template <class... Have, class T, class... Rest>
struct add_alternatives<std::variant<Have...>, T, Rest...>
    : add_alternatives<std::conditional_t<(std::is_same_v<T, Have> || ...), std::variant<Have...>,
                                          std::variant<Have..., T>>,
                       Rest...> {};

/// The value type of any of several children: their common type, or a variant of their types.
template <class...>
struct any_of {
  using type = std::monostate;
};
template <class First, class... Rest>
struct any_of<First, Rest...> {
  using type = std::conditional_t<(std::is_same_v<First, Rest> && ...), First,
                                  typename add_alternatives<std::variant<First>, Rest...>::type>;
};
template <class... T>
using any_of_t = typename any_of<value_or_monostate<T>...>::type;

template <class Value, class T>
Value as_any(T&& value) {
  if constexpr (std::is_same_v<Value, std::decay_t<T>>)
    return std::forward<T>(value);
  else
    return Value(std::in_place_type<std::decay_t<T>>, std::forward<T>(value));
}

/// Takes the value of the winner. Not inlined, so that the stack holds the values of one type at a
/// time.
template <class Value, class ResultSlot>
[[gnu::noinline]] void take_winner(std::optional<Value>& value, ending const& end,
                                   ResultSlot& result_slot) {
  using taken = decltype(result_slot.take(end));
  if constexpr (std::is_same_v<Value, taken>)
    value.emplace(result_slot.take(end));
  else
    value.emplace(std::in_place_type<taken>, result_slot.take(end));
}

/// Takes the winner out of one of several result slots.
template <class Value, class... ResultSlot>
winner<Value> won_by(std::size_t index, ending const& end, ResultSlot&... result_slots) {
  std::optional<Value> value;
  std::size_t i = 0;
  ((i++ == index ? take_winner(value, end, result_slots) : void()), ...);
  return {index, *std::move(value)};
}

/// The outcome with one winner, of children given one by one.
template <class... T>
struct winner_outcome : single_outcome<winner<any_of_t<T...>>> {
  using base = single_outcome<winner<any_of_t<T...>>>;
  using typename base::type;

  template <class... ResultSlot>
  static type take(ending const& end, ResultSlot&... result_slots) {
    auto won = won_by<any_of_t<T...>>(end.winners.front(), end, result_slots...);
    if constexpr (base::unwraps_values)
      return type(std::in_place, std::move(won));
    else
      return won;
  }
};

/// The outcome with one winner, of a range.
template <class T>
struct winner_of_range : single_outcome<winner<value_or_monostate<T>>> {
  using base = single_outcome<winner<value_or_monostate<T>>>;
  using typename base::type;

  template <class ResultSlots>
  static type take_range(ending const& end, ResultSlots& result_slots, std::size_t,
                         std::optional<std::size_t> const&) {
    std::size_t const index = end.winners.front();
    if constexpr (std::is_void_v<T>)
      return {index, {}};
    else if constexpr (base::unwraps_values)
      return type(std::in_place, winner<T>{index, result_slots[index].take(end)});
    else
      return {index, result_slots[index].take(end)};
  }
};

/// The outcome with the index of the winner and the results of all children.
template <class All>
struct winner_among : single_outcome<winner<typename All::type>> {
  template <class T>
  using result_slot = typename All::template result_slot<T>;
  using base = single_outcome<winner<typename All::type>>;
  using typename base::type;

  template <class... ResultSlot>
  static type take(ending const& end, ResultSlot&... result_slots) {
    return won(end, All::take(end, result_slots...));
  }

  template <class ResultSlots>
  static type take_range(ending const& end, ResultSlots& result_slots, std::size_t started,
                         std::optional<std::size_t> const& total) {
    return won(end, All::take_range(end, result_slots, started, total));
  }

private:
  static type won(ending const& end, typename All::type all) {
    winner<typename All::type> w{end.winners.front(), std::move(all)};
    if constexpr (base::unwraps_values)
      return type(std::in_place, std::move(w));
    else
      return w;
  }
};

/// The outcome with several winners.
template <class... T>
struct winners_outcome : fills_result_slots<false> {
  using value = any_of_t<T...>;
  using type = std::vector<winner<value>>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = false;

  template <class... ResultSlot>
  static type take(ending const& end, ResultSlot&... result_slots) {
    type all;
    all.reserve(end.winners.size());
    for (std::size_t const i : end.winners) all.push_back(won_by<value>(i, end, result_slots...));
    return all;
  }
};

template <class T>
struct winners_of_range : fills_result_slots<false> {
  using type = std::vector<winner<value_or_monostate<T>>>;
  using signature = void(std::exception_ptr, type);
  static constexpr bool unwraps_values = false;

  template <class ResultSlots>
  static type take_range(ending const& end, [[maybe_unused]] ResultSlots& result_slots, std::size_t,
                         std::optional<std::size_t> const&) {
    type all;
    all.reserve(end.winners.size());
    for (std::size_t const i : end.winners) {
      if constexpr (std::is_void_v<T>)
        all.push_back({i, {}});
      else
        all.push_back({i, result_slots[i].take(end)});
    }
    return all;
  }
};

/// The mistake in the policies of a race, which cancels the rest by itself, and leaves no child
/// running.
template <class Policies>
consteval auto mistake_in_race() {
  if constexpr (Policies::cancels_rest)
    return race_decides();
  else if constexpr (Policies::template contains<keep_results_t> || Policies::adopts)
    return of_gather();
  else if constexpr (Policies::has_on_late_error)
    return never_late();
  else
    return no_mistake();
}

/// Lists the winners and the failures of a race.
class race_scoreboard final : public race_score {
public:
  race_scoreboard() { winners_.reserve(1); } // most races have one winner

  void won(std::size_t index) noexcept override {
    note([&] { winners_.push_back(index); });
  }
  void lost(failure const& f) noexcept override {
    note([&] { failures_.push_back(f); });
  }
  std::span<std::size_t const> winners() const noexcept override { return winners_; }
  std::exception_ptr failed() override {
    return error_from([this] { return all_failed(std::move(failures_)); });
  }
  std::exception_ptr incomplete() const noexcept override { return incomplete_; }

private:
  template <class F>
  void note(F const& f) noexcept {
    try {
      reserve::attempt(f);
    } catch (...) {
      incomplete_ = std::current_exception();
    }
  }

  std::vector<std::size_t> winners_; // in the order in which they ended, like the failures
  std::vector<failure> failures_;
  std::exception_ptr incomplete_;
};

struct scored {
  static std::unique_ptr<race_score> make_race_score() {
    return std::make_unique<race_scoreboard>();
  }
};

struct first_end : scored {
  constexpr void apply(all_rules& r) const noexcept {
    r.winners = 1;
    r.errors_win = true;
  }
  static constexpr char const* title() noexcept { return "a race"; }
};

struct first_value : scored {
  constexpr void apply(all_rules& r) const noexcept { r.winners = 1; }
  static constexpr char const* title() noexcept { return "a first_success"; }
};

/// The projection of `race`: the first child to end wins, with a value or an error.
struct racing {
  template <class, bool ReturnExceptions, class... T>
  using of_children = std::conditional_t<ReturnExceptions, winner_among<tuple_outcome<true, T...>>,
                                         winner_outcome<T...>>;

  template <class, bool ReturnExceptions, class T>
  using of_range = std::conditional_t<ReturnExceptions, winner_among<vector_outcome<T, true>>,
                                      winner_of_range<T>>;

  static std::tuple<first_end> own_policies() noexcept { return {}; }

  template <class Policies>
  static consteval auto mistake() {
    if constexpr (Policies::in_first_success_only)
      return of_first_success();
    else
      return mistake_in_race<Policies>();
  }
};

/// The projection of `first_success`: the first children to succeed win.
struct succeeding {
  template <class Policies, bool, class... T>
  using of_children =
      std::conditional_t<Policies::has_quorum, winners_outcome<T...>, winner_outcome<T...>>;

  template <class Policies, bool, class T>
  using of_range =
      std::conditional_t<Policies::has_quorum, winners_of_range<T>, winner_of_range<T>>;

  static std::tuple<first_value> own_policies() noexcept { return {}; }

  template <class Policies>
  static consteval auto mistake() {
    if constexpr (Policies::template contains<return_exceptions_t> ||
                  Policies::template contains<with_index_t>)
      return failures_are_listed();
    else if constexpr (Policies::start_conditions > 1)
      return two_start_conditions();
    else
      return mistake_in_race<Policies>();
  }
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_RACE_HPP
