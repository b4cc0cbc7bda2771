//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_POLICY_SET_HPP
#define FANOUT_DETAIL_POLICY_SET_HPP

#include <fanout/policy.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fanout::detail {

/// The clockwork of an operation none of whose policies needs one.
struct no_timer {
  template <class... Args>
  explicit no_timer(Args&&...) noexcept {}
  template <class State, class Record>
  void started(State&, Record&) noexcept {}
  template <class... Args>
  void fire(Args&&...) noexcept {}
  void stop() noexcept {}
};

template <class P>
concept ends_hook = requires(P& p, progress const& told) { p.ended(told); };
template <class P>
concept late_error_hook = requires(P& p, std::exception_ptr e) { p.late_error(std::size_t(), e); };
template <class P>
concept timer_policy = requires { typename P::timer; };

template <class P>
concept title_hook = requires(P const& p) { std::string(p.title()); };
template <class P>
concept task_policy = requires { requires P::is_task; };
template <class P>
concept ending_policy = requires { requires P::ends_at_once; };

/// A child that survives its cancellation yields its value.
struct keep_value {
  constexpr void apply(rules& r) const noexcept { r.keeps_values = true; }
};

/// The policies of one operation.
template <policy... P>
class policy_set {
public:
  template <class... Q>
  explicit policy_set(std::in_place_t, Q&&... q) : policies_(std::forward<Q>(q)...) {}

  template <class Q>
  static constexpr bool contains = (std::is_same_v<P, Q> || ...);

  static constexpr bool hears_ends = (ends_hook<P> || ...);
  static constexpr bool hears_late_errors = (late_error_hook<P> || ...);
  static constexpr bool has_hooks = hears_ends || hears_late_errors;

  /// The operation is there for its one child, which is known by the title.
  static constexpr bool is_task = (task_policy<P> || ...);

  /// The completion handler may be called as the last child ends.
  static constexpr bool ends_at_once = (ending_policy<P> || ...);

  /// What the operation is called where somebody lists what runs.
  std::string title() const {
    std::string text = "a gather";
    std::apply(
        [&text]<class... Q>(Q const&... q) {
          (
              [&] {
                if constexpr (title_hook<Q>) text = q.title();
              }(),
              ...);
        },
        policies_);
    return text;
  }

  rules combined() const {
    rules r;
    std::apply([&r](auto const&... p) { (p.apply(r), ...); }, policies_);
    return r;
  }

  // `guarded(f)` calls f so that an exception out of one hook does not keep the next one from being
  // called.
  template <class Guard>
  void ended(progress const& told, Guard const& guarded) {
    each([&]<class Q>(Q& q) {
      if constexpr (ends_hook<Q>) guarded([&] { q.ended(told); });
    });
  }

  template <class Guard>
  void late_error(std::size_t index, std::exception_ptr const& e, Guard const& guarded) {
    each([&]<class Q>(Q& q) {
      if constexpr (late_error_hook<Q>) guarded([&] { q.late_error(index, e); });
    });
  }

  /// The clockwork that one of the policies brings along, made for an operation on `executor`.
  template <class Executor>
  auto make_timer(Executor const& executor) const {
    return pick_timer<Executor, P...>(executor);
  }

private:
  template <class F>
  void each(F const& f) {
    std::apply([&f](auto&... p) { (f(p), ...); }, policies_);
  }

  template <class Executor>
  auto pick_timer(Executor const&) const {
    return no_timer();
  }

  template <class Executor, class First, class... Rest>
  auto pick_timer(Executor const& executor) const {
    if constexpr (timer_policy<First>)
      return typename First::timer(executor, std::get<First>(policies_));
    else
      return pick_timer<Executor, Rest...>(executor);
  }

  std::tuple<P...> policies_;
};

} // namespace fanout::detail

#endif // FANOUT_DETAIL_POLICY_SET_HPP
