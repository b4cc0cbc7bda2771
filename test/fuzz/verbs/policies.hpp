//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_FUZZ_VERBS_POLICIES_HPP
#define FANOUT_TEST_FUZZ_VERBS_POLICIES_HPP

#include "world.hpp"

#include <fanout/limiter.hpp>
#include <fanout/policy.hpp>
#include <fanout/timeout.hpp>

#include <chrono>
#include <cstddef>
#include <ranges>

namespace verbs {

/// `limit` and `cancel_on_error`, decided at run time.
struct chosen {
  std::size_t limit = fanout::rules::unlimited;
  bool cancel_on_error = false;

  void apply(fanout::rules& r) const {
    r.limit = limit;
    r.cancel_on_error = cancel_on_error;
    r.cancels_children = true;
  }
};

inline chosen chosen_for(world& all, work const& w) {
  chosen c;
  if (auto const n = w.setting("limit"))
    c.limit = std::size_t(*n) + (all.broken("limit_plus_one") ? 1 : 0);
  c.cancel_on_error = w.has("cancel_on_error") && !all.broken("errors_cancel_nothing");
  if (w.verb == "gather" && all.broken("errors_cancel_always") && !w.has("return_exceptions") &&
      !w.has("keep_results"))
    c.cancel_on_error = true;
  return c;
}

inline auto child_timeout_for(world& all, work const& w) {
  auto const d = w.setting("child_timeout");
  bool const given = d && !all.broken("child_timeout_ignored");
  return fanout::child_timeout<clock>(given ? milliseconds(*d) : milliseconds(never));
}

inline auto deadline_for(world& all, work const& w) {
  auto const d = w.setting("deadline");
  bool const given = d && !all.broken("deadline_ignored");
  return fanout::deadline<clock>(given ? milliseconds(*d) : milliseconds(never));
}

/// Calls `run_it` with `eager` or without.
template <class F>
auto with_start(world& all, work const& w, F const& run_it) {
  if (w.has("eager") && !all.broken("eager_ignored")) return run_it(fanout::eager);
  return run_it();
}

/// Calls `run_it` with the policies that `w` asks for, but for `limit(limiter)`, in as few types as
/// possible.
template <class F>
auto with_times(world& all, work const& w, F const& run_it) {
  auto const basic = chosen_for(all, w);
  return with_start(all, w, [&](auto... start) {
    if (w.setting("child_timeout") || w.setting("deadline"))
      return run_it(basic, child_timeout_for(all, w), deadline_for(all, w), start...);
    return run_it(basic, start...);
  });
}

/// The same with `limit(limiter)`.
template <class F>
auto with_policies(world& all, work const& w, F const& run_it) {
  auto const limiter = w.setting("limiter");
  if (!limiter) return with_times(all, w, run_it);
  return with_start(all, w, [&](auto... start) {
    return run_it(chosen_for(all, w), fanout::limit(all.limiters.at(std::size_t(*limiter))),
                  child_timeout_for(all, w), deadline_for(all, w), start...);
  });
}

/// The children, each made as it starts.
inline auto children_of(world& all, work const& w, scope group) {
  return w.parts |
         std::views::transform([&all, group](work const& part) { return run(all, part, group); });
}

} // namespace verbs

#endif // FANOUT_TEST_FUZZ_VERBS_POLICIES_HPP
