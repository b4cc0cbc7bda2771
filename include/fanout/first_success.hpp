//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_FIRST_SUCCESS_HPP
#define FANOUT_FIRST_SUCCESS_HPP

#include <fanout/concepts.hpp>
#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/result.hpp>
#include <fanout/detail/arguments.hpp>
#include <fanout/detail/duration.hpp>
#include <fanout/detail/gather_function.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/race.hpp>
#include <fanout/detail/stagger.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace fanout::inline FANOUT_ABI {

/// Runs children at once until the first of them succeeds.
///
/// Call it as `first_success([executor,] children..., policies...)` or `first_success([executor,]
/// range, policies...)`. The policies `quorum(k)` and `stagger(d)` belong to it.
///
/// *Effects*: packages an asynchronous operation, which starts the children as `gather` does. The
/// first success cancels the other children with a `terminal` request, no more start, and the
/// operation completes when all have ended.
///
/// *Results*: a `winner<V>`, as in `race`; with `quorum(k)` a `std::vector<winner<V>>` of the first
/// `k`, in the order in which they succeeded.
///
/// *Errors*: `all_failed` as soon as not enough children can succeed any more, when the others have
/// been cancelled and have ended. Its `failures()` lists those that failed by themselves, in that
/// order. No child at all, or fewer than the quorum, is `std::invalid_argument`, thrown at the call
/// where the size is known. `deadline_exceeded` if a `deadline` has passed.
///
/// *Cancellation*: as for `gather`. Once it is decided the outcome stands, and a request only
/// reaches those that are cleaning up.
///
/// *Executor and threads*: as for `gather`.
///
/// *Object lifetimes*: no child runs any more when the operation has completed.
///
/// *Python*: no counterpart in asyncio; `staggered_race` of aiohappyeyeballs is one.
///
/// *Example*:
/// @code
/// auto const page = co_await first_success(mirrors | std::views::transform(get), stagger(50ms));
/// @endcode
template <class... Args>
  requires detail::well_called<detail::gather_function<detail::succeeding>, Args...>
auto first_success(Args&&... children_and_policies) {
  return detail::gather_function<detail::succeeding>()(
      detail::initiate_on_handler(), std::forward<Args>(children_and_policies)...);
}

template <child_range R, detail::policy_argument... P>
  requires detail::well_called<detail::gather_function<detail::succeeding>, R, P...>
auto first_success(R&& range, P&&... policies) {
  return detail::gather_function<detail::succeeding>()(
      detail::initiate_on_handler(), std::forward<R>(range), std::forward<P>(policies)...);
}

template <executor_or_context Ex, class... Args>
  requires detail::well_called<detail::gather_function<detail::succeeding>, Args...>
auto first_success(Ex&& executor, Args&&... children_or_range_and_policies) {
  return detail::gather_function<detail::succeeding>()(
      detail::initiation_on(std::forward<Ex>(executor)),
      std::forward<Args>(children_or_range_and_policies)...);
}

template <class... Args,
          class Mistake = detail::mistake_in<detail::gather_function<detail::succeeding>, Args...>>
Mistake first_success(Args&&...) = delete;

template <class... Args, class Mistake = decltype(detail::in_braces())>
Mistake first_success(detail::braces, Args&&...) = delete;

/// The first `k` successes are wanted.
///
/// *Errors*: `quorum(0)` throws `std::invalid_argument`.
class quorum {
public:
  static constexpr bool in_first_success_only = true;
  static constexpr bool is_quorum = true;

  template <std::integral N>
    requires(!std::same_as<N, bool>)
  constexpr explicit quorum(N k) : k_(static_cast<std::size_t>(k)) {
    if (k <= 0)
      throw std::invalid_argument("fanout::quorum: at least one child must succeed, not " +
                                  std::to_string(k));
  }

  constexpr void apply(detail::all_rules& r) const noexcept { r.winners = k_; }

private:
  std::size_t k_;
};

/// Each child starts a while after the one before it, or at once when one fails: hedged requests.
///
/// *Effects*: the first child starts at once, every other one `d` after its predecessor has
/// started, or as soon as a child fails. `stagger(0s)` starts all at once.
///
/// *Errors*: a negative duration throws `std::invalid_argument`.
template <class Clock = std::chrono::steady_clock>
class stagger {
public:
  using duration = typename Clock::duration;
  static constexpr bool in_first_success_only = true;

  template <class Rep, class Period>
  explicit stagger(std::chrono::duration<Rep, Period> const& d)
      : delay_(detail::rounded_up<duration>(d)) {
    if (d < d.zero())
      throw std::invalid_argument(
          "fanout::stagger: the duration must not be negative, but is " +
          detail::duration_text(detail::rounded_up<std::chrono::nanoseconds>(d)));
  }

  template <detail::number N, class Mistake = decltype(detail::number_to_stagger())>
  explicit stagger(N) = delete;

  constexpr void apply(rules&) const noexcept {}
  std::unique_ptr<detail::start_condition> make_start_condition() const {
    return std::make_unique<detail::stagger_condition<Clock>>(delay_);
  }

private:
  duration delay_;
};

template <class Rep, class Period>
stagger(std::chrono::duration<Rep, Period> const&) -> stagger<>;

} // namespace fanout::inline FANOUT_ABI

#endif // FANOUT_FIRST_SUCCESS_HPP
