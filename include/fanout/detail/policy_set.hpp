//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_POLICY_SET_HPP
#define FANOUT_DETAIL_POLICY_SET_HPP

#include <fanout/error.hpp>
#include <fanout/policy.hpp>
#include <fanout/detail/because.hpp>
#include <fanout/detail/mistakes.hpp>
#include <fanout/detail/race_score.hpp>
#include <fanout/detail/start_condition.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace fanout::inline FANOUT_ABI::detail {

template <class P>
concept ends_hook = requires(P& p, progress const& after) { p.ended(after); };
template <class P>
concept cancels_hook = requires(P& p, std::exception_ptr const& e) {
  { p.cancels(std::size_t(), e) } -> std::same_as<asio::cancellation_type>;
};
template <class P>
concept failed_hook = requires(P& p, failure const& f) { p.failed(f); };
template <class P>
concept late_error_hook = requires(P& p, std::exception_ptr e) { p.late_error(std::size_t(), e); };
template <class P>
concept late_end_hook = requires(P& p, failure const& f) { p.ended_late(f); };
template <class P>
concept adopting_policy = late_end_hook<P> && requires { &P::adopt; };
template <class P>
concept timer_policy = requires { typename P::timer; };
template <class P>
concept start_condition_policy =
    requires(P const& p) { std::unique_ptr<start_condition>(p.make_start_condition()); };
template <class P>
concept scored_policy = requires(P const& p) { std::unique_ptr<race_score>(p.make_race_score()); };

template <class P>
concept title_hook = requires(P const& p) { std::string(p.title()); };
template <class P>
concept task_policy = requires { requires P::is_task; };
template <class P>
concept open_policy = requires { requires P::opens; };
template <class P>
concept tasks_policy = requires { requires P::has_tasks; };

// Policies of `first_success` only, and the one of them that needs several winners.
template <class P>
concept first_success_policy = requires { requires P::in_first_success_only; };
template <class P>
concept group_policy = requires { requires P::in_groups_only; };
template <class P>
concept quorum_policy = requires { requires P::is_quorum; };

template <class P>
inline constexpr bool is_late_policy = false;
template <class F>
inline constexpr bool is_late_policy<on_late_error<F>> = true;

template <class... P>
inline constexpr bool each_once = true;
template <class P, class... Rest>
inline constexpr bool each_once<P, Rest...> =
    !(std::is_same_v<P, Rest> || ...) && each_once<Rest...>;

/// A child that still runs when its operation has completed.
struct straggler {
  std::size_t index;
  std::string name; // empty if the child has none
  std::function<void(asio::cancellation_type)>
      cancel; // may be called on any thread, and after the end of the child
};

/// The policy by which a child that survives its cancellation yields its value.
struct keep_value {
  constexpr void apply(all_rules& r) const noexcept { r.keeps_values = true; }
};

/// The policies of one operation.
template <policy... P>
class policy_set {
public:
  template <class... Q>
  explicit policy_set(std::in_place_t, Q&&... q) : policies_(std::forward<Q>(q)...) {}

  template <class Q>
  static constexpr bool contains = (std::is_same_v<P, Q> || ...);

  static constexpr bool cancels_rest = contains<cancel_on_error_t> || (cancels_hook<P> || ...);
  static constexpr bool has_quorum = (quorum_policy<P> || ...);
  static constexpr bool in_first_success_only = (first_success_policy<P> || ...);
  static constexpr bool in_groups_only = (group_policy<P> || ...);
  static constexpr int start_conditions = (0 + ... + int(start_condition_policy<P>));

  static constexpr bool has_on_late_error = (is_late_policy<P> || ...);

  static constexpr bool has_failed_hooks = (failed_hook<P> || ...);

  /// A policy adopts the children that run when the operation has completed.
  static constexpr bool adopts = (adopting_policy<P> || ...);

  static constexpr bool has_hooks = (ends_hook<P> || ...) || (cancels_hook<P> || ...) ||
                                    has_failed_hooks || (late_error_hook<P> || ...) || adopts;

  static constexpr bool has_timers = (timer_policy<P> || ...);

  /// The core must have the part for policies.
  static constexpr bool needs_core = has_hooks || start_conditions != 0 || has_timers;

  static constexpr bool is_race = (scored_policy<P> || ...);
  static constexpr bool is_open = (open_policy<P> || ...);

  /// The operation is listed as one task, under its title.
  static constexpr bool is_task = (task_policy<P> || ...);

  /// The children are listed as tasks.
  static constexpr bool has_tasks = (tasks_policy<P> || ...);

  /// The mistake in these policies in every operation, or `no_mistake`.
  static consteval auto mistake() {
    if constexpr (each_once<P...>)
      return no_mistake();
    else
      return policy_twice();
  }

  /// The title of the operation in lists and errors.
  std::string title() const {
    std::string text = "a gather";
    each([&]<class Q>(Q const& q) {
      if constexpr (title_hook<Q>) text = q.title();
    });
    return text;
  }

  all_rules combined() const {
    all_rules r;
    each([&r](auto const& p) { p.apply(r); });
    r.cancels_children = r.cancels_children || (cancels_hook<P> || ...);
    return r;
  }

  // `guarded(f)` calls `f` and catches its exception, so that the next hook is called. Returns how
  // to cancel the rest, if at all.
  template <class Guard>
  asio::cancellation_type ended(progress const& after, std::exception_ptr const& error,
                                Guard const& guarded) {
    auto answer = asio::cancellation_type::none;
    each([&]<class Q>(Q& q) {
      if constexpr (ends_hook<Q>) guarded([&] { q.ended(after); });
      if constexpr (cancels_hook<Q>) guarded([&] { answer |= q.cancels(after.index, error); });
    });
    return answer;
  }

  // The exception in `f` is null if the child succeeded.
  template <class Guard>
  void ended_late(failure const& f, Guard const& guarded) {
    each([&]<class Q>(Q& q) {
      if constexpr (late_end_hook<Q>) q.ended_late(f);
      if constexpr (late_error_hook<Q>)
        if (f.exception) guarded([&] { q.late_error(f.index, f.exception); });
    });
  }

  template <class Guard>
  void failed(failure const& f, Guard const& guarded) {
    each([&]<class Q>(Q& q) {
      if constexpr (failed_hook<Q>) guarded([&] { q.failed(f); });
    });
  }

  template <class Executor>
  void adopt(Executor const& executor, std::vector<straggler> const& left) {
    each([&]<class Q>(Q& q) {
      if constexpr (adopting_policy<Q>) q.adopt(executor, left);
    });
  }

  /// Makes the timers of the policies, for an operation on `executor`.
  template <class Executor>
  auto make_timers(Executor const& executor) const {
    return std::tuple_cat(timer_of(std::get<P>(policies_), executor)...);
  }

  /// Makes the start condition of the operation; null if no policy has one.
  std::unique_ptr<start_condition> make_start_condition() const {
    std::unique_ptr<start_condition> made;
    each([&]<class Q>(Q const& q) {
      if constexpr (start_condition_policy<Q>) made = q.make_start_condition();
    });
    return made;
  }

  /// Makes the score of a race; null for other operations.
  std::unique_ptr<race_score> make_race_score() const {
    std::unique_ptr<race_score> made;
    each([&]<class Q>(Q const& q) {
      if constexpr (scored_policy<Q>) made = q.make_race_score();
    });
    return made;
  }

private:
  template <class F>
  void each([[maybe_unused]] F const& f) {
    (f(std::get<P>(policies_)), ...);
  }
  template <class F>
  void each([[maybe_unused]] F const& f) const {
    (f(std::get<P>(policies_)), ...);
  }

  template <class Q, class Executor>
  static auto timer_of([[maybe_unused]] Q const& q, [[maybe_unused]] Executor const& executor) {
    if constexpr (timer_policy<Q>)
      return std::tuple<typename Q::timer>(typename Q::timer(executor, q));
    else
      return std::tuple<>();
  }

  std::tuple<P...> policies_;
};

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_POLICY_SET_HPP
