//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_EXHAUSTIVE_DECISION_WALK_HPP
#define FANOUT_TEST_EXHAUSTIVE_DECISION_WALK_HPP

#include "model.hpp"
#include "report.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace exhaustive {

/// What may happen besides the starts and ends of children, and how many times at most.
struct incidents {
  std::uint8_t requests = 0;
  std::uint8_t cancels = 0; // a policy cancels the rest
  std::uint8_t deadlines = 0;
  std::uint8_t crowds = 0;    // others have used up a shared limit
  std::uint8_t offers = 0;    // a task comes to a group
  std::uint8_t adoptions = 0; // one that runs already
  std::uint8_t joins = 0;
  std::uint8_t start_bans = 0; // a group is being cancelled
};

/// One operation, and what may happen to it.
struct setup {
  model::policies p;
  std::size_t children = 0; // of the source
  bool hooks = false;       // policies hear of every end
  std::optional<std::size_t> source_fails_at = std::nullopt;
  incidents may_happen;
};

/// Compares the decision of the library with the model in every order of everything that can
/// happen.
numbers walk_decision(setup const& s);

} // namespace exhaustive

#endif // FANOUT_TEST_EXHAUSTIVE_DECISION_WALK_HPP
