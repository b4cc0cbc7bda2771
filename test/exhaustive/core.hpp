//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_EXHAUSTIVE_CORE_HPP
#define FANOUT_TEST_EXHAUSTIVE_CORE_HPP

// The decision core of the library, in the words of the model. Nothing else here knows it.

#include "model.hpp"

#include <fanout/detail/gather_fsm.hpp>
#include <fanout/detail/race.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

namespace exhaustive {

inline fanout::detail::all_rules rules_of(model::policies const& p) {
  using model::kind;
  fanout::detail::all_rules r;
  r.limit = p.limit;
  r.return_exceptions = p.return_exceptions;
  r.cancel_on_error = p.cancel_on_error;
  r.keeps_results = p.keep_results;
  r.wraps_errors = p.with_index;
  switch (p.operation) {
  case kind::gather: break;
  case kind::task: r.keeps_values = true; break;
  case kind::no_time: r.keeps_values = r.starts_cancelled = true; break;
  case kind::shield: r.shields_children = true; break;
  case kind::shielded_wait: r.shields_children = r.cancels_waits = r.keeps_values = true; break;
  case kind::race:
    r.winners = 1;
    r.errors_win = true;
    break;
  case kind::first_success: r.winners = p.quorum; break;
  case kind::group:
    r.open = r.forgives_cancelled = r.cancels_children = true;
    r.return_exceptions = p.keep_going;
    r.cancel_on_error = !p.keep_going;
    break;
  }
  return r;
}

inline model::outcome outcome_of(fanout::detail::completion_kind v) {
  using fanout::detail::completion_kind;
  switch (v) {
  case completion_kind::values: return model::outcome::values;
  case completion_kind::error: return model::outcome::error;
  case completion_kind::aborted: return model::outcome::aborted;
  case completion_kind::expired: return model::outcome::expired;
  case completion_kind::lost: return model::outcome::all_failed;
  case completion_kind::empty: return model::outcome::too_few;
  }
  return model::outcome::none;
}

inline model::orders actions_of(fanout::detail::actions const& o) {
  return {o.keep_error, o.cancel_rest, o.wins, o.loses};
}

/// A decision whose copies are the same byte by byte, so that two states can be compared.
class core {
  using fsm = fanout::detail::gather_fsm;
  static_assert(std::is_trivially_copyable_v<fsm>);

public:
  explicit core(model::policies const& p) { new (bytes_.data()) fsm(rules_of(p), p.total); }

  fsm& operator*() { return *std::launder(reinterpret_cast<fsm*>(bytes_.data())); }
  fsm* operator->() { return &**this; }

  std::span<std::byte const> bytes() const { return bytes_; }

private:
  alignas(fsm) std::array<std::byte, sizeof(fsm)> bytes_{};
};

/// What the library's count of winners and failures makes of the ends of children.
class core_score {
public:
  void end(model::orders const& o, std::size_t child) {
    if (o.wins) score_.won(child);
    if (o.loses) score_.lost({child, {}, nullptr});
  }

  std::vector<std::size_t> winners() const {
    auto const all = score_.winners();
    return {all.begin(), all.end()};
  }

  std::vector<std::size_t> losers() {
    std::vector<std::size_t> indices;
    try {
      std::rethrow_exception(score_.failed());
    } catch (fanout::all_failed const& e) {
      for (auto const& f : e.failures()) indices.push_back(f.index);
    }
    return indices;
  }

private:
  fanout::detail::race_scoreboard score_;
};

} // namespace exhaustive

#endif // FANOUT_TEST_EXHAUSTIVE_CORE_HPP
